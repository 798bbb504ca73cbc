package com.clusop.listener.collect

import org.scalatest.funsuite.AnyFunSuite

/** Comet's verbose explanation, as its live plan prints it: twin of `tests/unit/harness/test_extended_info.py`. */
final class EngineWordsSuite extends AnyFunSuite {

  test("operators and their reasons") {
    val text =
      """HashAggregate
        |+- CometColumnarToRow
        |   +- CometColumnarExchange
        |      +- HashAggregate [COMET: scalaudf is not supported, Unsupported aggregate expression(s)]
        |         :- Project [COMET: cast(price#212 as decimal(12,2)) is not fully compatible with Spark. To enable it anyway, set it.]
        |         +- CometScan parquet
        |
        |Comet accelerated 2 out of 5 eligible operators (40%).
        |""".stripMargin
    assert(
      EngineWords.parse(text) == Vector(
        ("HashAggregate", "scalaudf is not supported"),
        ("HashAggregate", "Unsupported aggregate expression(s)"),
        (
          "Project",
          "cast(price as decimal(12,2)) is not fully compatible with Spark. To enable it anyway, set it."
        )
      )
    )
  }

  test("a relation that prints its snapshot is cut") {
    val snapshot = (0 until 100).map(number => s"column$number").mkString(", ")
    assert(
      EngineWords.parse(s"Scan [COMET: Scan DeltaCDFRelation(Snapshot($snapshot)) is not supported, Another reason]") ==
        Vector(("Scan", "Scan DeltaCDFRelation(…) is not supported"), ("Scan", "Another reason"))
    )
  }

  test("a plan without reasons") {
    assert(EngineWords.parse("CometProject\n+- CometScan parquet\n").isEmpty)
  }

  test("a comma inside brackets joins nothing") {
    val text =
      "Project [COMET: array_join(concat(a#1, [b#2, c#3]), +, None) is not fully compatible, cast(x, y) is not supported]"
    assert(
      EngineWords.parse(text) == Vector(
        ("Project", "array_join(concat(a, [b, c]), +, None) is not fully compatible"),
        ("Project", "cast(x, y) is not supported")
      )
    )
  }

  test("remarks of Comet 1 are no reasons") {
    val text =
      """MapInPandas [COMET: MapInPandas is not supported] [COMET-INFO: A native implementation [of it] is available]
        |+- Project [COMET-INFO: nothing more]
        |""".stripMargin
    assert(EngineWords.parse(text) == Vector(("MapInPandas", "MapInPandas is not supported")))
  }

  test("a list of functions is one reason") {
    val text = "HashAggregate [COMET: Incompatible aggregate function(s): collect_set, count, last, avg is not supported]"
    assert(
      EngineWords.parse(text) == Vector(
        ("HashAggregate", "Incompatible aggregate function(s): collect_set, count, last"),
        ("HashAggregate", "avg is not supported")
      )
    )
  }

  test("only so many live plans are held") {
    val room = new LiveRoom(8)
    assert((1 to 10).count(_ => room.enter()) == 8)
    room.leave()
    assert(room.enter())
    assert(room.count == 8)
  }

  test("a plan without the engine's explainer is refused") {
    class Query { def executedPlan: AnyRef = "no plan of any engine" }
    intercept[ClassNotFoundException](EngineWords.ask(new Query))
  }
}
