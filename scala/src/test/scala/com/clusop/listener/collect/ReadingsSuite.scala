package com.clusop.listener.collect

import org.scalatest.funsuite.AnyFunSuite

/** Values of accumulables, places of calls, members that some Sparks lack. */
final class ReadingsSuite extends AnyFunSuite {

  test("integers as numbers or as text, and nothing else") {
    assert(Readings.integer(Some(7L)) == 7)
    assert(Readings.integer(Some(7)) == 7)
    assert(Readings.integer(Some("-12")) == -12)
    assert(Readings.integer(Some("+12")) == 12)
    assert(Readings.integer(Some("9223372036854775807")) == Long.MaxValue)
    val odd = Vector[Any]("9223372036854775808", "1.0", 1.0, "", "-", "12345678901234567890")
    val none = None +: odd.map(Some(_))
    none.foreach(value => assert(Readings.integer(value) == Readings.NoInteger, value))
  }

  test("base name and line of a call, never its folder") {
    assert(CallSite.of("collect at /home/ann/jobs/etl.py:12", "") == "etl.py:12")
    val stack = "org.apache.spark.sql.Dataset.collect(Dataset.scala:3)\nMain$.main(Main.scala:7)"
    assert(CallSite.of("nightly load", stack) == "Main.scala:7")
    val bare = Vector("nightly load", "collect at somewhere", "at :12", "run at /a b/c d.py:1")
    bare.foreach(text => assert(CallSite.of(text, "") == ""))
  }

  test("a member that is missing, null or throws is null") {
    class Old
    class New { def errorMessage: Option[String] = Some("it broke") }
    class Bad { def errorMessage: Option[String] = throw new IllegalStateException }
    assert(Getter.ErrorMessage.optional(new Old) == null)
    assert(Getter.ErrorMessage.optional(new New) == "it broke")
    assert(Getter.ErrorMessage.optional(new Bad) == null)
    assert(Getter.ErrorMessage.optional(null) == null)
  }
}
