package com.clusop.listener.plan.text

import java.util.Locale

import com.clusop.listener.Reason
import com.clusop.listener.plan.{Chars, Explanation, Phase, PlanReading, PlanSource}

/** Spark's explain text to a plan: every mode, before and after adaptive execution, damaged. Mirror of
  * `clusop.plan.text.reader`.
  */
private[listener] object ExplainText {
  val MaxTextChars: Int = 10000000

  private val LogicalNames = Set(
    "Relation",
    "RelationV2",
    "SubqueryAlias",
    "LocalRelation",
    "LogicalRelation",
    "LogicalRDD",
    "HiveTableRelation",
    "OneRowRelation",
    "Join",
    "Aggregate",
    "View",
    "UnresolvedRelation",
    "LeafNode"
  )

  /** Reads what `EXPLAIN`, `df.explain()` or an event's `physicalPlanDescription` says of one query. Of several physical plans the
    * last that shows a tree is taken. Of an adaptive plan the final copy is judged, else the initial, else the current one. Never
    * throws; what cannot be read has a reason.
    */
  def read(text: String, steps: Steps = new Steps): PlanReading = {
    val count = if (text.length > MaxTextChars) Chars.length(text) else 0
    if (count > MaxTextChars)
      return refused(Reason("too-large", s" (${grouped(count)} characters; at most ${grouped(MaxTextChars)})"))
    val repaired = Repair.repair(text, steps)
    val cleaned = Lines.clean(repaired.text, steps)
    val sections = Sections.divide(cleaned.lines, ExplanationGrammar.photon.title, steps)
    if (!sections.exists(_.lines.exists(_.nonEmpty))) return refused(Reason("empty"))
    candidates(sections).iterator
      .map(number => readSection(sections, number, steps))
      .collectFirst { case Some(reading) => withDamage(reading, repaired.damages ++ cleaned.damages) }
      .getOrElse(withoutPlan(sections, steps))
  }

  /** The sections that may hold the plan, the best first: physical plans from the last, what has no heading, compiled stages. */
  private def candidates(sections: Vector[Section]): Vector[Int] = {
    val physical = sections.indices.filter(sections(_).heading.contains(Heading.Physical)).reverse.toVector
    val stages = sections.indices.filter(sections(_).heading.contains(Heading.Subtree)).toVector
    val bare = if (sections.head.heading.isEmpty && stages.isEmpty) Vector(0) else Vector.empty
    physical ++ bare ++ stages.sortBy(number => (-sections(number).lines.size, -number))
  }

  /** The plan in one section with the explanation that follows it; nothing where it shows no physical tree. */
  private def readSection(sections: Vector[Section], number: Int, steps: Steps): Option[PlanReading] = {
    val section = sections(number)
    val headed = section.heading.nonEmpty
    if (!headed && isLogical(section)) return None
    val physical = Physical.divide(section.lines, steps, headed)
    val printed = physical.trees.iterator.map(PrintedTree.read(_, steps)).toVector
    val first = if (printed.head.nodes.nonEmpty) printed.head else Physical.treeOfDetails(physical.details)
    val trees = first +: printed.tail
    if (first.nodes.isEmpty) None
    else {
      val explanation = explanationAfter(sections, number, steps)
      if (trees.exists(_.tooLarge) || trees.iterator.map(_.nodes.size).sum > Grower.MaxNodes) {
        val limits = s" (more than ${grouped(Grower.MaxNodes)} operators or ${grouped(Grower.MaxDepth)} levels)"
        Some(refused(Reason("too-large", limits), explanation))
      } else {
        val made = CanonicalPlan.of(trees, physical.details, steps)
        val problems = Problems.of(section, trees, made)
        Some(PlanReading(Some(made.plan), made.phase, PlanSource.ExplainText, explanation, problems))
      }
    }
  }

  /** The explanation between this plan and the next one; of a text without headings, the last there is. */
  private def explanationAfter(sections: Vector[Section], number: Int, steps: Steps): Explanation = {
    val ends = Set[Heading](Heading.Explanation, Heading.Physical)
    sections.iterator.drop(number + 1).find(_.heading.exists(ends)) match {
      case Some(section) if section.heading.contains(Heading.Explanation) => ExplanationReader.read(section.lines, steps)
      case _                                                              => Explanation.Absent
    }
  }

  /** Whether lines without heading show a logical plan: it has nodes that no physical plan has, outside any command. */
  private def isLogical(section: Section): Boolean =
    section.lines.exists { line =>
      val branch = Branches.of(line)
      branch != null && (branch.body.startsWith("'") || LogicalNames(branch.body.substring(0, Chars.pastWord(branch.body, 0))))
    } && !section.lines.exists { line =>
      var from = 0
      while (from < line.length && "*( 0123456789)".indexOf(line.charAt(from).toInt) >= 0) from += 1
      line.startsWith("Execute ", from)
    }

  private def withoutPlan(sections: Vector[Section], steps: Steps): PlanReading = {
    val explanation = explanationAfter(sections, -1, steps)
    if (sections.exists(_.heading.contains(Heading.Logical)) || isLogical(sections.head))
      refused(Reason("logical-only"), explanation)
    else {
      val detail = if (explanation != Explanation.Absent) " (an explanation without its plan)" else ""
      refused(Reason("unreadable", detail), explanation)
    }
  }

  private def withDamage(reading: PlanReading, damages: Vector[String]): PlanReading =
    if (damages.isEmpty) reading
    else reading.copy(problems = reading.problems :+ Reason("repaired-text", damages.distinct.mkString(" (", ", ", ")")))

  private def refused(reason: Reason, explanation: Explanation = Explanation.Absent): PlanReading =
    PlanReading(None, Phase.Static, PlanSource.ExplainText, explanation, Vector(reason))

  private def grouped(count: Int): String = String.format(Locale.ROOT, "%,d", Int.box(count))
}
