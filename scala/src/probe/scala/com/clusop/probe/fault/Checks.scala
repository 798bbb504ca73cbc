package com.clusop.probe.fault

/** What a fault run found, printed as lines `name=true|false detail` for pytest to judge. */
final class Checks {
  private val out = System.out

  def that(name: String, holds: Boolean, detail: => String = ""): Unit = synchronized {
    out.println(s"CHECK\t$name\t$holds\t${if (holds) "" else detail.replace('\n', ' ')}")
    out.flush()
  }

  /** Waits for a condition, not for luck. */
  def soon(name: String, detail: => String = "", withinMs: Long = 20000)(condition: => Boolean): Unit = {
    val untilNs = System.nanoTime + withinMs * 1000000L
    while (!condition && System.nanoTime - untilNs < 0) Thread.sleep(5)
    that(name, condition, detail)
  }
}
