package com.clusop.listener.plan

import com.clusop.listener.PlanParser
import com.clusop.listener.plan.text.{ExplainText, Steps}
import org.apache.spark.sql.execution.SparkPlanInfo
import org.apache.spark.sql.execution.metric.SQLMetricInfo
import org.scalatest.funsuite.AnyFunSuite

class PlanReadersSuite extends AnyFunSuite {
  private val Text =
    """== Physical Plan ==
      |AdaptiveSparkPlan isFinalPlan=true
      |+- == Final Plan ==
      |   *(1) Project [net(price#1)#9]
      |   +- ColumnarToRow
      |      +- PhotonResultStage
      |         +- PhotonScan parquet main.shop.sales[price#1]
      |+- == Initial Plan ==
      |   Project [net(price#1)#9]
      |   +- FileScan parquet main.shop.sales[price#1]
      |
      |== Photon Explanation ==
      |Photon does not fully support the query because:
      |	net(price#1) is not supported:
      |		No.
      |""".stripMargin

  private def info(name: String, rest: String, children: SparkPlanInfo*): SparkPlanInfo =
    new SparkPlanInfo(name, s"$name $rest", children.toList, Map.empty, List(new SQLMetricInfo("rows", 7L, "sum")))

  private def names(reading: PlanReading): Vector[String] = reading.plan.fold(Vector.empty[String])(_.operators.map(_.name))

  test("the final copy of an adaptive plan is read, with its codegen scope and the engine's words") {
    val reading = PlanParser.fromText(Text)
    assert(
      names(reading) == Vector("AdaptiveSparkPlan", "Project", "ColumnarToRow", "PhotonResultStage", "PhotonScan parquet")
    )
    assert(reading.phase == Phase.Final && reading.problems.isEmpty)
    assert(reading.plan.exists(plan => plan.codegens == Vector(Codegen(Some(1))) && plan.operators(1).codegen.contains(0)))
    assert(reading.explanation.blocks == Vector(ExplanationBlock("net(price#1)", "expression", "No.", "")))
  }

  test("an object of Spark is read as its JSON is, a reused exchange once") {
    val scan = info("Scan csv ", "[a#1]")
    val live = PlanParser.fromSparkPlanInfo(
      info("WholeStageCodegen (2)", "x", info("Union", "x", scan, info("ReusedExchange", "x", scan), info("Subquery", "x")))
    )
    def json(name: String, children: String*): String =
      s"""{"nodeName":"$name","simpleString":"$name ${if (name == "Scan csv ") "[a#1]" else "x"}","children":[${children.mkString(
          ","
        )}],
         |"metrics":[{"name":"rows","accumulatorId":7,"metricType":"sum"}]}""".stripMargin
    val same = PlanParser.fromPlanInfoJson(
      json(
        "WholeStageCodegen (2)",
        json("Union", json("Scan csv "), json("ReusedExchange", json("Scan csv ")), json("Subquery"))
      )
    )
    assert(live == same)
    assert(names(live) == Vector("Union", "Subquery", "Scan csv", "ReusedExchange"))
  }

  test("10,000 levels are read from JSON and from text, one more is refused, and no stack overflows") {
    def nested(depth: Int): String =
      "{\"nodeName\":\"Project\",\"simpleString\":\"Project x\",\"children\":[" * depth + "]}" * depth
    assert(names(PlanParser.fromPlanInfoJson(nested(10000))).size == 10000)
    assert(PlanParser.fromPlanInfoJson(nested(10001)).problems.map(_.id) == Vector("too-large"))
    val flat = "== Physical Plan ==\nProject [a#1]\n" + "+- Project [a#1]\n" * 9999
    val reading = PlanParser.fromText(flat)
    assert(reading.plan.exists(_.depths.last == 9999))
    val plan = reading.plan.get
    assert(Fingerprint.of(plan).length == 39 && Dialect.classify(plan, Dialect.of("photon")).forall(_ == Kind.Jvm))
  }

  test("work grows no faster than the text") {
    val perCharacter = Vector(100, 4000).map { count =>
      val text = "== Physical Plan ==\nUnion\n" + ":- Filter x\n:  +- Scan y\n" * count
      val steps = new Steps
      ExplainText.read(text, steps)
      steps.count.toDouble / text.length
    }
    assert(perCharacter(1) < perCharacter(0) * 1.2)
  }

  test("every file that reading needs is in the jar") {
    PlanParser.preload()
  }

  test("only known words leave") {
    val cleaned = Scrub.scrubArguments("(keys=[status#4], functions=[partial_sum(amount#2L)]) s3://bucket/x 'paid' sum\u00e9")
    assert(cleaned == "(keys=[?], functions=[partial_sum(?)]) ?")
  }
}
