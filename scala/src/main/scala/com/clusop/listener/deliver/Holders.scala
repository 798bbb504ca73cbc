package com.clusop.listener.deliver

/** Who may take records: one holder at a time. Another stands by until the holder has been silent for 30 s or released. The JVM
  * itself steps in only where nobody holds. Not thread-safe: the caller holds the lock.
  */
final class Holders(startedAtMs: Long) {
  private var holder = ""
  private var seenAtMs = startedAtMs
  private var hasLeft = false

  /** Whether `asking` is the holder now; it becomes one where there is none. */
  def isHolder(asking: String, nowMs: Long): Boolean = {
    if (holder.isEmpty || isSilent(nowMs)) {
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
  def isNobody(nowMs: Long): Boolean = hasLeft || isSilent(nowMs)

  /** `""` where there is none. */
  def current: String = holder

  private def isSilent(nowMs: Long): Boolean = nowMs - seenAtMs >= Holders.SilentMs || nowMs < seenAtMs - Holders.SilentMs
}

object Holders {
  val SilentMs = 30000L
}
