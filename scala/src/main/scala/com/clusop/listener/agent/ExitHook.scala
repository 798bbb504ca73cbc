package com.clusop.listener.agent

import com.clusop.listener.json.Json

/** Lets a JVM that exits wait for the last delivery: at most two seconds, with those a Python waited as it ended just before, and
  * only where records wait and have somewhere to go.
  * Spark's own hook stops the context meanwhile, so the application's end arrives on the bus while this one waits.
  */
private[agent] final class ExitHook(agent: Agent, deadlineMs: Long) extends Runnable {

  override def run(): Unit =
    try if (agent.hasOutlet) await()
    catch { case _: Throwable => () }

  private def await(): Unit = {
    val untilNs = System.nanoTime + agent.leaving.leftMs(deadlineMs) * 1000000L
    agent.exitBy(untilNs)
    // Lent to a process that is gone: it would be waited for until its lease expires. What it was sending may have arrived.
    agent.leaving.holder.foreach { one =>
      agent.delivery.call("release", Json.obj("holder" -> Json.str(one), "gone" -> Json.True))
    }
    var isLate = false
    while (agent.isUnfinished && System.nanoTime - untilNs < 0) {
      if (untilNs - System.nanoTime < ExitHook.LastNs) {
        // What is not assessed by now would only keep from leaving what is; and so would a context that is slow to stop.
        agent.thread.drop("exit-deadline")
        if (!isLate) agent.finishNow()
        isLate = true
      }
      Thread.sleep(ExitHook.LookMs)
    }
  }
}

private[agent] object ExitHook {
  private val LookMs = 10L
  private val LastNs = 700L * 1000 * 1000

  def install(agent: Agent, deadlineMs: Long): Unit =
    try Runtime.getRuntime.addShutdownHook(OwnThread.of("clusop-exit", new ExitHook(agent, deadlineMs)))
    catch { case _: IllegalStateException => () } // the JVM is already going
}
