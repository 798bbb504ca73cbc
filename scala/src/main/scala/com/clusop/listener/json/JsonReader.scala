package com.clusop.listener.json

/** Why a text is no JSON; `tooLarge` where it might be but is longer or deeper than clusop reads. */
final case class JsonProblem(what: String, tooLarge: Boolean = false)

/** Reads JSON of any depth without recursion, as tolerant as `clusop.plan.json_text`: a byte-order mark, raw control characters
  * in strings, NaN and infinities (read as null). Of several members of one name [[Json.Obj.get]] gives the last.
  */
object JsonReader {
  val MaxChars: Int = 256 * 1024 * 1024
  private[json] val MaxLevels = 1000000

  def read(text: String): Either[JsonProblem, Json] = {
    val counted = if (text.length > MaxChars) text.codePointCount(0, text.length) else 0
    if (counted > MaxChars) Left(JsonProblem(s"$counted characters", tooLarge = true))
    else new JsonScan(text, if (text.startsWith("\ufeff")) 1 else 0).run()
  }
}

/** One reading. `at` is the next character. */
private final class JsonScan(text: String, start: Int) {
  import JsonScan._

  private val lexer = new JsonLexer(text)
  private val open = new java.util.ArrayDeque[Open]

  def run(): Either[JsonProblem, Json] =
    try {
      lexer.at = start
      var result: Json = null
      while (result == null) result = step()
      lexer.skip()
      if (lexer.at != text.length) throw JsonLexer.problem("more follows the end")
      Right(result)
    } catch { case broken: JsonLexer.Broken => Left(broken.problem) }

  /** Takes the next value and closes what ends behind it; the whole document once it is complete, else null. */
  private def step(): Json = {
    var value = lexer.skip() match {
      case '{' => opened(isObject = true)
      case '[' => opened(isObject = false)
      case _   => lexer.scalar()
    }
    while (value != null && !open.isEmpty) {
      val top = open.peek
      top.add(value)
      value = if (more(top)) null else open.pop().close()
    }
    value
  }

  /** Opens a container; its value at once where it is empty. */
  private def opened(isObject: Boolean): Json = {
    if (open.size >= JsonReader.MaxLevels)
      throw new JsonLexer.Broken(JsonProblem(s"nested deeper than ${JsonReader.MaxLevels} levels", tooLarge = true))
    lexer.at += 1
    val top = new Open(isObject)
    if (lexer.skip() == top.end) {
      lexer.at += 1
      return top.close()
    }
    open.push(top)
    if (isObject) top.key = lexer.key()
    null
  }

  /** Whether another element follows in the innermost container. */
  private def more(top: Open): Boolean = {
    val found = lexer.skip()
    if (found != ',' && found != top.end) throw JsonLexer.problem(s"neither a comma nor '${top.end.toChar}'")
    lexer.at += 1
    if (found == ',' && top.isObject) top.key = lexer.key()
    found == ','
  }
}

private object JsonScan {

  /** A list or object whose end has not been met; `key` waits for its value. */
  final class Open(val isObject: Boolean) {
    val end: Int = if (isObject) '}' else ']'
    var key: String = ""
    private val items = if (isObject) null else Vector.newBuilder[Json]
    private val members = if (isObject) Vector.newBuilder[(String, Json)] else null

    def add(value: Json): Unit = if (isObject) members += ((key, value)) else items += value
    def close(): Json = if (isObject) Json.Obj(members.result()) else Json.Arr(items.result())
  }
}
