package com.clusop.listener.economics

import com.clusop.listener.analysis.{EngineFact, EngineState}
import com.clusop.listener.plan.Dialect

/** Which engine an application runs with: by its settings, else the one most of its own plans showed so far. Mirror of
  * `_engine_of` in `clusop.analysis.assess`. One thread's.
  */
final class ShownEngines {
  private val counts = new java.util.LinkedHashMap[String, java.lang.Long]

  /** A plan was judged with this engine. */
  def add(shown: EngineFact): Unit =
    if (shown.state == EngineState.On) {
      counts.merge(shown.name, 1L, (before: java.lang.Long, more: java.lang.Long) => before + more): Unit
    }

  /** The engine, given the one that the application's settings name (`""` or `none` where they name none). */
  def engineOf(configured: String): String =
    if (configured.nonEmpty && configured != Dialect.PlainSpark) configured
    else {
      var best = configured
      var most = 0L
      val entries = counts.entrySet.iterator
      while (entries.hasNext) {
        val entry = entries.next()
        if (entry.getValue.longValue > most) {
          most = entry.getValue.longValue
          best = entry.getKey
        }
      }
      best
    }
}
