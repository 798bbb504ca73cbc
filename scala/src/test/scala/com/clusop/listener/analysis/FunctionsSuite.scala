package com.clusop.listener.analysis

import org.scalatest.funsuite.AnyFunSuite

import com.clusop.listener.plan.{Dialect, Kind, Operator, Plan}

/** Where Java's idea of a word, a line or a length differs from Python's. */
class FunctionsSuite extends AnyFunSuite {
  test("a name with letters beyond ASCII is one name") {
    assert(Functions.functionsOf("größe(a#1), Été(b#2), Maß_e(c#3)") == Vector("größe", "Été", "maß_e"))
  }

  test("what stands between quotes calls nothing, and an open quote hides nothing") {
    assert(Functions.functionsOf("f('g(x)', 1) it's h(x)") == Vector("f", "h"))
    assert(Functions.functionsOf("partial_sum(a), finalmerge_my(b), x.y(c), z#1(d), 9k(e)") == Vector("sum", "my"))
  }

  test("the cut is by characters, not by UTF-16 units") {
    val wide = "\ud83d\ude00" * 4094
    assert(Functions.functionsOf(s"$wide f(x)").isEmpty)
    assert(Functions.functionsOf(s"${wide.drop(2)} f(x)") == Vector("f"))
  }

  test("a null guard and its UDF stand on one line; only a line feed ends it") {
    def cause(arguments: String): String =
      Structure.structuralCause(Operator("Project", Plan.Root, arguments = arguments), Kind.Jvm, Dialect.of("photon")).cause
    assert(cause("if (isnull(a)) null else \u2028 myUDF(a)") == "scala-udf")
    assert(cause("if (isnull(a)) null else \n myUDF(a)") != "scala-udf")
    assert(cause("éUDF(a)") != "scala-udf")
  }

  test("a Hive function is a function of the user's, however Spark writes it") {
    def cause(arguments: String): String =
      Structure.structuralCause(Operator("Project", Plan.Root, arguments = arguments), Kind.Jvm, Dialect.of("photon")).cause
    assert(cause("[HiveSimpleUDF#org.example.Reverse(a#1) AS b#2]") == "scala-udf")
    assert(cause("[HiveGenericUDF#org.example.InitCap(a#1)]") == "scala-udf")
    assert(cause("[my.HiveGenericUDF#org.example.InitCap(a#1)]") != "scala-udf")
  }
}
