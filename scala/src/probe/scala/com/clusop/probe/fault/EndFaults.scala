package com.clusop.probe.fault

import java.util.concurrent.CountDownLatch

import com.clusop.listener.Reason
import com.clusop.listener.agent._
import org.apache.spark.scheduler.{SparkListenerApplicationEnd, SparkListenerEvent}
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
    checks.that("stop-with-full-queue", stopMs <= bareStopMs + 250, s"$stopMs against $bareStopMs ms")
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
    checks.that("stop-with-callback", stopMs <= bareStopMs + 250, s"$stopMs against $bareStopMs ms")
    checks.soon("finished-after-end")(parts.finishes.get > 0 && parts.stops.containsKey("application-ended"))
    checks.soon("slot-forgotten")(agent.allSlots.isEmpty)
    agent.quiet.go(Reason("disarmed"))
  }

  /** The breaker opens inside a callback while the bus's queue for us is full and somebody stops the context: the case in which
    * taking a listener off the bus hangs `stop()` for ever.
    */
  def breakerOnAFullBus(bareStopMs: Long): Unit = {
    val capacity = 10
    val session = start("spark.scheduler.listenerbus.eventqueue.clusop.capacity" -> capacity.toString)
    val context = session.sparkContext
    val inCallback = new CountDownLatch(1)
    val hold = new CountDownLatch(1)
    val parts = new PoisonedParts((_, _) => {
      inCallback.countDown()
      hold.await()
      Poison.raise("runtime")
    })
    val agent = LocalSpark.agent(parts)
    agent.attach(explicit("spark.clusop.budget.maxErrors" -> "1"), Some(context))
    session.range(0, 1000, 1, 4).count()
    inCallback.await()
    (1 to 3 * capacity).foreach(_ => post(context, EndFaults.Filler))
    checks.that("one-listener-on-the-full-bus", ourListeners(context) == 1)
    @volatile var stopMs = -1L
    val startNs = System.nanoTime
    val stopping = new Thread(new Runnable {
      def run(): Unit = {
        session.stop()
        stopMs = (System.nanoTime - startNs) / 1000000
      }
    })
    stopping.start()
    checks.soon("stop-begins")(context.isStopped)
    val heldMs = (System.nanoTime - startNs) / 1000000
    hold.countDown()
    stopping.join(60000)
    checks.that(
      "stop-with-full-bus",
      stopMs >= 0 && stopMs <= bareStopMs + 250 + heldMs,
      s"$stopMs against $bareStopMs + $heldMs ms"
    )
    checks.that(
      "breaker-on-full-bus",
      agent.quiet.breaker == "too-many-errors" && parts.events.get == 2,
      s"${agent.quiet.reason} ${parts.events}"
    )
  }

  /** How long `stop()` takes while a query is running, which it cancels. */
  private def stopWhileBusy(session: SparkSession): Long = {
    val query = new Thread(new Runnable {
      def run(): Unit =
        // No shuffle: a task that is cancelled while it writes one makes Spark itself complain of the folder it deletes.
        try session.range(0, 1L << 40, 1, 2).selectExpr("id * id % 7 AS rest").filter("rest = 9").collect(): Unit
        catch { case _: Throwable => () }
    })
    query.setDaemon(true)
    query.start()
    // A job that is stopped while it is being submitted is Spark's own race, and told by it.
    while (!session.sparkContext.statusTracker.getExecutorInfos.exists(_.numRunningTasks() > 0)) Thread.sleep(5)
    val startNs = System.nanoTime
    session.stop()
    (System.nanoTime - startNs) / 1000000
  }

  /** Where Spark does not tell of the context under construction, the listener itself is the feed, on Spark's shared queue. */
  def sharedQueue(): Unit = {
    val session = start()
    val agent = LocalSpark.agent(new PoisonedParts((_, _) => ()))
    val shim = new com.clusop.listener.PhotonFallbackListener(nowhere, null)
    session.sparkContext.addSparkListener(shim)
    // Nobody constructs a context now: it is as if that could not be told.
    agent.enter(shim, ShimPlace("conf-extra-listeners", isInContextConstructor = true), Map.empty)
    checks.that("queue-of-spark-s", agent.allSlots.map(_.queue) == Vector("shared"), s"${agent.allSlots.map(_.queue)}")
    agent.quiet.go(Reason("disarmed"))
    session.stop()
  }

  private val nowhere = new java.util.function.Consumer[Object] { def accept(event: Object): Unit = () }

  /** The agent as it is shipped, with a query that runs, and an endpoint that takes connections and never answers. */
  def shippedParts(): Unit = {
    val bareStopMs = stopWhileBusy(start())
    val silent = new java.net.ServerSocket(0)
    val session = start()
    val agent = Agent.live("")
    agent.begin(new Runnable { def run(): Unit = () })
    val settings =
      Vector("spark.clusop.endpoint" -> s"http://127.0.0.1:${silent.getLocalPort}", "spark.clusop.sealIntervalMs" -> "3600000")
    agent.attach(explicit(settings: _*), Some(session.sparkContext))
    rowsOf(session)
    val stopMs = stopWhileBusy(session)
    checks.that("stop-with-shipped-parts", stopMs <= bareStopMs + 250, s"$stopMs against $bareStopMs ms")
    checks.soon("shipped-parts-end")(agent.allSlots.isEmpty)
    checks.that("shipped-parts-unhurt", agent.errorCount == 0 && agent.losses.of("callback-error") == 0, s"${agent.losses.all}")
    agent.quiet.go(Reason("disarmed"))
    silent.close()
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

private object EndFaults {
  private object Filler extends SparkListenerEvent
}
