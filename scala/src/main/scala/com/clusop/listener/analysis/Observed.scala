package com.clusop.listener.analysis

import com.clusop.listener.plan.PlanReading
import com.clusop.listener.{Fraction, Reason}

/** Where a run was seen. */
sealed abstract class Source(val value: String)

object Source {
  case object ExplainText extends Source("explain-text")
  case object PlanInfo extends Source("plan-info")
  case object QueryProfile extends Source("query-profile")
  case object EventLog extends Source("event-log")
  case object HistoryServer extends Source("history-server")
  case object Live extends Source("live")
}

/** Whether a native engine was on for this execution. */
sealed abstract class EngineState(val value: String)

object EngineState {
  case object On extends EngineState("on")
  case object Off extends EngineState("off")
  case object Unknown extends EngineState("unknown")
}

/** How a run ended. */
sealed abstract class RunStatus(val value: String)

object RunStatus {
  case object Succeeded extends RunStatus("succeeded")
  case object Failed extends RunStatus("failed")
  case object Running extends RunStatus("running")
  case object Unknown extends RunStatus("unknown")
}

/** Which engine (a dialect's id, `none` for plain Spark, `""` not known yet) and its state. */
final case class EngineFact(name: String, state: EngineState, evidence: String = "")

/** One attempt of one stage. Mirror of `clusop.analysis.observed.StageRun`, field for field. */
final case class StageRun(
    stageId: Int,
    attempt: Int,
    runMs: Fraction,
    nativeNs: Option[Long] = None,
    lostRunMs: Fraction = Fraction.Zero,
    taskCount: Int = 0,
    failedTaskCount: Int = 0,
    killedTaskCount: Int = 0,
    speculativeTaskCount: Int = 0,
    succeeded: Boolean = true,
    accumulators: Map[Long, Long] = Map.empty,
    runByEpochMs: Vector[(Int, Fraction)] = Vector.empty,
    submittedAtMs: Option[Long] = None,
    completedAtMs: Option[Long] = None,
    remarks: Vector[Reason] = Vector.empty
) {

  /** Tasks ran and nothing tells for how long. */
  def isUntimed: Boolean = taskCount > 0 && runMs.isZero && lostRunMs.isZero && runByEpochMs.isEmpty
}

/** The task times of a run, by whatever the source has. */
sealed trait Times

/** Task times by stage, of the stages that belong to this execution. */
final case class StageTimes(stages: Vector[StageRun]) extends Times

/** Task times of the whole query only, as a query profile has them. */
final case class QueryTimes(runMs: Long, nativeMs: Option[Long]) extends Times

/** No times, and why. */
final case class AbsentTimes(reason: Reason) extends Times

/** All that is known of one run. Mirror of `clusop.analysis.observed.Observed`, field for field. */
final case class Observed(
    queryId: String,
    source: Source,
    readings: Vector[PlanReading],
    engine: EngineFact,
    times: Times,
    description: String = "",
    text: Option[PlanReading] = None,
    status: RunStatus = RunStatus.Unknown,
    rootId: String = "",
    driverAccumulators: Map[Long, Long] = Map.empty,
    engineWords: Vector[(String, String)] = Vector.empty,
    startAtMs: Option[Long] = None,
    endAtMs: Option[Long] = None,
    eventsDropped: Boolean = false,
    problems: Vector[Reason] = Vector.empty
)
