package com.clusop.listener.plan.text

import scala.collection.mutable.ArrayBuffer

import com.clusop.listener.plan.Chars

/** The lines below one heading; no heading for what stands above the first one. */
private[text] final class Section(val heading: Option[Heading]) {
  val lines: ArrayBuffer[String] = ArrayBuffer.empty
}

/** Divides a text at its headings into physical plans, logical plans and explanations. Mirror of `clusop.plan.text.sections`. */
private[text] object Sections {
  private val Words = Vector("plan", "Plan", "explanation", "Explanation", "generated code", "Generated code")
  private val MaxBareHeading = 80

  /** Markers of adaptive plans and subqueries stay inside the physical plan they stand in. */
  def divide(lines: Array[String], explanationTitle: String, steps: Steps): Vector[Section] = {
    val sections = Vector.newBuilder[Section]
    var current = new Section(None)
    sections += current
    lines.foreach { line =>
      steps.add(line.length + 1)
      val found = if (canBeHeading(line)) headingOf(line, explanationTitle) else None
      // Where the text begins at a marker, all above it is lost, and it is no logical plan.
      val stays = found match {
        case None                     => true
        case Some(Heading.Adaptive)   => current.heading.forall(_ == Heading.Physical)
        case Some(Heading.Subqueries) => current.heading.forall(_ == Heading.Physical)
        case _                        => false
      }
      if (stays) current.lines += line
      else {
        current = new Section(found)
        sections += current
      }
    }
    sections.result()
  }

  private def canBeHeading(line: String): Boolean =
    line.contains("==") || (Chars.length(line) <= MaxBareHeading && Words.exists(line.contains(_)))

  private def headingOf(line: String, explanationTitle: String): Option[Heading] =
    if (line.isEmpty || Branches.of(line) != null) None
    else if (Headings.lower(Chars.strip(line)).startsWith("generated code:")) Some(Heading.Other)
    else {
      val whole = Headings.of(line, explanationTitle)
      if (whole.nonEmpty) whole else Headings.in(line, explanationTitle)
    }
}
