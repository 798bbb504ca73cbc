package com.clusop.listener.settings

/** Whether a text is a value of a declared setting, and which. Every refusal is a sentence's end. */
private[settings] object Reading {
  private val On = Vector("true", "1", "yes", "on")
  private val Off = Vector("false", "0", "no", "off", "")

  /** `Right` is the text in its plain form: a switch as `true` or `false`, a number without blanks. */
  def plain(declaration: Declaration, text: String): Either[String, String] = declaration.kind match {
    case "switch" => switch(text).map(flag => if (flag) "true" else "false").toRight("is neither true nor false")
    case "count"  => count(declaration, text.trim)
    case "ratio"  => ratio(text.trim)
    case "url"    => url(text.trim)
    case "names"  => Right(names(text).mkString(","))
    case _        => Right(text.trim)
  }

  def switch(text: String): Option[Boolean] = {
    val word = text.trim.toLowerCase(java.util.Locale.ROOT)
    if (On.contains(word)) Some(true) else if (Off.contains(word)) Some(false) else None
  }

  def names(text: String): Vector[String] = text.split(',').toVector.map(_.trim).filter(_.nonEmpty)

  private def count(declaration: Declaration, text: String): Either[String, String] = {
    val digits = text.nonEmpty && text.length <= 18 && text.forall(c => c >= '0' && c <= '9')
    if (!digits) Left("is no whole number")
    else {
      val value = java.lang.Long.parseLong(text)
      if (declaration.least.exists(value < _)) Left(s"is below ${declaration.least.mkString}")
      else if (declaration.most.exists(value > _)) Left(s"is above ${declaration.most.mkString}")
      else Right(value.toString)
    }
  }

  private def ratio(text: String): Either[String, String] =
    try {
      val value = new java.math.BigDecimal(text)
      val inside = value.signum >= 0 && value.compareTo(java.math.BigDecimal.ONE) <= 0
      if (inside && text.length <= 32) Right(value.toPlainString) else Left("is not between 0 and 1")
    } catch { case _: NumberFormatException => Left("is no number") }

  private def url(text: String): Either[String, String] =
    if (text.isEmpty) Right("")
    else
      try {
        val parsed = new java.net.URI(text)
        val scheme = String.valueOf(parsed.getScheme).toLowerCase(java.util.Locale.ROOT)
        if (scheme != "http" && scheme != "https") Left("is no http or https URL")
        else if (parsed.getHost == null) Left("is a URL without a host")
        else Right(text)
      } catch { case _: java.net.URISyntaxException => Left("is no URL") }
}
