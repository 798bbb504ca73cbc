package com.clusop.listener.collect

import com.clusop.listener.{PlanParser, Reason}
import com.clusop.listener.analysis._
import com.clusop.listener.plan.{Phase, PlanReading, PlanSource}

/** All that was collected of one execution, put together as one [[Observed]]. Mirror of `clusop.eventlog.assemble` and of the
  * plan reading in `clusop.eventlog.executions`. Runs on the agent's thread.
  */
private[collect] object Assembly {
  private val CommandRoot = "Execute "
  private val NoPlan =
    PlanReading(None, Phase.Static, PlanSource.PlanInfo, problems = Vector(Reason("unreadable", ": the event carries no plan")))

  /** The stage attempts of a finished execution, by stage and attempt, over these epochs. */
  def runsOf(finished: FinishedExecution, epochs: Vector[Epoch]): Vector[StageRun] = {
    val rises = Rises.of(finished.attempts)
    val order = finished.attempts.indices.sortBy(index => (finished.attempts(index).stageId, finished.attempts(index).attempt))
    order.iterator.map(index => finished.attempts(index).run(epochs, rises(index))).toVector
  }

  def observed(
      finished: FinishedExecution,
      plans: ReadPlans,
      configured: EngineFact,
      runs: Vector[StageRun],
      words: Vector[(String, String)]
  ): Observed = {
    val execution = finished.execution
    Observed(
      queryId = execution.id.toString,
      source = Source.Live,
      readings = plans.readings,
      engine = EngineOfSettings.ofExecution(configured, finished.context.environment.settings, execution.modified),
      times = StageTimes(runs),
      description = execution.description,
      text = plans.text,
      status = statusOf(execution),
      rootId = execution.rootId.toString,
      driverAccumulators = accumulatorsOf(execution),
      engineWords = words,
      startAtMs = if (execution.wasStarted) Some(execution.startAtMs) else None,
      endAtMs = if (execution.hasEnded) Some(execution.endAtMs) else None,
      eventsDropped = !execution.wasStarted || finished.hasOrphans || execution.isOverBudget,
      problems = Vector(
        if (plans.readings.exists(_.plan.isDefined)) None else Some(Reason("no-plan-in-execution")),
        if (execution.wasStarted && !execution.hasEnded) Some(Reason("query-running")) else None,
        if (execution.isOverBudget) Some(Reason("plan-not-kept")) else None,
        if (execution.beganEarlier) Some(Reason("armed-late")) else None
      ).flatten
    )
  }

  /** Spark tells an error since 3.4 (`""` is success); before, a failed job tells. */
  private def statusOf(execution: Execution): RunStatus =
    if (!execution.hasEnded) { if (execution.wasStarted) RunStatus.Running else RunStatus.Unknown }
    else if (if (execution.error == null) execution.hasFailedJob else execution.error.nonEmpty) RunStatus.Failed
    else RunStatus.Succeeded

  private def accumulatorsOf(execution: Execution): Map[Long, Long] = {
    val told = Map.newBuilder[Long, Long]
    val entries = execution.driverAccumulators.entrySet.iterator
    while (entries.hasNext) {
      val entry = entries.next()
      told += ((entry.getKey.longValue, entry.getValue.longValue))
    }
    told.result()
  }

  /** Reads the newest plan. An adaptive update that does not show the execution's own plan is a graph beside it: Spark reports
    * the plan that fills a cache, or that a command runs inside, under the execution it runs in, in place of its own.
    */
  def readPlans(execution: Execution): ReadPlans = {
    val update = Option(execution.newestPlan).map(read(_, Phase.Current))
    val start = execution.startPlan
    if (start == null) ReadPlans.of(update.toVector, None)
    else
      update match {
        case None         => ReadPlans.of(Vector(read(start, Phase.Initial)), None)
        case Some(newest) =>
          val isOther = execution.startRoot != Executions.AdaptiveRoot && execution.startRoot.nonEmpty &&
            newest.reading.plan.flatMap(_.operators.headOption).exists(_.name == Executions.AdaptiveRoot)
          lazy val own = read(start, Phase.Initial)
          if (!isOther) ReadPlans.of(Vector(newest), None)
          else if (execution.startRoot.startsWith(CommandRoot)) ReadPlans.of(Vector(newest, own), None)
          else ReadPlans.of(Vector(own, newest), Some(own))
      }
  }

  private def read(plan: ToldPlan, hint: Phase): ReadPlan = {
    val text = if (plan.text == null || plan.text.isEmpty) None else Some(PlanParser.fromText(plan.text))
    val reading = if (plan.info == null) NoPlan else PlanParser.fromSparkPlanInfo(plan.info, Some(hint))
    ReadPlan(reading, text)
  }
}

private[collect] final case class ReadPlan(reading: PlanReading, text: Option[PlanReading])

/** The plans of an execution, and the text that belongs to them. */
private[collect] final case class ReadPlans(readings: Vector[PlanReading], text: Option[PlanReading]) {
  def nodeCount: Int = readings.iterator.flatMap(_.plan).map(_.size).sum
}

private[collect] object ReadPlans {

  /** `owner` has the text where several plans have one; else the first that has. */
  def of(plans: Vector[ReadPlan], owner: Option[ReadPlan]): ReadPlans =
    ReadPlans(plans.map(_.reading), owner.map(_.text).getOrElse(plans.iterator.flatMap(_.text).find(_ => true)))
}
