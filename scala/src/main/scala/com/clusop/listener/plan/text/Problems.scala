package com.clusop.listener.plan.text

import com.clusop.listener.Reason

/** The damage that left a plan readable, as reasons. Mirror of `_plan_of` in `clusop.plan.text.reader`. */
private[text] object Problems {

  def of(section: Section, trees: Vector[RawTree], made: CanonicalPlan): Vector[Reason] = {
    val lost = Vector(
      (trees.exists(_.truncatedBottom) || made.childless > 0) -> "an operator's input is not shown",
      (made.homeless > 0) -> "the operator that uses a subquery is not shown",
      section.heading.contains(Heading.Subtree) -> "only one compiled stage is shown"
    ).collect { case (true, what) => what }
    val missing = made.missingDetails
    Vector(
      section.heading.isEmpty -> Reason("missing-header"),
      trees.exists(_.truncatedTop) -> Reason("truncated-top"),
      lost.nonEmpty -> Reason("truncated-plan", lost.mkString(" (", "; ", ")")),
      trees.exists(_.wrapped) -> Reason("wrapped-lines"),
      trees.exists(_.irregular) -> Reason("irregular-indentation"),
      (missing > 0) -> Reason("missing-details", s" ($missing operator${if (missing > 1) "s" else ""})")
    ).collect { case (true, reason) => reason }
  }
}
