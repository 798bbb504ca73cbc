package com.clusop.listener.analysis

import org.scalatest.funsuite.AnyFunSuite

import com.clusop.listener.plan.{ExplanationVerdict, Phase, Plan, PlanReading, PlanSource}
import com.clusop.listener.{Fraction, Reason}

/** Doubles in Python's order and rounding; ties go to the first, as Python's max has it. */
class ConfidenceModelSuite extends AnyFunSuite {
  private def parse(problems: Reason*): Leg = ConfidenceModel.parseLeg(
    Vector(PlanReading(Some(Plan(Vector.empty)), Phase.Final, PlanSource.ExplainText, problems = problems.toVector)),
    Vector.empty,
    "photon",
    Vector.empty
  )

  test("each id lowers once, the score is rounded half to even at the fourth place") {
    assert(parse().score == 0.99)
    assert(parse(Reason("missing-details", ": 3"), Reason("missing-details", ": 7")).score == 0.891)
    // 0.99 · 0.97 · 0.92 · 0.92 · 0.95
    val many = Vector("missing-header", "repaired-text", "wrapped-lines", "new-native-name").map(Reason(_))
    assert(parse(many: _*).score == 0.7722)
  }

  test("of equally weighty findings the first decides") {
    val words = Finding("scala-udf", "Project", 0, 1, witnesses = Vector(Witness.Engine), timeRatio = Some(Fraction(1, 2)))
    val structure = words.copy(index = 2, witnesses = Vector(Witness.Structure))
    def score(findings: Finding*): Double =
      ConfidenceModel.diagnosisLeg(Verdict.Fallback, findings.toVector, ExplanationVerdict.Absent, Vector.empty).score
    assert(score(words, structure) == 0.7)
    assert(score(structure, words) == 0.8)
    assert(score(words, structure.copy(timeRatio = Some(Fraction(2, 3)))) == 0.8)
  }

  test("without any plan the reading is worth nothing and says why") {
    val leg = ConfidenceModel.parseLeg(Vector.empty, Vector.empty, "photon", Vector.empty)
    assert(leg == Leg(0.0, Vector(Reason("empty"))))
  }
}
