package com.clusop.listener.plan

import com.clusop.listener.Resource
import com.clusop.listener.json.{Json, JsonReader}

/** What of an operator's arguments may leave a cluster: known words and punctuation, all else becomes `?`. Mirror of
  * `clusop.plan.scrub`.
  */
object Scrub {
  private val MaxChars = 64 * 1024
  private val Gone = '?'

  private final case class Vocabulary(words: Set[String], phases: Vector[String]) {
    def knows(word: String): Boolean = {
      var bare = word.toLowerCase(java.util.Locale.ROOT)
      while (!words(bare)) {
        phases.find(bare.startsWith(_)) match {
          case Some(phase) => bare = bare.substring(phase.length)
          case None        => return false
        }
      }
      true
    }
  }

  private lazy val vocabulary: Vocabulary = JsonReader.read(Resource.text("vocabulary.json")) match {
    case Right(found: Json.Obj) =>
      val words = DialectFile.texts(found, "words") ++ DialectFile.texts(found, "functions")
      Vocabulary(words.toSet, DialectFile.texts(found, "aggregate_phases"))
    case other => throw new IllegalStateException(s"vocabulary.json: $other")
  }

  /** `text` with everything but known words and punctuation replaced by `?`; linear, cut at 64 KiB. */
  def scrubArguments(arguments: String): String = {
    val text = Chars.cut(arguments, MaxChars)
    val kept = new java.lang.StringBuilder(text.length)
    var index = 0
    while (index < text.length) {
      val found = text.charAt(index)
      var end = index + 1
      if (isGap(found)) {
        while (end < text.length && isGap(text.charAt(end))) end += 1
        kept.append(' ')
      } else if (Chars.isLetter(found) || found == '_') {
        end = Chars.pastWord(text, index)
        val word = text.substring(index, end)
        if (isWhole(text, index, end) && vocabulary.knows(word)) kept.append(word) else kept.append(Gone)
      } else if ("[](){},;:=<>!+*/%&|-".indexOf(found.toInt) >= 0) {
        val stays = "/-:".indexOf(found.toInt) < 0 || standsAlone(text, index)
        kept.append(if (stays) found else Gone)
      } else {
        if (Character.isHighSurrogate(found) && end < text.length && Character.isLowSurrogate(text.charAt(end))) end += 1
        kept.append(Gone)
      }
      index = end
    }
    Chars.strip(withoutRepeats(kept.toString))
  }

  private def isGap(found: Char): Boolean = found == ' ' || found == '\t' || found == '\r' || found == '\n'

  /** Question marks with nothing but blanks between them become one. */
  private def withoutRepeats(text: String): String = {
    val built = new java.lang.StringBuilder(text.length)
    var index = 0
    while (index < text.length) {
      built.append(text.charAt(index))
      if (text.charAt(index) == Gone) {
        var end = index + 1
        var last = index
        while (end < text.length && (text.charAt(end) == Gone || text.charAt(end) == ' ')) {
          if (text.charAt(end) == Gone) last = end
          end += 1
        }
        index = last
      }
      index += 1
    }
    built.toString
  }

  /** A letter beyond ASCII belongs to the word beside it, and so does whatever else is there. */
  private def isGlue(text: String, at: Int): Boolean = at >= 0 && at < text.length && {
    val found = text.charAt(at)
    found >= 128 || Chars.isWord(found) || ".@#$'\"`~?\\/:-".indexOf(found.toInt) >= 0
  }

  /** Whether the word is no part of a path, host, address, quoted text or column (`sum#3`, `format.csv`). */
  private def isWhole(text: String, start: Int, end: Int): Boolean =
    if (isGlue(text, start - 1)) {
      text.charAt(start - 1) == ':' && (end == text.length || " ,])".indexOf(text.charAt(end).toInt) >= 0) &&
      !isGlue(text, start - 2)
    } else end == text.length || text.charAt(end) == ':' || !isGlue(text, end)

  private def standsAlone(text: String, at: Int): Boolean = {
    val openAfter = at + 1 == text.length || Chars.isBlank(text.charAt(at + 1))
    if (text.charAt(at) == ':') openAfter else openAfter && (at == 0 || Chars.isBlank(text.charAt(at - 1)))
  }
}
