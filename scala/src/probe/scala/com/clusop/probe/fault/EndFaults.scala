package com.clusop.probe.fault

import java.util.concurrent.CountDownLatch

import com.clusop.listener.Reason
import com.clusop.listener.agent._
import org.apache.spark.scheduler.SparkListenerApplicationEnd
import org.apache.spark.sql.SparkSession

/** The end of a context while something of ours is in the way, and the next one's start. */
final class EndFaults(checks: Checks) {
  import LocalSpark._

  def stopOf(session: SparkSession): Long = {
    session.range(10).count()
    val startNs = System.nanoTime
    session.stop()
    (System.nanoTime - startNs) / 1000000
  }

  def fullQueue(bareStopMs: Long): Unit = {
    val session = start()
    val hold = new CountDownLatch(1)
    val blocked = new Runnable { def run(): Unit = hold.await() }
    val parts = new PoisonedParts((setup, _) => setup.work.submit(blocked): Unit)
    val agent = LocalSpark.agent(parts, Pace(tickMs = 20, killCheckMs = 40, queueCapacity = 5))
    agent.attach(explicit(), Some(session.sparkContext))
    session.range(0, 1000, 1, 4).count()
    drain(session.sparkContext)
    checks.that("queue-full-counted", agent.losses.of("work-queue-full") > 0, s"${agent.losses.all}")
    agent.quiet.go(Reason("too-many-errors"))
    val stopMs = stopOf(session)
    checks.that("stop-with-full-queue", stopMs < bareStopMs + 2000, s"$stopMs against $bareStopMs ms")
    hold.countDown()
    checks.soon("queued-work-dropped")(agent.thread.waitingCount == 0)
    checks.that("drops-counted", agent.losses.of("went-quiet") > 0, s"${agent.losses.all}")
  }

  def callbackInProgress(bareStopMs: Long): Unit = {
    val session = start()
    val lastMs = 100L
    val parts = new PoisonedParts((_, event) => if (event.isInstanceOf[SparkListenerApplicationEnd]) Thread.sleep(lastMs))
    val agent = LocalSpark.agent(parts)
    agent.attach(explicit(), Some(session.sparkContext))
    val stopMs = stopOf(session)
    checks.that("stop-with-callback", stopMs <= bareStopMs + 250 + lastMs, s"$stopMs against $bareStopMs ms")
    checks.soon("finished-after-end")(parts.finishes.get > 0 && parts.stops.containsKey("application-ended"))
    checks.soon("slot-forgotten")(agent.allSlots.isEmpty)
    agent.quiet.go(Reason("disarmed"))
  }

  def contextsFollowed(): Unit = {
    val parts = new PoisonedParts((_, _) => ())
    val agent = LocalSpark.agent(parts)
    val first = start()
    agent.attach(explicit(), Some(first.sparkContext))
    first.stop()
    val second = start()
    checks.soon("next-context-armed")(agent.allSlots.exists(slot => slot.isOf(second.sparkContext) && slot.guard.isOpen))
    checks.soon("listener-on-next", s"${ourListeners(second.sparkContext)}")(ourListeners(second.sparkContext) == 1)
    second.stop()
    checks.soon("next-context-ends")(agent.allSlots.isEmpty)
  }
}
