package com.clusop.listener.plan

/** A node's canonical name, `""` where its text does not begin with one, and what stands behind it. */
final case class Named(name: String, arguments: String)

/** One name per operator, whichever source shows it. Mirror of `clusop.plan.naming`. */
object Naming {

  /** Longer arguments are cut; causes are found well before that. */
  val MaxArgumentChars: Int = 4096

  private val NamedCache = "Scan In-memory table"
  private val ScanHeads =
    Set("Scan", "FileScan", "PhotonScan", "PhotonFileSourceScan", "CometScan", "CometNativeScan", "BatchScan", "CometBatchScan")
  private val V2Formats = Set("parquet", "orc", "csv", "json", "text", "avro", "xml")
  private val NativeMark = "[native_"
  private val MaxNumberDigits = 9

  /** Where the text behind `*(2) `, `* ` or `*` begins; 0 where there is no such prefix. */
  def codegenPrefixEnd(text: String): Int =
    if (!text.startsWith("*")) 0
    else {
      val behind = Chars.pastSpaces(text, 1)
      val close = closeOfNumber(text, behind)
      if (close < 0) behind else Chars.pastSpaces(text, close + 1)
    }

  /** The codegen number of a text with such a prefix; 0 where it shows none. */
  def prefixedNumber(text: String): Int = {
    val behind = Chars.pastSpaces(text, 1)
    val close = closeOfNumber(text, behind)
    if (close < 0) 0 else text.substring(behind + 1, close).toInt
  }

  /** The number in `WholeStageCodegen (3)`. */
  def codegenNumber(name: String): Option[Int] = {
    var at = name.indexOf('(')
    while (at >= 0) {
      val close = closeOfNumber(name, at)
      if (close >= 0) return Some(name.substring(at + 1, close).toInt)
      at = name.indexOf('(', at + 1)
    }
    None
  }

  /** Where the bracket closes that opens at `at` around at most nine digits; -1 where none does. */
  private[plan] def closeOfNumber(text: String, at: Int): Int = {
    if (at >= text.length || text.charAt(at) != '(') return -1
    var end = at + 1
    while (end < text.length && Chars.isDigit(text.charAt(end))) end += 1
    if (end == at + 1 || end > at + 1 + MaxNumberDigits || end >= text.length || text.charAt(end) != ')') -1 else end
  }

  /** The name and the arguments in the text of one node (without codegen prefix). */
  def canonicalName(written: String): Named = {
    val text = Chars.strip(written)
    if (text.startsWith(NamedCache)) return Named("InMemoryTableScan", behind(text, NamedCache.length))
    val bare = Chars.pastWord(text, 0)
    val head = text.substring(0, bare)
    if (ScanHeads.contains(head)) return scanName(if (head == "FileScan") "Scan" else head, text, bare)
    val end = pastName(text, 0)
    if (end == 0) return Named("", text)
    val name = text.substring(0, end)
    if (name == "Execute") {
      val from = Chars.firstFilled(text, end, text.length)
      val until = pastName(text, from)
      if (from > end && until > from) return Named(s"Execute ${text.substring(from, until)}", behind(text, until))
    }
    Named(name, behind(text, end))
  }

  private def scanName(head: String, text: String, bare: Int): Named = {
    val colon = if (bare < text.length && text.charAt(bare) == ':') bare + 1 else bare
    val from = pastNativeMark(text, Chars.pastSpaces(text, colon))
    val until = pastName(text, from)
    val form = text.substring(from, until)
    val isV2 = head == "BatchScan" || head == "CometBatchScan"
    if (form.isEmpty || (isV2 && !V2Formats.contains(form.toLowerCase(java.util.Locale.ROOT)))) Named(head, behind(text, from))
    else Named(s"$head $form", behind(text, until))
  }

  /** Behind Comet's `[native_iceberg_compat] `. */
  private def pastNativeMark(text: String, from: Int): Int =
    if (!text.startsWith(NativeMark, from)) from
    else {
      val begin = from + NativeMark.length
      val end = Chars.pastWord(text, begin)
      if (end > begin && end < text.length && text.charAt(end) == ']') Chars.pastSpaces(text, end + 1) else from
    }

  /** The index behind the name that begins at `from`: a letter, then letters, digits, `_` and `$`; `from` where none does. */
  private def pastName(text: String, from: Int): Int =
    if (from >= text.length || !Chars.isWord(text.charAt(from)) || Chars.isDigit(text.charAt(from))) from
    else {
      var end = from + 1
      while (end < text.length && (Chars.isWord(text.charAt(end)) || text.charAt(end) == '$')) end += 1
      end
    }

  private def behind(text: String, from: Int): String = Chars.cut(Chars.strip(text, from, text.length), MaxArgumentChars)
}
