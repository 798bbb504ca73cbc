package com.clusop.listener.collect

/** What environment updates told, one link for each, of which only the listed settings are kept. The first who asks looks them
  * through and lets go of everything else, of the links before too; a callback only adds a link.
  */
private[collect] final class ToldSettings(before: ToldSettings, properties: scala.collection.Iterable[(String, String)]) {
  @volatile private var result: java.util.Map[String, String] = if (before == null) java.util.Collections.emptyMap() else null

  // Let go of only after the result is there: who finds nothing here finds it.
  @volatile private var earlier: ToldSettings = before
  @volatile private var raw: scala.collection.Iterable[(String, String)] = properties

  /** By name, as kept; never changes. */
  def kept: java.util.Map[String, String] = {
    val links = new java.util.ArrayDeque[ToldSettings]
    var link = this
    while (link != null && link.result == null) {
      links.push(link)
      link = link.earlier
    }
    while (!links.isEmpty) links.pop().look()
    result
  }

  private def look(): Unit = {
    val from = earlier
    val all = raw
    if (from != null && all != null && result == null) {
      val found = new java.util.LinkedHashMap[String, String](from.result)
      all.foreach { entry =>
        if (entry._2 != null && Environment.OfCluster.contains(entry._1)) {
          val value = Environment.kept(entry._2)
          if (!value.isEmpty || !found.containsKey(entry._1)) found.put(entry._1, value)
        }
      }
      result = found
      raw = null
      earlier = null
    }
  }
}

private[collect] object ToldSettings {
  val Nothing = new ToldSettings(null, Nil)
}
