package com.clusop.probe

import com.clusop.listener.analysis.{RunStatus, StageTimes}
import com.clusop.listener.deliver.SeenExecution
import com.clusop.listener.json.Json

/** What is told of an application that a scenario ran: its executions, what was lost and what is still held. */
private[probe] object ScenarioReport {
  def report(application: CollectedApplication, more: (String, Json)*): Json = {
    val verdicts = new java.util.TreeMap[String, Integer]
    val executions = Vector.newBuilder[Json]
    val each = application.seen.iterator
    var shown = 0
    while (each.hasNext) {
      val seen = each.next()
      verdicts.merge(seen.assessment.diagnosis.verdict.value, 1, (one: Integer, other: Integer) => one + other)
      if (shown < 10) executions += execution(seen)
      shown += 1
    }
    val told = Vector.newBuilder[(String, Json)]
    val entries = verdicts.entrySet.iterator
    while (entries.hasNext) {
      val entry = entries.next()
      told += ((entry.getKey, Json.num(entry.getValue.longValue)))
    }
    val (inFlight, attempts, jobs) = application.collector.sizes
    Json.obj(
      (more.toVector ++ Vector(
        "verdicts" -> Json.Obj(told.result()),
        "executions" -> Json.arr(executions.result()),
        "losses" -> application.losses.json,
        "in_flight" -> Json.num(inFlight.toLong),
        "attempts" -> Json.num(attempts.toLong),
        "jobs" -> Json.num(jobs.toLong),
        "retained_bytes" -> Json.num(application.collector.retainedBytes)
      )): _*
    )
  }

  private def stagesOf(seen: SeenExecution) = seen.assessment.diagnosis.observed.times match {
    case times: StageTimes => times.stages
    case _                 => Vector.empty
  }

  def runMs(seen: SeenExecution): String = stagesOf(seen).map(_.runMs).reduceOption(_ + _).map(_.toString).getOrElse("0")

  private def execution(seen: SeenExecution): Json = {
    val observed = seen.assessment.diagnosis.observed
    val stages = stagesOf(seen)
    Json.obj(
      "id" -> Json.str(observed.queryId),
      "verdict" -> Json.str(seen.assessment.diagnosis.verdict.value),
      "reasons" -> Json.arr(seen.assessment.diagnosis.verdictReasons.map(reason => Json.str(reason.id))),
      "problems" -> Json.arr(observed.problems.map(reason => Json.str(reason.id))),
      "dropped" -> Json.Bool(observed.eventsDropped),
      "running" -> Json.Bool(observed.status == RunStatus.Running),
      "nodes" -> Json.num(observed.readings.iterator.flatMap(_.plan).map(_.size.toLong).sum),
      "reading" -> Json.arr(observed.readings.flatMap(_.problems).map(reason => Json.str(reason.id))),
      "stages" -> Json.num(stages.size.toLong),
      "run_ms" -> Json.str(runMs(seen))
    )
  }
}
