package com.clusop.probe

/** The one door of the tests: which question is meant. Mirror of `python_answer` in `harness/fuzz.py`. */
object Answers {

  /** The canonical JSON that answers `input`. */
  def of(kind: String, input: String): String = kind match {
    case "plan-text" => PlanAnswer.ofText(input)
    case "plan-info" => PlanAnswer.ofPlanInfo(input)
    case "run"       => DiagnosisAnswer.of(input)
    case "market"    => CostAnswer.of(input)
    case "record"    => RecordAnswer.of(input)
    case "numbers"   => UnitsAnswer.of(input)
    case "setting"   => SettingAnswer.of(input)
    case other       => throw new IllegalArgumentException(s"no such kind of question: $other")
  }
}
