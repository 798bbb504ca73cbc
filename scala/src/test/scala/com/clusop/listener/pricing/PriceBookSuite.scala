package com.clusop.listener.pricing

import com.clusop.listener.Reason
import org.scalatest.funsuite.AnyFunSuite

/** The price list as the driver holds it: only what its nodes need, and the answers of the whole list all the same. */
class PriceBookSuite extends AnyFunSuite {
  private lazy val whole = PriceTable.shipped(None)
  private lazy val book = PriceBook.of(whole)

  private def ids(price: Priced[Price]): Vector[String] = price match {
    case Known(found) => found.entryIds
    case gap          => fail(gap.toString)
  }

  test("a part of the list answers for its nodes as the whole list does") {
    val nodes = whole.filter(_.kind == PriceKind.NodeDbu).grouped(97).map(_.head.key.split("/")).toVector
    nodes.foreach { parts =>
      val held = new ShippedPrices
      held.expect(parts(0), parts(1))
      val Vector(full, part) = Vector(book, held).map { source: PriceSource =>
        Vector("ON_DEMAND", "SPOT", "").map(source.vmUsd(parts(0), parts(1), _)) :+ source.nodeDbu(parts(0), parts(1))
      }
      assert(part == full, parts.mkString("/"))
    }
  }

  test("another spelling of a node type is found, whether it was expected or not") {
    val held = new ShippedPrices
    assert(ids(held.nodeDbu("GCP", "c3-standard-4-lssd")) == Vector("dbu-gcp-c3-standard-4"))
    assert(ids(held.nodeDbu(" aws", "I3.XLARGE ")) == Vector("dbu-aws-i3.xlarge"))
  }

  test("twenty node types that nobody has leave the answers right and the readings few") {
    val held = new ShippedPrices
    (1 to 20).foreach { number =>
      assert(held.nodeDbu("AWS", s"x$number.none") == Unpriced(Reason("unknown-node-type", s"AWS x$number.none")))
    }
    assert(ids(held.nodeDbu("AZURE", "Standard_DS3_v2")) == Vector("dbu-azure-standard_ds3_v2"))
  }

  test("only ASCII letters have a case: a Kelvin sign is no k and a dotted capital I no i") {
    assert(PriceKey.folded("I3.\u0130\u212a") == "i3.\u0130\u212a")
    assert(PriceKey.capitals("\u0131\u017f ") == "\u0131\u017f")
    assert(book.nodeDbu("AWS", "\u01303.xlarge") == Unpriced(Reason("unknown-node-type", "AWS \u01303.xlarge")))
  }

  test("an unknown tier spans the tiers, an unknown edition the editions, and both name all their entries") {
    assert(ids(book.dbuUsd("AWS", "", "ALL_PURPOSE_COMPUTE")).size == 2)
    assert(ids(book.dbuUsd("AWS", "", "DLT_COMPUTE")).size == 6)
    assert(book.premiumMultiplier("photon", "AWS", "SQL_COMPUTE") == Unpriced(Reason("serverless-no-premium")))
  }

  test("of two entries of one key the newest is the price") {
    val older = whole.find(_.id == "dbu-aws-i3.xlarge").get.copy(id = "older", asOf = "2020-01")
    assert(ids(PriceBook.of(whole :+ older).nodeDbu("AWS", "i3.xlarge")) == Vector("dbu-aws-i3.xlarge"))
  }

  test("a table in another format is refused") {
    intercept[IllegalStateException](PriceTable.parse("{\n  \"format\": 2,\n", None))
  }
}
