package com.clusop.listener.agent

/** What a Python that ends leaves of the exit's time to its JVM: whoever waits for both waits no longer than for one. Python says
  * so as it begins to leave. What it holds then is nobody's once the JVM goes too.
  */
private[agent] final class Leaving(nowNs: () => Long) {
  @volatile private var word = Option.empty[Leaving.Word]

  /** `leftMs` are left now; `leastMs` are the JVM's however long Python and its own end take. */
  def told(holder: String, leftMs: Long, leastMs: Long): Unit =
    word = Some(Leaving.Word(holder, nowNs(), leftMs, leastMs))

  /** Who left a moment ago, and may still hold what it cannot send any more. */
  def holder: Option[String] = recent.map(_.holder).filter(_.nonEmpty)

  /** How long an exit that begins now may wait: `mostMs`, and what is left of it where a Python has begun it. */
  def leftMs(mostMs: Long): Long = recent match {
    case Some(said) => Math.min(mostMs, Math.max(said.leastMs, said.leftMs - (nowNs() - said.atNs) / Leaving.NsPerMs))
    case None       => mostMs
  }

  /** A JVM that outlives its Python by more has an exit of its own. */
  private def recent: Option[Leaving.Word] = word.filter(nowNs() - _.atNs <= Leaving.SameExitNs)
}

private[agent] object Leaving {
  private val NsPerMs = 1000000L
  private val SameExitNs = 10L * 1000 * 1000 * 1000

  private final case class Word(holder: String, atNs: Long, leftMs: Long, leastMs: Long)
}
