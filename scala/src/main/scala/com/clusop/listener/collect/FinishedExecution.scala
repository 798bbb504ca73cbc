package com.clusop.listener.collect

/** An execution that nothing changes any more, on its way to the agent's thread: references and counters, nothing parsed yet. */
private[collect] final class FinishedExecution(
    val execution: Execution,
    val attempts: Array[StageSums],
    val hasOrphans: Boolean,
    val context: Context,
    private var live: LivePlan
) {

  /** As counted when it was held; asked before anything of it is let go. */
  val bytes: Long = execution.bytes

  /** The live plan, once: who takes it lets go of it. Null where there is none. */
  def takeLive(): LivePlan = {
    val taken = live
    live = null
    taken
  }
}

private[collect] object FinishedExecution {

  /** For whoever froze or took `execution`. `hasJob` tells whether a job claims an attempt's stage. */
  def of(
      execution: Execution,
      context: Context,
      live: LivePlan,
      hasJob: Attempt => Boolean
  ): FinishedExecution = {
    val sums = new Array[StageSums](execution.attempts.size)
    var hasOrphans = false
    var index = 0
    while (index < sums.length) {
      val attempt = execution.attempts.get(index)
      sums(index) = attempt.sums
      if (!hasJob(attempt)) hasOrphans = true
      index += 1
    }
    new FinishedExecution(execution, sums, hasOrphans, context, live)
  }
}

/** What was known of application, environment and cluster at one moment; never changes. */
private[collect] final class Context(
    val application: ApplicationFacts,
    val environment: EnvironmentFacts,
    val timeline: TimelineView
)

/** What Spark said of the application itself. */
private[collect] final case class ApplicationFacts(id: String = "", name: String = "", sparkVersion: String = "")

/** The live plan of an execution that may be asked for the engine's own reasons. It pins the whole query, so few are held. */
private[collect] final class LivePlan(val query: AnyRef)
