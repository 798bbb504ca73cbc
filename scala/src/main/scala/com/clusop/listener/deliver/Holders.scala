package com.clusop.listener.deliver

/** Who may take records: one holder at a time. Another stands by until the holder has been silent for 30 s or released. The JVM
  * itself steps in only where nobody holds: where none ever asked, after 30 s; else after 75 s, since a batcher with nothing to
  * do asks once a minute. Not thread-safe: the caller holds the lock.
  */
final class Holders(startedAtMs: Long) {
  private var holder = ""
  private var seenAtMs = startedAtMs
  private var hasLeft = false

  /** Whether `asking` is the holder now; it becomes one where there is none. */
  def isHolder(asking: String, nowMs: Long): Boolean = {
    if (holder.isEmpty || isSilent(nowMs, Holders.SilentMs)) {
      holder = asking
      hasLeft = false
    }
    val granted = holder == asking
    if (granted) seenAtMs = nowMs
    granted
  }

  def release(leaving: String): Unit = if (holder == leaving && holder.nonEmpty) {
    holder = ""
    hasLeft = true
  }

  /** Nobody has asked for long enough, or whoever did has left. */
  def isNobody(nowMs: Long): Boolean =
    hasLeft || isSilent(nowMs, if (holder.isEmpty) Holders.SilentMs else Holders.GoneMs)

  /** `""` where there is none. */
  def current: String = holder

  private def isSilent(nowMs: Long, limitMs: Long): Boolean = nowMs - seenAtMs >= limitMs || nowMs < seenAtMs - limitMs
}

object Holders {
  val SilentMs = 30000L
  val GoneMs = 75000L
}
