package com.clusop.listener.plan

/** Characters as Python's strings have them, where Java's differ: which are blank, and lengths in code points. */
private[listener] object Chars {

  /** Python's `str.isspace` of one character. */
  def isBlank(found: Char): Boolean =
    if (found < 128) found == ' ' || (found >= 9 && found <= 13) || (found >= 28 && found <= 31)
    else
      found == 0x85 || found == 0xa0 || found == 0x1680 || (found >= 0x2000 && found <= 0x200a) || found == 0x2028 ||
      found == 0x2029 || found == 0x202f || found == 0x205f || found == 0x3000

  /** `\s` of an ASCII pattern. */
  def isSpace(found: Char): Boolean = found == ' ' || (found >= 9 && found <= 13)

  /** `\w` of an ASCII pattern. */
  def isWord(found: Char): Boolean =
    (found >= 'a' && found <= 'z') || (found >= 'A' && found <= 'Z') || (found >= '0' && found <= '9') || found == '_'

  def isDigit(found: Char): Boolean = found >= '0' && found <= '9'

  def isCapital(found: Char): Boolean = found >= 'A' && found <= 'Z'

  def isLetter(found: Char): Boolean = isCapital(found) || (found >= 'a' && found <= 'z')

  /** Whether there is nothing but blanks between the two indexes, and at least one. */
  def isBlank(text: String, from: Int, until: Int): Boolean = from < until && firstFilled(text, from, until) == until

  /** `str.strip()`. */
  def strip(text: String): String = strip(text, 0, text.length)

  def strip(text: String, from: Int, until: Int): String = {
    val begin = firstFilled(text, from, until)
    text.substring(begin, lastFilled(text, begin, until))
  }

  def stripLeft(text: String): String = text.substring(firstFilled(text, 0, text.length))

  def stripRight(text: String): String = text.substring(0, lastFilled(text, 0, text.length))

  /** `str.strip(signs)`. */
  def strip(text: String, signs: String): String = {
    var begin = 0
    while (begin < text.length && signs.indexOf(text.charAt(begin).toInt) >= 0) begin += 1
    stripRight(text.substring(begin), signs)
  }

  def stripRight(text: String, signs: String): String = {
    var end = text.length
    while (end > 0 && signs.indexOf(text.charAt(end - 1).toInt) >= 0) end -= 1
    text.substring(0, end)
  }

  /** The index of the first character that is no blank. */
  def firstFilled(text: String, from: Int, until: Int): Int = {
    var index = from
    while (index < until && isBlank(text.charAt(index))) index += 1
    index
  }

  /** The index behind the last character that is no blank. */
  def lastFilled(text: String, from: Int, until: Int): Int = {
    var index = until
    while (index > from && isBlank(text.charAt(index - 1))) index -= 1
    index
  }

  /** The index behind the ASCII blanks from `from` on: `\s*`. */
  def pastSpaces(text: String, from: Int): Int = {
    var index = from
    while (index < text.length && isSpace(text.charAt(index))) index += 1
    index
  }

  /** The index behind the characters `\w` from `from` on. */
  def pastWord(text: String, from: Int): Int = {
    var index = from
    while (index < text.length && isWord(text.charAt(index))) index += 1
    index
  }

  /** `len(text)`: code points. */
  def length(text: String): Int = text.codePointCount(0, text.length)

  /** `text[:count]`: never half a character. */
  def cut(text: String, count: Int): String =
    if (text.length <= count || length(text) <= count) text else text.substring(0, text.offsetByCodePoints(0, count))

  /** `" ".join(text.split())`. */
  def folded(text: String): String = {
    val built = new java.lang.StringBuilder(text.length)
    var index = firstFilled(text, 0, text.length)
    while (index < text.length) {
      if (built.length > 0) built.append(' ')
      while (index < text.length && !isBlank(text.charAt(index))) {
        built.append(text.charAt(index))
        index += 1
      }
      index = firstFilled(text, index, text.length)
    }
    built.toString
  }

  /** Halves of surrogate pairs become question marks: no output could encode them. */
  def clean(text: String): String = {
    var index = 0
    while (index < text.length && !Character.isSurrogate(text.charAt(index))) index += 1
    if (index == text.length) text else repaired(text, index)
  }

  private def repaired(text: String, first: Int): String = {
    val built = new java.lang.StringBuilder(text.length).append(text, 0, first)
    var index = first
    while (index < text.length) {
      val code = text.codePointAt(index)
      if (code <= 0xffff && Character.isSurrogate(code.toChar)) built.append('?') else built.appendCodePoint(code)
      index += Character.charCount(code)
    }
    built.toString
  }
}
