package com.clusop.listener.analysis

import java.io.ByteArrayOutputStream
import java.nio.charset.StandardCharsets.US_ASCII
import java.security.MessageDigest
import java.util.regex.Pattern
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

import com.clusop.listener.plan.Chars

/** What makes two signals the same problem (DESIGN §8). Mirror of `clusop.analysis.signature`, byte for byte: digits, blanks and
  * letter case are those of ASCII, every other character counts as a letter and stays as it is.
  */
object Signature {

  /** What a signature is made of. `occurrence` numbers equal problems of one query, lowest operator first, from 0. */
  final case class Problem(
      workspace: String,
      workload: String,
      taskKey: String,
      cause: String,
      family: String,
      occurrence: Int = 0
  )

  private val Version = "clusop-signature-1"
  private val HexDigits = 32
  private val Hexadecimal = "0123456789abcdef"

  private val Uuid = Pattern.compile("[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
  private val Hash = Pattern.compile("(?<![0-9a-z])(?=[0-9a-f]*[0-9])[0-9a-f]{8,}(?![0-9a-z])")
  private val Month =
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?" +
      "|nov(?:ember)?|dec(?:ember)?)"
  private val DateWord =
    Pattern.compile(s"(?<![a-z])$Month(?=[^0-9a-z]*[0-9])|(?<=[0-9])[^0-9a-z]*$Month(?![a-z])")
  private val ClockWord = Pattern.compile("(?<=[0-9])[ \\t\\n\\x0B\\f\\r]*(?:am|pm|utc|gmt|z|[twhq](?=[0-9]))(?![a-z])")
  private val Number = Pattern.compile("[0-9]+")
  private val Gap = Pattern.compile("[\\x00-/:-@\\[-`{-\\x7f]+")

  // UNIX_LINES: only \n ends a line, as in Python.
  private val FamilyEndings: Vector[(String, Pattern)] = Vector(
    "python" -> "Python|Pandas|InArrow|Udtf|UDTF",
    "object" -> "FromObject|ToObject|^Map(?:Elements|Partitions|Groups)|^AppendColumns|^CoGroup|^FlatMapGroups",
    "state" -> "State(?:ful|Store)|^StreamingSymmetricHashJoin|^EventTimeWatermark|Deduplicate",
    "aggregate" -> "Aggregate$",
    "join" -> "Join$|^CartesianProduct$",
    "window" -> "Window",
    "scan" -> "^(?:File|Batch|Row)?Scan|Scan$|^Relation",
    "exchange" -> "Exchange$|^Repartition|^Coalesce$|^AQEShuffleRead$",
    "sort" -> "Sort$|^TakeOrdered",
    "limit" -> "Limit$",
    "write" -> "Write|^Insert|^Append|^Overwrite|^MergeRows"
  ).map { case (family, written) => family -> Pattern.compile(written, Pattern.UNIX_LINES) }

  // A setting, or a release, has Spark hand a UDF its rows by Arrow; it tells another cause then, and the UDF is the same.
  private val Alike: Map[String, String] = Map("pandas-udf" -> "python-udf")

  /** The cause by which a problem is known: one for causes that the same query may show in turn. */
  def alikeCause(cause: String): String = Alike.getOrElse(cause, cause)

  /** The family of an operator's name, so that another plan of the same query names the same problem. */
  def operatorFamily(name: String): String = {
    val bare = if (Chars.stripLeft(name).startsWith("Scan ")) "Scan" else withoutArguments(Chars.strip(name)).stripSuffix("Exec")
    FamilyEndings.find(_._2.matcher(bare).find()) match {
      case Some((family, _)) => family
      case None              => lower(replaced(Number, bare, ""))
    }
  }

  /** A run's, cluster's or notebook's name without what changes from run to run: uuids, hashes, dates, times, numbers. */
  def workloadStem(name: String): String = {
    val hashed = replaced(Hash, replaced(Uuid, lower(name), "0"), "0")
    val text = replaced(ClockWord, replaced(DateWord, hashed, "0"), "")
    val stem = Chars.strip(replaced(Gap, replaced(Number, text, " "), " "), " ")
    if (stem.nonEmpty) stem else Chars.strip(replaced(Gap, replaced(Number, text, "0"), " "), " ")
  }

  /** Whose work it is: `job:<id>` of a saved job, else `name:<keyed hash>` of the name's stem. `jobId` is empty for one-time
    * submits: their ids change with every run.
    */
  def workloadKey(name: String, jobId: String, secretKey: Array[Byte]): String =
    if (jobId.nonEmpty) s"job:$jobId" else s"name:${keyedHash(workloadStem(name), secretKey)}"

  /** HMAC-SHA-256 of `text`, 32 hex digits: nobody finds the text by trying. */
  def keyedHash(text: String, secretKey: Array[Byte]): String = {
    val mac = Mac.getInstance("HmacSHA256")
    // Java refuses an empty key; the algorithm pads keys with zeros, so one zero is the same key.
    mac.init(new SecretKeySpec(if (secretKey.isEmpty) Array[Byte](0) else secretKey, "HmacSHA256"))
    hex(mac.doFinal(utf8(text)))
  }

  /** The signature of a problem, 32 hex digits. No plan fingerprint, release or adaptive shape goes in. */
  def signature(problem: Problem): String = {
    val digest = MessageDigest.getInstance("SHA-256")
    import problem._
    Vector(Version, workspace, workload, taskKey, alikeCause(cause), family, occurrence.toString).foreach { field =>
      val bytes = utf8(field)
      digest.update(s"${bytes.length}:".getBytes(US_ASCII))
      digest.update(bytes)
    }
    hex(digest.digest())
  }

  /** Up to the first blank or bracket. */
  private def withoutArguments(name: String): String = {
    var end = 0
    while (end < name.length && !isArgumentStart(name.charAt(end))) end += 1
    name.substring(0, end)
  }

  private def isArgumentStart(found: Char): Boolean = found == '(' || found == '[' || Chars.isSpace(found)

  private def replaced(pattern: Pattern, text: String, by: String): String = pattern.matcher(text).replaceAll(by)

  private def lower(text: String): String = {
    val built = new java.lang.StringBuilder(text.length)
    text.foreach(found => built.append(if (Chars.isCapital(found)) (found + 32).toChar else found))
    built.toString
  }

  /** UTF-8 with halves of surrogate pairs encoded like any character (`surrogatepass`); Java would write question marks. */
  private def utf8(text: String): Array[Byte] = {
    val bytes = new ByteArrayOutputStream(text.length + 16)
    var index = 0
    while (index < text.length) {
      val code = text.codePointAt(index)
      index += Character.charCount(code)
      if (code < 0x80) bytes.write(code)
      else {
        val following = if (code < 0x800) 1 else if (code < 0x10000) 2 else 3
        bytes.write(((0xff00 >> (following + 1)) & 0xff) | (code >> (6 * following)))
        var left = following - 1
        while (left >= 0) {
          bytes.write(0x80 | ((code >> (6 * left)) & 0x3f))
          left -= 1
        }
      }
    }
    bytes.toByteArray
  }

  private def hex(bytes: Array[Byte]): String = {
    val built = new java.lang.StringBuilder(HexDigits)
    var index = 0
    while (index < HexDigits / 2) {
      built.append(Hexadecimal.charAt((bytes(index) >> 4) & 15)).append(Hexadecimal.charAt(bytes(index) & 15))
      index += 1
    }
    built.toString
  }
}
