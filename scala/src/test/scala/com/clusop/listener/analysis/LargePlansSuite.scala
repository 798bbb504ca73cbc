package com.clusop.listener.analysis

import org.scalatest.funsuite.AnyFunSuite

import com.clusop.listener.Fraction
import com.clusop.listener.plan.{Metric, Operator, Phase, Plan, PlanReading, PlanSource}

/** Plans of any depth and width are judged without recursion and in linear time: a quadratic step would take minutes here. */
class LargePlansSuite extends AnyFunSuite {
  private val Count = 30000

  private def chain(names: String*): Vector[Operator] =
    Vector.tabulate(Count)(at => Operator(names(at % names.size), at - 1, arguments = s"[a#$at]"))

  private val shapes: Map[String, Vector[Operator]] = Map(
    "islands one above another" -> chain("PhotonProject", "Project"),
    "a deep island" -> chain("Sort"),
    "many bottoms below many sorts" -> (chain("Sort") ++ Vector.fill(Count)(Operator("Sort", Count - 1))),
    "many Python operators below many wrappers" ->
      (Operator("PhotonArrowBatchSink", Plan.Root) +: (Vector.tabulate(Count)(at => Operator("InputAdapter", at)) ++
        Vector.fill(Count)(Operator("ArrowEvalPython", Count)))),
    "a reason for each of many operators" -> (Operator("PhotonUnion", Plan.Root) +:
      Vector.tabulate(Count)(at => Operator("Project", 0, arguments = s"f$at(a#1)")))
  )

  shapes.foreach { case (name, operators) =>
    test(s"$name, $Count operators") {
      val measured =
        operators.indices.map(at => operators(at).copy(metrics = Vector(Metric("rows", "sum", Some(at.toLong))))).toVector
      val stages = Vector.tabulate(100) { number =>
        val first = number.toLong * Count / 50
        StageRun(number, 0, Fraction(1000), Some(400000000L), accumulators = (first until first + Count / 50).map(_ -> 1L).toMap)
      }
      val found = Diagnose.of(
        Observed(
          "1",
          Source.Live,
          Vector(PlanReading(Some(Plan(measured)), Phase.Final, PlanSource.PlanInfo)),
          EngineFact("photon", EngineState.On),
          StageTimes(stages),
          engineWords = Vector.tabulate(10000)(at => (s"Project f$at(a#9)", s"f$at(a#9) is not supported"))
        )
      )
      assert(found.verdict == Verdict.Fallback)
      val told = found.findings.filter(_.island.isDefined).flatMap(finding => finding.index +: finding.inherited)
      assert(told.sorted == found.islands.flatMap(_.operators).sorted)
    }
  }
}
