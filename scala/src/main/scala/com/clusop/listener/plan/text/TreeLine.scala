package com.clusop.listener.plan.text

import com.clusop.listener.plan.{Chars, Naming}

/** One line of a printed tree. `guides` are the blanks and colons before the connector; `connector` is `+-` (last child), `:-`
  * (more follow) or `""` for a root; `body` is the operator with its arguments. Mirror of `clusop.plan.text.treeline`.
  */
private[text] final case class TreeLine(guides: String, connector: String, body: String)

/** A node's text without its marks; `codegen` is the number printed before it (0: in a scope without number). */
private[text] final case class OperatorText(codegen: Option[Int], text: String, number: Option[Int] = None)

/** Takes printed lines apart: guides, connector, body. */
private[text] object Branches {

  /** Where the connector stands behind the guides that begin at `from`, -1 where there is none. */
  def connectorAt(line: String, from: Int): Int = {
    var end = from
    while (end < line.length && (line.charAt(end) == ' ' || line.charAt(end) == ':')) end += 1
    if (end < line.length && line.charAt(end) == '+' && end + 1 < line.length && line.charAt(end + 1) == '-') end
    else if (end < line.length && line.charAt(end) == '-' && end > from && line.charAt(end - 1) == ':') end - 1
    else -1
  }

  /** The parts of a line with a connector, null for any other line. */
  def of(line: String): TreeLine = {
    val at = connectorAt(line, 0)
    if (at < 0 || (at + 2 < line.length && line.charAt(at + 2) != ' ')) null
    else {
      val connector = if (line.charAt(at) == '+') "+-" else ":-"
      val body = if (at + 2 >= line.length) "" else Chars.strip(line, at + 3, line.length)
      TreeLine(line.substring(0, at), connector, body)
    }
  }

  /** A line without connector, taken as the root of a tree. */
  def root(line: String): TreeLine = {
    var end = 0
    while (end < line.length && line.charAt(end) == ' ') end += 1
    TreeLine(line.substring(0, end), "", Chars.strip(line))
  }
}

/** What the body of a line tells of its operator. */
private[text] object Bodies {
  private val SingleHump = Set(
    "Coalesce",
    "Exchange",
    "Execute",
    "Expand",
    "Filter",
    "Generate",
    "Limit",
    "Project",
    "Range",
    "Sample",
    "Scan",
    "Sort",
    "Subquery",
    "Union",
    "Window"
  )
  private val Inner =
    (for (before <- Vector("", "Reused", "Photon"); behind <- Vector("", "Broadcast", "AdaptiveBroadcast"))
      yield s"${before}Subquery$behind").toSet + "InMemoryRelation"
  private val LeafEnds = Vector("Scan", "Range", "Relation", "RelationV2")
  private val LeafStarts = Vector("ReusedExchange", "ReusedSubquery", "LogicalRDD")
  private val Statistics = ", Statistics("
  private val MaxNumberDigits = 9
  private val MaxNameChars = 300
  private val MaxLeafChars = 256

  private def isMark(found: Char): Boolean = found == '*' || found == '^' || found == '!'

  /** The operator's text without its marks: Spark's `*(1)`, Gluten's `^(1)`, `!` for missing input. */
  def operatorText(body: String): OperatorText =
    if (body.isEmpty || !isMark(body.charAt(0))) OperatorText(None, body)
    else {
      val behind = Naming.codegenPrefixEnd(body)
      val codegen = if (behind > 0) Some(Naming.prefixedNumber(body)) else None
      OperatorText(codegen, body.substring(pastMark(body, behind)))
    }

  private def pastMark(text: String, from: Int): Int =
    if (text.startsWith("!", from)) from + 1
    else if (!text.startsWith("^", from)) from
    else pastNumber(text, Chars.pastSpaces(text, from + 1))

  /** Behind `(3) `, or `from` where no number stands there. */
  private def pastNumber(text: String, from: Int): Int = {
    val close = Naming.closeOfNumber(text, from)
    if (close < 0) from else Chars.pastSpaces(text, close + 1)
  }

  /** Whether `body` can begin with an operator's name: they all begin with a capital. */
  def namesSomething(body: String): Boolean =
    body.nonEmpty && (Chars.isCapital(body.charAt(0)) || startsCapital(operatorText(body).text))

  private def startsCapital(text: String): Boolean = text.nonEmpty && Chars.isCapital(text.charAt(0))

  /** Whether `body` begins with what can only be an operator's name, not just any capitalised word. */
  def looksLikeOperator(body: String): Boolean = {
    val text = operatorText(Chars.cut(body, MaxNameChars)).text
    startsCapital(text) && {
      val name = Naming.canonicalName(text).name
      val blank = name.indexOf(' ')
      val word = if (blank < 0) name else name.substring(0, blank)
      (SingleHump(word) || hasTwoHumps(word)) && {
        val next = if (word.length < text.length) text.charAt(word.length) else ' '
        next != ':' && next != '.' && next != ',' && next != '='
      }
    }
  }

  /** Capitals, then small letters or digits, then a capital. */
  private def hasTwoHumps(word: String): Boolean = {
    var index = 0
    while (index < word.length && Chars.isCapital(word.charAt(index))) index += 1
    val first = index
    while (
      index < word.length && !Chars.isCapital(word.charAt(index)) && Chars.isWord(word.charAt(index)) && word.charAt(index) != '_'
    )
      index += 1
    first > 0 && index > first && index < word.length && Chars.isCapital(word.charAt(index))
  }

  /** Whether the operator is printed as an inner child: a subquery's holder or a cached relation. */
  def isInnerLike(body: String): Boolean = Inner(body.substring(0, Chars.pastWord(body, 0)))

  /** Whether the operator never has a direct child: a scan, a reused exchange or subquery. */
  def isLeafLike(body: String): Boolean = {
    val name = bareName(body)
    name.length <= MaxLeafChars && !name.startsWith("InMemoryRelation") &&
    (LeafEnds.exists(name.endsWith(_)) || LeafStarts.exists(name.startsWith(_)) ||
      (name.startsWith("Show") && name.length > 4 && Chars.isCapital(name.charAt(4))))
  }

  /** The name behind one mark and one number, each with at most one blank behind it. */
  private def bareName(body: String): String = {
    var from = if (body.nonEmpty && isMark(body.charAt(0))) 1 else 0
    from = pastOneSpace(body, from)
    val close = Naming.closeOfNumber(body, from)
    if (close >= 0) from = pastOneSpace(body, close + 1)
    body.substring(from, Chars.pastWord(body, from))
  }

  private def pastOneSpace(text: String, at: Int): Int =
    if (at < text.length && Chars.isSpace(text.charAt(at))) at + 1 else at

  /** Splits formatted mode's operator number from a node: `Filter (3)`, `ShuffleQueryStage (6), Statistics(…)`. */
  def splitNumber(spoken: OperatorText): OperatorText = {
    val text = spoken.text
    val comma = text.indexOf(Statistics)
    val end = Chars.lastFilled(text, 0, if (comma < 0) text.length else comma)
    val opened = text.lastIndexOf('(', end - 1)
    val isNumber = end > 0 && text.charAt(end - 1) == ')' && opened >= 1 && text.charAt(opened - 1) == ' ' &&
      opened + 1 < end - 1 && end - opened - 2 <= MaxNumberDigits &&
      (opened + 1 until end - 1).forall(index => Chars.isDigit(text.charAt(index)))
    if (!isNumber) spoken
    else {
      val behind = if (comma < 0) "" else "Statistics(" + text.substring(comma + Statistics.length)
      val name = text.substring(0, Chars.lastFilled(text, 0, opened))
      OperatorText(spoken.codegen, Chars.stripRight(s"$name $behind"), Some(text.substring(opened + 1, end - 1).toInt))
    }
  }
}
