package com.clusop.listener.plan.text

import scala.collection.mutable.ArrayBuffer

import com.clusop.listener.plan.{Chars, Explanation, ExplanationBlock, ExplanationVerdict, Naming}

/** Reads the engine's own explanation below a plan. The wordings come from the dialect file; no other wording counts. Mirror of
  * `clusop.plan.text.explanation`.
  */
private[text] object ExplanationReader {
  private val LinesCompared = 8

  /** Reads the lines below the section's heading; absent where they hold none of the known sentences. */
  def read(lines: ArrayBuffer[String], steps: Steps): Explanation = {
    val grammar = ExplanationGrammar.photon
    lines.foreach(line => steps.add(line.length + 1))
    verdictOf(lines, grammar) match {
      case None                              => Explanation.Absent
      case Some(ExplanationVerdict.NotFully) =>
        val reader = new BlockReader(grammar)
        lines.foreach(line => reader.take(Chars.stripRight(Chars.strip(line), "\"")))
        reader.close()
        Explanation(ExplanationVerdict.NotFully, reader.found.toVector)
      case Some(verdict) => Explanation(verdict)
    }
  }

  /** What the section begins with. Lines may be wrapped, so it is compared with blanks folded. */
  private def verdictOf(lines: ArrayBuffer[String], grammar: ExplanationGrammar): Option[ExplanationVerdict] = {
    val longest = grammar.sentences.map(_._1.length).max
    lines.indices.iterator
      .filter(number => Chars.firstFilled(lines(number), 0, lines(number).length) < lines(number).length)
      .map { number =>
        val following = lines.iterator.slice(number, number + LinesCompared).map(Chars.cut(_, 2 * longest)).mkString(" ")
        val folded = Chars.folded(following)
        grammar.sentences.find { case (sentence, _) => folded.startsWith(sentence) }.map(_._2)
      }
      .collectFirst { case Some(verdict) => verdict }
  }
}

/** Takes the lines of a "does not fully support" explanation in order, blanks and a closing quote already removed. */
private final class BlockReader(grammar: ExplanationGrammar) {
  import BlockReader._

  val found: ArrayBuffer[ExplanationBlock] = ArrayBuffer.empty
  private var block = new Block

  /** Ends the current block. */
  def close(): Unit = {
    if (found.size < MaxBlocks) found ++= block.finish
    block = new Block
  }

  def take(line: String): Unit =
    if (opens(line)) {
      close()
      block.announced = true
    } else if (Headings.lower(line).startsWith(grammar.reference)) {
      block.inReference = true
      val rest = Chars.strip(line.substring(grammar.reference.length), " :")
      if (rest.nonEmpty) block.reference += rest
    } else if (line.isEmpty) {
      if (block.reference.nonEmpty) close()
    } else if (block.inReference) {
      if (block.reference.isEmpty || hasOpenBrackets(block.reference)) add(block.reference, line)
    } else name(line)

  private def opens(line: String): Boolean = grammar.openings.exists(line.startsWith(_))

  private def name(line: String): Unit =
    if (block.unmatched.nonEmpty && opens((block.unmatched :+ line).mkString(" "))) {
      block.unmatched.clear()
      block.announced = true
    } else
      named(line) match {
        case None                  => add(if (block.subject.nonEmpty) block.detail else block.unmatched, line)
        case Some((kind, subject)) =>
          if (block.subject.nonEmpty) close()
          block.kind = kind
          block.subject = subject
      }

  /** What a line names as unsupported. Inside a block that names something already, only a node starts another one. */
  private def named(line: String): Option[(String, String)] = {
    val isWrapped = block.unmatched.nonEmpty && block.subject.isEmpty
    val wrapped = if (isWrapped) (block.unmatched :+ line).mkString(" ") else line
    grammar.patterns.iterator
      .map { case (kind, pattern) =>
        val matcher = pattern.matcher(wrapped)
        if (matcher.lookingAt() || matcher.reset(line).lookingAt()) Some((kind, Chars.strip(matcher.group("subject")))) else None
      }
      .collectFirst { case Some(match_) => match_ }
      .filter { case (kind, _) => kind != "aggregate" || block.subject.isEmpty }
  }
}

private object BlockReader {
  private val MaxBlocks = 1000

  /** Far more lines than any reason has. */
  private val MaxLines = 50

  private final class Block {
    var announced = false
    var subject = ""
    var kind = "other"
    val unmatched: ArrayBuffer[String] = ArrayBuffer.empty
    val detail: ArrayBuffer[String] = ArrayBuffer.empty
    val reference: ArrayBuffer[String] = ArrayBuffer.empty
    var inReference = false

    /** The block; nothing where it holds nothing or only prose that follows the explanation. */
    def finish: Option[ExplanationBlock] = {
      val shown = if (subject.nonEmpty) subject else joined(unmatched)
      val isEmpty = (!announced && subject.isEmpty) || (shown.isEmpty && reference.isEmpty)
      if (isEmpty) None
      else Some(ExplanationBlock(Chars.cut(shown, Naming.MaxArgumentChars), kind, joined(detail), joined(reference)))
    }
  }

  private def joined(lines: ArrayBuffer[String]): String = Chars.cut(lines.mkString(" "), Naming.MaxArgumentChars)

  private def add(lines: ArrayBuffer[String], line: String): Unit =
    if (lines.size < MaxLines && lines.iterator.map(Chars.length).sum < Naming.MaxArgumentChars)
      lines += Chars.cut(line, Naming.MaxArgumentChars)

  /** Whether the line of a node goes on: its brackets are still open. */
  private def hasOpenBrackets(lines: ArrayBuffer[String]): Boolean =
    lines.iterator.map(line => line.count("([".indexOf(_) >= 0) - line.count(")]".indexOf(_) >= 0)).sum > 0
}
