package com.clusop.listener.plan.text

import com.clusop.listener.plan.Chars

/** Something put before every line; `end` tells where it ends in a line, -1 where the line has none. */
private[text] final case class Prefix(damage: String, end: String => Int)

/** Mirror of the prefixes in `clusop.plan.text.lines`, scanned by hand: `java.util.regex` recurses over repeated groups. */
private[text] object Prefix {
  private val Quotation = "quotation signs"
  private val Comments = "comment signs"
  private val Magic = "MAGIC"
  private val Bullets = "-*\u2022\u2023\u25e6\u00b7"
  private val MaxDigits = 6

  private val all: Vector[Prefix] = Vector(
    Prefix(Comments, magicEnd),
    Prefix(Comments, commentEnd),
    Prefix(Quotation, quotationEnd),
    Prefix("table borders", line => oneOf(line, "|\u2502")),
    Prefix("bullets", bulletEnd),
    Prefix("line numbers", numberEnd)
  )

  /** The prefix to remove: one behind which headings and branches stand, at least as often as they stand bare. */
  def voted(lines: Array[String]): Option[Prefix] = {
    var bare = 0
    val votes = new Array[Int](all.size)
    lines.foreach { line =>
      if (isStrong(line, 0)) bare += 1
      else {
        val chosen = all.indexWhere { prefix =>
          val end = prefix.end(line)
          end >= 0 && isStrong(line, end)
        }
        if (chosen >= 0) votes(chosen) += 1
      }
    }
    val most = votes.max
    if (most > 0 && most >= bare) Some(all(votes.indexOf(most))) else None
  }

  /** Whether a branch of a tree or a heading stands at `from`. */
  private def isStrong(line: String, from: Int): Boolean = {
    val connector = Branches.connectorAt(line, from)
    if (connector >= 0) {
      val body = connector + 3
      if (body < line.length && line.charAt(body - 1) == ' ' && !Chars.isSpace(line.charAt(body))) return true
    }
    var index = Chars.pastSpaces(line, from)
    while (index < line.length && line.charAt(index) == '*') index += 1
    val rule = index
    while (index < line.length && line.charAt(index) == '=') index += 1
    val word = if (index < line.length && line.charAt(index) == ' ') index + 1 else index
    index - rule >= 2 && word < line.length && Chars.isWord(line.charAt(word))
  }

  private def pastIndent(line: String): Int = {
    var index = 0
    while (index < line.length && (line.charAt(index) == ' ' || line.charAt(index) == '\t')) index += 1
    index
  }

  private def magicEnd(line: String): Int = {
    val from = pastIndent(line)
    val sign =
      if (line.startsWith("#", from) || line.startsWith("%", from)) from + 1
      else if (line.startsWith("//", from) || line.startsWith("--", from)) from + 2
      else -1
    if (sign < 0) -1
    else {
      val word = if (line.startsWith(" ", sign)) sign + 1 else sign
      val end = word + Magic.length
      val found = line.startsWith(Magic, word) && (end == line.length || !Chars.isWord(line.charAt(end)))
      if (found) end else -1
    }
  }

  private def commentEnd(line: String): Int = {
    val from = pastIndent(line)
    if (from == line.length) return -1
    val sign = line.charAt(from)
    var end = from
    while (end < line.length && line.charAt(end) == sign) end += 1
    val least = sign match {
      case '/' | '-'       => 2
      case '#' | '%' | ';' => 1
      case _               => Int.MaxValue
    }
    if (end - from >= least) end else -1
  }

  private def quotationEnd(line: String): Int = {
    var end = -1
    var index = pastIndent(line)
    while (line.startsWith(">", index)) {
      end = index + 1
      index = if (line.startsWith(" ", end)) end + 1 else end
    }
    end
  }

  private def oneOf(line: String, signs: String): Int = {
    val from = pastIndent(line)
    if (from < line.length && signs.indexOf(line.charAt(from).toInt) >= 0) from + 1 else -1
  }

  private def bulletEnd(line: String): Int = {
    val end = oneOf(line, Bullets)
    if (end >= 0 && line.startsWith(" ", end)) end else -1
  }

  private def numberEnd(line: String): Int = {
    val from = pastIndent(line)
    var end = from
    while (end < line.length && Chars.isDigit(line.charAt(end))) end += 1
    if (end == from || end - from > MaxDigits || end == line.length) return -1
    val closed = ".)|".indexOf(line.charAt(end).toInt) >= 0 || line.startsWith(": ", end)
    val behind = if (closed) end + 1 else end
    if (behind < line.length && Chars.isSpace(line.charAt(behind))) behind else -1
  }
}
