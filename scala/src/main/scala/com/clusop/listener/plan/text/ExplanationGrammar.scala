package com.clusop.listener.plan.text

import java.util.regex.Pattern

import com.clusop.listener.plan.{Chars, DialectFile, ExplanationVerdict}

/** One engine's wordings: the section's title, the sentences of each verdict, the patterns of what a block names. Mirror of
  * `Grammar` in `clusop.plan.text.explanation`.
  */
private[text] final case class ExplanationGrammar(
    title: String,
    sentences: Vector[(String, ExplanationVerdict)],
    reference: String,
    patterns: Vector[(String, Pattern)]
) {

  /** How a reason begins. */
  val openings: Vector[String] = sentences.collect { case (sentence, ExplanationVerdict.NotFully) => sentence }
}

private[text] object ExplanationGrammar {

  /** Photon's grammar, the one engine that explains itself in plan text. */
  lazy val photon: ExplanationGrammar = {
    val entry = DialectFile.inner(DialectFile.read("photon"), "explanation")
    val verdicts = Vector(
      "fully" -> ExplanationVerdict.Fully,
      "not_fully" -> ExplanationVerdict.NotFully,
      "command" -> ExplanationVerdict.Command
    )
    val kinds = Vector(
      "node" -> "node",
      "aggregate" -> "aggregate",
      "expression_list" -> "expression",
      "expression" -> "expression"
    )
    ExplanationGrammar(
      DialectFile.text(entry, "header"),
      verdicts.flatMap { case (key, verdict) => DialectFile.texts(entry, key).map(Chars.folded(_) -> verdict) },
      Headings.lower(DialectFile.text(entry, "reference")),
      kinds.flatMap { case (key, kind) => DialectFile.texts(entry, key).map(kind -> DialectFile.pattern(_)) }
    )
  }
}
