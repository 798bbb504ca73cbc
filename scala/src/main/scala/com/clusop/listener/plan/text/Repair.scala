package com.clusop.listener.plan.text

import java.util.regex.{Matcher, Pattern}

import com.clusop.listener.plan.Chars

/** A text with its damage undone, and what the damage was, in words. */
private[text] final case class Repaired(text: String, damages: Vector[String])

/** Undoes what copying does to a whole text: escapes, entities, colour codes, invisible characters, odd blanks. Mirror of
  * `clusop.plan.text.repair`.
  */
private[text] object Repair {
  private val TerminalCode = Pattern.compile(
    "\\x1b(?:\\[[0-9;?]*[@-~]|\\][^\\x07\\x1b\\n]{0,200}(?:\\x07|\\x1b\\\\)|[()][A-Z0-9]|[=>])|\\x1b"
  )
  private val Invisible =
    Pattern.compile("[\\u00ad\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufeff]")
  private val OddBlank = Pattern.compile("[\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]")
  private val OddNewline = Pattern.compile("[\\x85\\u2028\\u2029]")
  private val TypographicDash = Pattern.compile("(?<=[+:])[\\u2010-\\u2015\\u2212](?= )")
  private val ControlBlank = Pattern.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1a\\x1c-\\x1f]")
  private val Entity = Pattern.compile("&(?:(gt|lt|amp|nbsp|quot|apos)|#([0-9]{1,5})|#x([0-9a-fA-F]{1,4}));")
  private val HtmlBreak = Pattern.compile("<br ?/?>", Pattern.CASE_INSENSITIVE)
  private val HtmlTag =
    Pattern.compile("</?(?:pre|code|div|span|strong)(?: [^<>\\n]{0,200})?>", Pattern.CASE_INSENSITIVE)
  private val EscapedLine = Pattern.compile("\\\\n[ :]*(?:[+:]- |==)|==\\\\n")
  private val Escape = Pattern.compile("(?<!\\\\)\\\\+(?:([nrt\"'/])|u([0-9a-fA-F]{4}))")

  private val Html = "HTML"

  /** Matches begin with no certain character. */
  private val Any = '\u0000'

  def repair(written: String, steps: Steps): Repaired = {
    val damages = Vector.newBuilder[String]
    var text = Chars.clean(written)
    if (text.indexOf('\r') >= 0) {
      text = text.replace("\r\n", "\n")
      text = if (text.indexOf('\n') >= 0) text.replace('\r', ' ') else text.replace('\r', '\n')
    }
    steps.add(text.length)
    if (text.contains("\\n") && EscapedLine.matcher(text).find()) {
      text = Chars.clean(substitute(Escape, text, Any)(unescape))
      damages += "escaped newlines"
    }

    def undo(pattern: Pattern, replacement: String, damage: String, first: Char = Any): Unit = {
      steps.add(text.length)
      val undone = substitute(pattern, text, first)(_ => replacement)
      if (undone ne text) damages += damage
      text = undone
    }

    val signs = Signs.of(text)
    if (signs.escape) undo(TerminalCode, "", "terminal codes", '\u001b')
    if (signs.control) undo(ControlBlank, " ", "control characters")
    undo(HtmlBreak, "\n", Html, '<')
    undo(HtmlTag, "", Html, '<')
    if (signs.beyondAscii) {
      undo(Invisible, "", "invisible characters")
      undo(OddBlank, " ", "non-breaking blanks")
      undo(OddNewline, "\n", "odd line ends")
      undo(TypographicDash, "-", "typographic dashes")
    }
    steps.add(text.length)
    val decoded = substitute(Entity, text, '&')(decodeEntity)
    if (decoded ne text) damages += "HTML entities"
    Repaired(decoded, damages.result().distinct)
  }

  /** The text with every match replaced; the same object where there is none. `first` is the character matches begin with. */
  private def substitute(pattern: Pattern, text: String, first: Char)(replacement: Matcher => String): String = {
    val matcher = pattern.matcher(text)
    if (!findNext(matcher, text, 0, first)) return text
    val built = new java.lang.StringBuilder(text.length)
    var copied = 0
    var found = true
    while (found) {
      built.append(text, copied, matcher.start).append(replacement(matcher))
      copied = matcher.end
      found = findNext(matcher, text, copied, first)
    }
    built.append(text, copied, text.length).toString
  }

  /** Looks where `first` stands only: texts are long, and few have any of these. */
  private def findNext(matcher: Matcher, text: String, from: Int, first: Char): Boolean =
    if (first == Any) matcher.find(from)
    else {
      var at = text.indexOf(first.toInt, from)
      while (at >= 0 && !matcher.region(at, text.length).lookingAt()) at = text.indexOf(first.toInt, at + 1)
      at >= 0
    }

  private def unescape(matcher: Matcher): String = matcher.group(1) match {
    case "n"  => "\n"
    case "r"  => ""
    case "t"  => "\t"
    case null => character(Integer.parseInt(matcher.group(2), 16))
    case sign => sign
  }

  private def decodeEntity(matcher: Matcher): String = matcher.group(1) match {
    case "gt"   => ">"
    case "lt"   => "<"
    case "amp"  => "&"
    case "nbsp" => " "
    case "quot" => "\""
    case "apos" => "'"
    case _      =>
      val decimal = matcher.group(2)
      Chars.clean(character(if (decimal != null) decimal.toInt else Integer.parseInt(matcher.group(3), 16)))
  }

  private def character(code: Int): String =
    if (code == 0 || code == 0xa0) " " else new String(Character.toChars(code))

  /** Which kinds of damage a text can have, found in one pass. */
  private final case class Signs(escape: Boolean, control: Boolean, beyondAscii: Boolean)

  private object Signs {
    def of(text: String): Signs = {
      var escape, control, beyondAscii = false
      var index = 0
      while (index < text.length) {
        val found = text.charAt(index)
        if (found < ' ') {
          if (found == '\u001b') escape = true
          else if (found != '\n' && found != '\t' && found != '\r') control = true
        } else if (found > '~') beyondAscii = true
        index += 1
      }
      Signs(escape, control, beyondAscii)
    }
  }
}
