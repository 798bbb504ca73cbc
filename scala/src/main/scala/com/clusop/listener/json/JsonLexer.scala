package com.clusop.listener.json

/** Reads the scalars of a JSON text: strings, numbers, words. `at` is the next character. */
private[json] final class JsonLexer(text: String) {
  import JsonLexer._

  var at: Int = 0

  /** The next character that is no blank, [[End]] at the end. */
  def skip(): Int = {
    while (at < text.length && isBlank(text.charAt(at))) at += 1
    peek(at)
  }

  /** An object's key and its colon. */
  def key(): String = {
    if (skip() != '"') throw problem("no key")
    val found = string()
    if (skip() != ':') throw problem("no colon")
    at += 1
    found
  }

  def scalar(): Json = peek(at) match {
    case '"'                                     => Json.Str(string())
    case 't'                                     => word("true", Json.True)
    case 'f'                                     => word("false", Json.False)
    case 'n'                                     => word("null", Json.Null)
    case 'N'                                     => word("NaN", Json.Null)
    case 'I'                                     => word("Infinity", Json.Null)
    case '-' if text.startsWith("-Infinity", at) => word("-Infinity", Json.Null)
    case _                                       => number()
  }

  private def peek(index: Int): Int = if (index < text.length) text.charAt(index).toInt else End

  private def word(written: String, value: Json): Json = {
    if (!text.startsWith(written, at)) throw problem("no value")
    at += written.length
    value
  }

  private def number(): Json = {
    val first = if (peek(at) == '-') at + 1 else at
    var end = if (peek(first) == '0') first + 1 else digits(first)
    if (end == first) throw problem("no value")
    if (peek(end) == '.' && isDigit(peek(end + 1))) end = digits(end + 1)
    if (peek(end) == 'e' || peek(end) == 'E') {
      val power = if (peek(end + 1) == '+' || peek(end + 1) == '-') end + 2 else end + 1
      if (isDigit(peek(power))) end = digits(power)
    }
    val found = text.substring(at, end)
    at = end
    Json.Num(found)
  }

  private def digits(from: Int): Int = {
    var end = from
    while (isDigit(peek(end))) end += 1
    end
  }

  private def string(): String = {
    val begin = at + 1
    var end = begin
    while (end < text.length && text.charAt(end) != '"' && text.charAt(end) != '\\') end += 1
    if (peek(end) == '"') {
      at = end + 1
      text.substring(begin, end)
    } else escaped(begin, end)
  }

  private def escaped(begin: Int, first: Int): String = {
    val built = new java.lang.StringBuilder(text.substring(begin, first))
    var index = first
    while (peek(index) != '"') {
      if (index >= text.length) throw problem("an open string")
      if (text.charAt(index) == '\\') index = escape(index + 1, built)
      else {
        built.append(text.charAt(index))
        index += 1
      }
    }
    at = index + 1
    built.toString
  }

  private def escape(index: Int, built: java.lang.StringBuilder): Int = peek(index) match {
    case 'u' =>
      built.append(hexadecimal(index + 1))
      index + 5
    case letter =>
      val place = "\"\\/bfnrt".indexOf(letter)
      if (place < 0) throw problem("an unknown escape")
      built.append("\"\\/\b\f\n\r\t".charAt(place))
      index + 1
  }

  private def hexadecimal(from: Int): Char = {
    var code = 0
    var index = from
    while (index < from + 4) {
      // Character.digit also takes the digits of other scripts.
      val digit = if (peek(index) < 128) Character.digit(peek(index), 16) else -1
      if (digit < 0) throw problem("an unknown escape")
      code = code * 16 + digit
      index += 1
    }
    code.toChar
  }
}

private[json] object JsonLexer {
  val End: Int = -1

  /** Thrown and caught inside the reader only. */
  final class Broken(val problem: JsonProblem) extends RuntimeException(problem.what, null, false, false)

  def problem(what: String): Broken = new Broken(JsonProblem(what))

  private def isBlank(found: Char): Boolean = found == ' ' || found == '\n' || found == '\t' || found == '\r'

  private def isDigit(found: Int): Boolean = found >= '0' && found <= '9'
}
