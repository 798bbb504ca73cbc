package com.clusop.probe.fault

import com.clusop.listener.Reason
import com.clusop.listener.agent._
import com.clusop.listener.json.Json
import org.apache.spark.SparkContext
import org.apache.spark.sql.SparkSession

/** What makes the agent go quiet by itself: its thread, errors, memory, CPU. */
final class BreakerFaults(checks: Checks) {
  import LocalSpark._
  private val BurnNs = 2000L * 1000 * 1000

  def agentThreadDies(context: SparkContext): Unit = {
    val agent = LocalSpark.agent(new PoisonedParts((_, _) => ()))
    val router = new Router(agent)
    agent.attach(explicit(), Some(context))
    (1 to 4).foreach { time =>
      agent.thread.submit(new Runnable { def run(): Unit = Poison.raise("thread-death") })
      checks.soon(s"dead-$time")(!agent.thread.isAlive)
      router.answer("""{"op":"poll"}"""): Unit
    }
    checks.that("died-too-often", agent.quiet.reason.map(_.id).contains("agent-thread-died"), s"${agent.quiet.reason}")
    checks.that("quiet-when-dead", agent.allSlots.forall(!_.guard.isOpen))
    checks.that("status-when-dead", router.answer("""{"op":"status"}""").contains("agent-thread-died"))

    // Under the conf door nobody polls: the task that no longer fits finds it, and the exit still gets the last word out.
    val parts = new PoisonedParts((_, _) => ())
    val alone = LocalSpark.agent(parts, Pace(tickMs = 20, killCheckMs = 40, queueCapacity = 2))
    alone.attach(explicit(), Some(context))
    alone.thread.submit(new Runnable { def run(): Unit = Poison.raise("thread-death") })
    checks.soon("dead-alone")(alone.thread.hasDied)
    (1 to 3).foreach(_ => alone.thread.submit(new Runnable { def run(): Unit = () }))
    checks.that("dead-at-a-full-queue", alone.quiet.breaker == "agent-thread-died", s"${alone.quiet.reason}")
    val finishes = parts.finishes.get
    alone.exitBy(System.nanoTime + BurnNs)
    alone.finishNow()
    checks.soon("delivered-though-dead")(parts.finishes.get > finishes)
    checks.soon("death-told")(Option(parts.told.get).exists(_.breaker == "agent-thread-died"))

    // Any other error leaves the thread alone.
    val other = LocalSpark.agent(new PoisonedParts((_, _) => ()))
    other.attach(explicit(), Some(context))
    Poison.kinds.filterNot(_ == "thread-death").foreach { kind =>
      other.thread.submit(new Runnable { def run(): Unit = Poison.raise(kind) })
    }
    checks.soon("agent-errors-counted", s"${other.losses.all}")(other.losses.of("agent-error") == Poison.kinds.size - 1L)
    checks.that("thread-survives", other.thread.isAlive && other.thread.starts == 1)
    other.quiet.go(Reason("disarmed"))
  }

  def breakerByErrors(session: SparkSession, bare: String): Unit = {
    val parts = new PoisonedParts((_, _) => Poison.raise("runtime"))
    val agent = LocalSpark.agent(parts)
    agent.attach(explicit("spark.clusop.budget.maxErrors" -> "3"), Some(session.sparkContext))
    checks.that("breaker-rows", rowsOf(session) == bare)
    drain(session.sparkContext)
    val seen = parts.events.get
    checks.that("breaker-open", agent.quiet.breaker == "too-many-errors", s"${agent.quiet.reason}")
    checks.that("breaker-stops-callbacks", seen == 4, s"$seen")
    checks.soon("breaker-told")(Option(parts.told.get).exists(_.breaker == "too-many-errors"))
    checks.soon("feed-stopped")(parts.stops.containsKey("too-many-errors"))
    val automatic = agent.attach(AttachRequest("pth", Map.empty, Json.obj()), Some(session.sparkContext))
    checks.that("automatic-door-stays-out", automatic.toString.contains("too-many-errors"), s"$automatic")
    agent.attach(explicit(), Some(session.sparkContext))
    checks.that("explicit-rearms", agent.allSlots.exists(_.guard.isOpen) && agent.allSlots.size == 1)
    agent.quiet.go(Reason("disarmed"))
  }

  def breakerByMemory(context: SparkContext): Unit = {
    val parts = new PoisonedParts((_, _) => ())
    val agent = LocalSpark.agent(parts)
    agent.attach(explicit("spark.clusop.budget.maxBytes" -> "1048576"), Some(context))
    parts.heldBytes = 1048577
    checks.soon("memory-breaker", s"${agent.quiet.reason}")(agent.quiet.breaker == "over-memory-budget")
  }

  def breakerByCpu(context: SparkContext): Unit = {
    val agent = LocalSpark.agent(new PoisonedParts((_, _) => ()), Pace(tickMs = 20, warmUpNs = BurnNs / 2))
    agent.attach(explicit("spark.clusop.budget.cpuShare" -> "0"), Some(context))
    agent.thread.submit(new Runnable {
      def run(): Unit = {
        val clock = java.lang.management.ManagementFactory.getThreadMXBean
        val untilNs = clock.getCurrentThreadCpuTime + BurnNs
        while (clock.getCurrentThreadCpuTime < untilNs) ()
      }
    })
    checks.soon(
      "cpu-breaker",
      s"${agent.quiet.reason} ${agent.thread.spentCpuNs}",
      withinMs = 60000
    )(agent.quiet.breaker == "over-cpu-budget")
  }
}
