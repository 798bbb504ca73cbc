package com.clusop.listener.agent

import java.util.concurrent.atomic.AtomicInteger

import com.clusop.listener.Reason

/** What the agent's thread does about once a second, and when an application ended. */
private[agent] final class AgentLife(agent: Agent, pace: Pace) extends AgentThread.Life {
  private val errors = new AtomicInteger
  @volatile private var hasEnded = false
  @volatile private var finishing = false

  // Used by the agent's thread only.
  private var budget: Budget = null
  private var seenCpuNs = 0L
  private var seenAtNs = System.nanoTime
  private var killCheckedAtNs = System.nanoTime
  private var told: AgentFacts = null

  /** An error of our own was met. A callback may call this. */
  def erred(): Unit =
    if (errors.incrementAndGet() > agent.maxErrors) agent.quiet.go(Reason("too-many-errors", s": ${errors.get}"))

  def errorCount: Int = errors.get
  def forgive(): Unit = errors.set(0)

  /** Only a signal: nothing waits on a bus thread. */
  def applicationEnded(): Unit = {
    hasEnded = true
    agent.thread.wake()
  }

  override def failed(failure: Throwable): Unit = {
    agent.losses.count("agent-error", 1)
    erred()
  }

  override def died(): Unit = agent.quiet.go(Reason("agent-thread-died"))

  override def isEnding: Boolean = hasEnded

  /** The end is being seen to: until the last records are sealed nothing else tells that there will be any. */
  def isFinishing: Boolean = finishing

  override val end: Runnable = new Runnable {
    override def run(): Unit = {
      finishing = true
      hasEnded = false
      try {
        agent.allSlots.filterNot(_.isLive).foreach { slot =>
          val feed = slot.guard.close()
          agent.forget(slot)
          if (feed != null) feed.stop("application-ended")
        }
        tell()
        agent.delivery.finish(agent.finishMs)
      } finally finishing = false
    }
  }

  override val tick: Runnable = new Runnable {
    override def run(): Unit = {
      agent.quiet.tidy()
      if (agent.quiet.reason.isEmpty) watch()
      agent.allSlots.foreach(_.guard.tick())
      tell()
      agent.delivery.tick()
    }
  }

  private def watch(): Unit = {
    val nowNs = System.nanoTime
    spend(nowNs)
    if (nowNs - killCheckedAtNs >= pace.killCheckMs * AgentLife.NsPerMs) {
      killCheckedAtNs = nowNs
      KillSwitches.killFile(agent.settingsInForce, agent.killFile).foreach(agent.quiet.go)
    }
    agent.followContexts()
    // The end of an application can be among the events a full queue drops.
    if (agent.allSlots.exists(slot => slot.context.exists(SparkSide.isGone))) applicationEnded()
  }

  private def spend(nowNs: Long): Unit = {
    if (budget == null) budget = new Budget(agent.cpuShare, pace.warmUpNs)
    val cpuNs = agent.thread.spentCpuNs
    val callbacksNs = agent.allSlots.map(_.guard.takeSpentNs()).sum
    val isWithin = budget.spend(cpuNs - seenCpuNs + callbacksNs, nowNs - seenAtNs)
    seenCpuNs = cpuNs
    seenAtNs = nowNs
    if (!isWithin) {
      budget = null
      agent.quiet.go(Reason("over-cpu-budget"))
    }
    val heldBytes = agent.retainedBytes
    if (heldBytes > agent.maxBytes) agent.quiet.go(Reason("over-memory-budget", s": $heldBytes bytes"))
  }

  private def tell(): Unit = {
    val facts = agent.facts
    if (facts != told) {
      told = facts
      agent.delivery.tell(facts)
    }
  }
}

private[agent] object AgentLife {
  private val NsPerMs = 1000000L
}
