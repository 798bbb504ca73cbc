package com.clusop.listener.deliver

import java.util.regex.Pattern

import com.clusop.listener.Reasons
import com.clusop.listener.analysis.{Functions, Signature}

/** The gates through which text passes into a record. What does not match becomes `""`, `?` or a keyed hash; no field takes
  * free text. Mirror of `clusop.analysis.records.gate`, pattern for pattern.
  */
object Gate {
  private val Hex32 = "[0-9a-f]{32}"
  private val Hashed = s"~$Hex32"
  private val DbrWord = "photon|aarch64|cpu|gpu|ml|hls|esr|lts|snapshot|scala2\\.1[0-9]"
  private val Decimal = "-?[0-9]{1,60}(?:[.][0-9]{1,24}|/[0-9]{1,60})?"

  val Reason: Pattern = Pattern.compile("[a-z0-9]+(?:-[a-z0-9]+)*")
  val Workspace: Pattern = Pattern.compile(s"(?:[0-9A-Za-z][0-9A-Za-z_-]{0,63}|$Hashed)?")
  val TaskKey: Pattern = Pattern.compile(s"(?:[0-9A-Za-z_-]{1,100}|$Hashed)?")
  val JobId: Pattern = Pattern.compile("[0-9]{1,20}")
  val Cluster: Pattern = Pattern.compile("(?:[0-9]{4}-[0-9]{6}-[0-9a-z]{1,32}(?:-v2n)?)?")
  val Dbr: Pattern = Pattern.compile(s"(?:v?(?:client\\.)?[0-9]{1,3}(?:\\.(?:[0-9]{1,3}|x)){0,3}(?:-(?:$DbrWord)){0,8})?")
  val Image: Pattern = Pattern.compile("(?:release__[0-9A-Za-z][0-9A-Za-z._-]{0,190})?")
  val Spark: Pattern = Pattern.compile(
    "(?:[0-9]{1,3}\\.[0-9]{1,3}(?:\\.[0-9]{1,5}){0,2}(?:[-.](?:SNAPSHOT|amzn|databricks|preview|rc)[0-9.-]{0,8})?)?"
  )
  val NodeType: Pattern = Pattern.compile(
    "(?:[a-z][a-z0-9-]{1,23}[.][a-z0-9-]{1,23}|(?:Standard|Basic)_[A-Za-z0-9_-]{1,47}" +
      "|[a-z][a-z0-9]{1,7}[_-][a-z]{1,16}(?:[_-][a-z0-9]{1,8}){1,4})?"
  )
  val Execution: Pattern = Pattern.compile("(?:[0-9]{1,19})?")
  val PriceId: Pattern = Pattern.compile("[0-9A-Za-z._-]{1,80}")
  val InputName: Pattern = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,47}")
  val InputValue: Pattern = Pattern.compile(
    s"$Decimal(?:[.][.]$Decimal)?|=[a-z_]{1,48}|unpriced:${Reason.pattern}|elastic|fixed|unknown"
  )
  val Capitals: Pattern = Pattern.compile("[A-Z_]{0,48}")
  val Release: Pattern = Pattern.compile("(?:[0-9]{1,4}(?:[._+-][0-9A-Za-z]{1,16}){0,6})?")
  private val Operator = Pattern.compile("[A-Z][A-Za-z0-9_$]{0,79}(?: [A-Za-z][A-Za-z0-9]{0,39})?|[?]")
  private val Function = Pattern.compile("[a-z_][a-z0-9_]{0,63}")
  private val TagKey = Pattern.compile("[0-9A-Za-z_.:/=+@ -]{1,64}")
  private val Control =
    Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ud800-\\udfff]")
  private val LongWord = Pattern.compile("[0-9A-Za-z]{20,}")
  private val Site = Pattern.compile("([0-9A-Za-z_.-]{1,64}):([0-9]{1,7})[ \\t]*\\z")

  val Engines: Vector[String] = Vector("", "photon", "comet", "gluten", "rapids", "none")
  val Availabilities: Vector[String] = Vector("", "ON_DEMAND", "SPOT", "SPOT_WITH_FALLBACK")
  val Doors: Vector[String] = Vector("pth", "arm", "init-script", "conf-extra-listeners", "conf-query-listeners")

  // What may follow Scan: formats and relations of Spark's own. Other words can be names that users gave.
  private val Scanned = Set(
    "ExistingRDD",
    "JDBCRelation",
    "KafkaRelation",
    "OneRowRelation",
    "avro",
    "binaryFile",
    "cloudFiles",
    "csv",
    "delta",
    "hive",
    "hudi",
    "iceberg",
    "image",
    "jdbc",
    "json",
    "kafka",
    "libsvm",
    "orc",
    "parquet",
    "rate",
    "text",
    "xml"
  )
  private val MaxTags = 16
  private val MaxTagChars = 128
  private val MaxClassDigits = 4

  /** `text` where it is of the form, else `""`. */
  def matching(text: String, form: Pattern): String =
    if (text != null && text.length <= 4096 && form.matcher(text).matches) text else ""

  /** What stands for a reason nobody knows. */
  val NoReason: String = "agent-error"

  /** An id of the catalogue; [[NoReason]] for any other text, `""` for none. */
  def reasonId(text: String): String =
    if (text == null || text.isEmpty) "" else if (Reasons.contains(text)) text else NoReason

  def oneOf(text: String, words: Vector[String]): String = if (words.contains(text)) text else ""

  /** HMAC-SHA-256 of `text`, 32 hex digits. */
  def keyedHash(text: String, secretKey: Array[Byte]): String = Signature.keyedHash(text, secretKey)

  /** `text` where it is of the form and looks like no secret, else `~` and its keyed hash: two such texts still differ. */
  def orHash(text: String, form: Pattern, secretKey: Array[Byte]): String =
    if (text.isEmpty) ""
    else {
      val plain = matching(text, form)
      if (plain.nonEmpty && !looksSecret(plain)) plain else "~" + keyedHash(text, secretKey)
    }

  /** Twenty letters and digits in a row, some of each: tokens and keys are made like that, and names are not. */
  private def looksSecret(text: String): Boolean = {
    val words = LongWord.matcher(text)
    var found = false
    while (!found && words.find()) {
      val word = words.group
      found = word.exists(sign => sign >= '0' && sign <= '9') && word.exists(sign => sign > '9')
    }
    found
  }

  /** A canonical operator name, or `?`. The word after `Scan` can be what a user called an RDD. */
  def operatorName(name: String): String = {
    val blank = name.indexOf(' ')
    val head = if (blank < 0) name else name.substring(0, blank)
    if (!isClassName(head)) "?"
    else if (blank < 0) head
    else {
      val rest = name.substring(blank + 1)
      if (head == "Execute") {
        val isCommand = (rest.endsWith("Command") || rest.endsWith("Exec")) && operatorName(rest) == rest
        if (isCommand && matching(name, Operator).nonEmpty) name else head
      } else if (Scanned(rest)) s"$head $rest"
      else head
    }
  }

  private def isClassName(head: String): Boolean =
    matching(head, Operator).nonEmpty && head != "?" &&
      head.exists(character => character >= 'a' && character <= 'z') &&
      head.count(character => character >= '0' && character <= '9') <= MaxClassDigits

  /** Those of `functions` that are Spark's own: the name of a user's function is private. */
  def builtIn(functions: Vector[String]): Vector[String] =
    functions.filter(name => Functions.sparkFunctions(name) && matching(name, Function).nonEmpty)

  /** Base name and line of the place a query was called from, `""` where the text shows none. */
  def callSite(text: String): String = {
    val end = text.indexOf('\n')
    val found = Site.matcher(if (end < 0) text else text.substring(0, end))
    if (found.find()) s"${found.group(1)}:${found.group(2)}" else ""
  }

  /** The values of allow-listed keys, without control characters, each cut at 128 characters; at most 16. */
  def tags(found: Map[String, String], allowed: Vector[String]): Vector[(String, String)] =
    allowed.distinct.filter(key => found.contains(key) && matching(key, TagKey).nonEmpty).take(MaxTags).map { key =>
      key -> cut(Control.matcher(found(key)).replaceAll(""), MaxTagChars)
    }

  /** The first `most` characters, pairs counted as one. */
  def cut(text: String, most: Int): String =
    if (text.codePointCount(0, text.length) <= most) text else text.substring(0, text.offsetByCodePoints(0, most))
}
