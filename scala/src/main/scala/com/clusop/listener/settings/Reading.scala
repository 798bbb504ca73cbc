package com.clusop.listener.settings

import java.util.regex.Pattern

/** Whether a text is a value of a declared setting, and which. Every refusal is a sentence's end that never repeats the value.
  * Mirror of `clusop.runtime.setting_value`, pattern for pattern; the vectors in `tests/vectors/data/setting` hold both to it.
  */
private[clusop] object Reading {
  private val MostChars = 2000
  private val MostPort = 65535
  private val On = Vector("true", "1", "yes", "on")
  private val Off = Vector("false", "0", "no", "off", "")
  private val Blanks = " \t\n\r\f\u000b"
  private val Control =
    Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ud800-\\udfff]")
  private val Count = Pattern.compile("[0-9]{1,18}")
  private val Ratio = Pattern.compile("0(?:\\.[0-9]{1,9})?|1(?:\\.0{1,9})?")
  private val Url = Pattern.compile("[Hh][Tt][Tt][Pp][Ss]?://([^/?#]*)([^?#]*)(.*)", Pattern.DOTALL)
  private val UrlPlace =
    Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\\.?|\\[[0-9A-Fa-f:.]{2,45}\\])(?::([0-9]{1,5}))?")
  // What neither Python's nor Java's URLs trip over.
  private val UrlPath = Pattern.compile("[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
  private val NoEscape = Pattern.compile("%(?![0-9A-Fa-f]{2})")

  /** `Right` is the text in its plain form: a switch as `true` or `false`, a number without leading zeros. */
  def plain(declaration: Declaration, text: String): Either[String, String] = {
    val told = strip(text)
    if (told.codePointCount(0, told.length) > MostChars || Control.matcher(told).find())
      Left("is too long or holds control characters")
    else
      declaration.kind match {
        case "switch" => switch(told).map(flag => if (flag) "true" else "false").toRight("is neither true nor false")
        case "count"  => count(declaration, told)
        case "ratio"  => if (Ratio.matcher(told).matches) Right(told) else Left("is no number from 0 to 1")
        case "url"    => if (told.isEmpty) Right("") else url(told)
        case "path"   => if (told.isEmpty || told.startsWith("/")) Right(told) else Left("is no absolute path")
        case "names"  => Right(names(told).mkString(","))
        case _        => Right(told)
      }
  }

  def switch(text: String): Option[Boolean] = {
    val word = strip(text).toLowerCase(java.util.Locale.ROOT)
    if (On.contains(word)) Some(true) else if (Off.contains(word)) Some(false) else None
  }

  def names(text: String): Vector[String] = text.split(',').toVector.map(strip).filter(_.nonEmpty)

  private def count(declaration: Declaration, told: String): Either[String, String] =
    if (!Count.matcher(told).matches) Left("is no whole number")
    else {
      val value = java.lang.Long.parseLong(told)
      val isOutside = declaration.least.exists(value < _) || declaration.most.exists(value > _)
      if (isOutside) Left(s"is out of range: ${declaration.least.mkString} to ${declaration.most.mkString}")
      else Right(value.toString)
    }

  private def url(told: String): Either[String, String] = {
    val parts = Url.matcher(told)
    val isUrl = parts.matches
    if (isUrl && parts.group(1).indexOf('@') >= 0)
      Left("holds a user name or password; put the token into spark.clusop.tokenFile")
    else if (!isUrl || !isPlace(parts.group(1)) || !isPath(parts.group(2))) Left("is no http or https URL with a host")
    else if (!parts.group(3).isEmpty) Left("has a query or fragment; give only scheme, host, port and path")
    else {
      var end = told.length
      while (told.charAt(end - 1) == '/') end -= 1
      Right(told.substring(0, end))
    }
  }

  private def isPlace(told: String): Boolean = {
    val found = UrlPlace.matcher(told)
    found.matches && (found.group(1) == null || {
      val port = Integer.parseInt(found.group(1))
      port > 0 && port <= MostPort
    })
  }

  private def isPath(told: String): Boolean = UrlPath.matcher(told).matches && !NoEscape.matcher(told).find()

  private def strip(text: String): String = {
    var from = 0
    var until = text.length
    while (from < until && Blanks.indexOf(text.charAt(from).toInt) >= 0) from += 1
    while (until > from && Blanks.indexOf(text.charAt(until - 1).toInt) >= 0) until -= 1
    text.substring(from, until)
  }
}
