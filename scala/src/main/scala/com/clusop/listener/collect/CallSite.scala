package com.clusop.listener.collect

/** Where a query was called: base name and line, from Spark's own words. What was called and the folders are dropped here. */
private[collect] object CallSite {

  /** `etl.py:12`; `""` where neither the description (`collect at /jobs/etl.py:12`) nor the call stack tells. */
  def of(description: String, details: String): String = {
    val short = fromShort(description)
    if (short.nonEmpty) short else fromStack(details)
  }

  private def fromShort(text: String): String = {
    val at = text.lastIndexOf(" at ")
    if (at < 0) "" else placeOf(text.substring(at + 4))
  }

  /** The user's frame stands below Spark's last one. */
  private def fromStack(text: String): String = {
    val lines = text.split('\n')
    lines.iterator.drop(1).map(inBrackets).find(_.nonEmpty).getOrElse("")
  }

  private def inBrackets(line: String): String = {
    val open = line.lastIndexOf('(')
    if (open < 0 || !line.endsWith(")")) "" else placeOf(line.substring(open + 1, line.length - 1))
  }

  private def placeOf(text: String): String = {
    val base = text.substring(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1)
    val colon = base.lastIndexOf(':')
    val hasLine = colon > 0 && colon < base.length - 1 && base.length - colon <= 8 &&
      base.substring(colon + 1).forall(sign => sign >= '0' && sign <= '9')
    if (hasLine && base.length <= 100 && !base.exists(Character.isWhitespace)) base else ""
  }
}
