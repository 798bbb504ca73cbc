package com.clusop.listener.plan.text

import java.util.Locale

import com.clusop.listener.plan.{Chars, Phase}

/** What stands below a heading. */
private[text] sealed trait Heading

private[text] object Heading {
  case object Logical extends Heading
  case object Physical extends Heading

  /** `Final Plan`, `Current Plan`, `Initial Plan`: a marker inside a physical plan. */
  case object Adaptive extends Heading
  case object Explanation extends Heading
  case object Subqueries extends Heading

  /** One compiled stage in `EXPLAIN CODEGEN`. */
  case object Subtree extends Heading
  case object Other extends Heading
}

/** Recognises explain output's headings: `== Physical Plan ==`, `===== Subqueries =====`. Mirror of `clusop.plan.text.headings`. */
private[text] object Headings {
  private val MaxHeadingChars = 300
  private val Ornaments = " \t=*#:|>\"'`_-"
  private val Around = " \t*#|>\"'`"
  private val Adaptive =
    Map[String, Phase]("final plan" -> Phase.Final, "current plan" -> Phase.Current, "initial plan" -> Phase.Initial)
  private val LogicalTitles = Set("logical plan", "parsed logical plan", "analyzed logical plan", "optimized logical plan")
  private val PhysicalTitles = Set("physical plan", "executed plan")
  private val Short = "== x =="

  /** What heading `line` is. Ornaments around the words do not matter. */
  def of(line: String, explanationTitle: String): Option[Heading] = {
    if (Chars.firstFilled(line, 0, line.length) == line.length || Chars.length(line) > MaxHeadingChars) return None
    val title = lower(Chars.strip(line, Ornaments))
    val ruled = Chars.strip(line).startsWith("==") || Chars.strip(line, Around).startsWith("==")
    if (title == lower(explanationTitle)) Some(Heading.Explanation)
    else if (PhysicalTitles.exists(title.endsWith(_)) && (ruled || PhysicalTitles(title))) Some(Heading.Physical)
    else if (title.endsWith("logical plan") && (ruled || LogicalTitles(title))) Some(Heading.Logical)
    else if (ruled) ofRuled(line, title)
    else None
  }

  private def ofRuled(line: String, title: String): Option[Heading] =
    if (Adaptive.contains(title)) Some(Heading.Adaptive)
    else if (title == "subqueries") Some(Heading.Subqueries)
    else if (title.startsWith("subtree ") && title.indexOf('/') >= 0) Some(Heading.Subtree)
    else {
      val closed = Chars.stripRight(line, Around).endsWith("==")
      if (title.nonEmpty && (closed || title.startsWith("optimizer statistics"))) Some(Heading.Other) else None
    }

  /** A heading that ends `line` after other text, as in `res1: String = == Physical Plan ==`. */
  def in(line: String, explanationTitle: String): Option[Heading] = {
    val ended = Chars.stripRight(line, " \"'")
    if (!ended.endsWith("==") || Chars.length(ended) < Short.length) return None
    val start = ended.lastIndexOf("== ", ended.length - 5)
    val found = if (start <= 0) None else of(ended.substring(start), explanationTitle)
    found.filter(each => each == Heading.Physical || each == Heading.Logical || each == Heading.Explanation)
  }

  /** The phase in the body of a marker line such as `== Final Plan ==`. */
  def phaseMarker(body: String): Option[Phase] =
    if (!body.startsWith("=")) None
    else Adaptive.get(lower(Chars.strip(Chars.cut(body, MaxHeadingChars), Ornaments)))

  def lower(text: String): String = text.toLowerCase(Locale.ROOT)
}
