package com.clusop.probe.fault

import java.io.File

/** The fault suite inside one JVM on a real Spark: each fault is injected through the agent's own parts, then the user's queries
  * must give the same rows, the context must live, and its `stop()` must come back.
  */
object FaultRun {
  import LocalSpark._

  def main(arguments: Array[String]): Unit = {
    val checks = new Checks
    val session = start()
    val context = session.sparkContext
    val bare = rowsOf(session)
    new LiveFaults(checks).poisonedEvents(session, bare)
    val callbacks = new CallbackFaults(checks)
    callbacks.errorsInEveryCallback(session, bare)
    callbacks.errorsInTheHandler(session, bare)
    callbacks.interruptFlag(context)
    callbacks.everyCallbackByName()
    val breaker = new BreakerFaults(checks)
    breaker.agentThreadDies(context)
    breaker.breakerByErrors(session, bare)
    breaker.breakerByMemory(context)
    breaker.breakerByCpu(context)
    val switches = new SwitchFaults(checks)
    switches.racingDoors(context)
    switches.killFile(context, new File(arguments(0), "kill"))
    switches.disarmAndRearm(session)
    switches.handMade(session)
    session.stop()
    val ends = new EndFaults(checks)
    val bareStopMs = ends.stopOf(start())
    ends.fullQueue(bareStopMs)
    ends.callbackInProgress(bareStopMs)
    ends.breakerOnAFullBus(bareStopMs)
    ends.contextsFollowed()
    ends.sharedQueue()
    ends.shippedParts()
    checks.that("done", holds = true)
  }
}
