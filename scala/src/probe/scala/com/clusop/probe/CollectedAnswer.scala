package com.clusop.probe

import com.clusop.listener.analysis._
import com.clusop.listener.json.{Json, JsonWriter}
import com.clusop.listener.{Fraction, Reason}

/** What was found of an application, execution by execution, as canonical JSON. Mirror of
  * `tests/vectors/answers/application_answer.py`.
  */
object CollectedAnswer {

  /** `masksWords`: as if the engine had said nothing, as in a log. */
  def of(application: CollectedApplication, masksWords: Boolean): String = {
    val (cluster, engine) = application.collector.lastSeen
    val executions = Vector.newBuilder[(String, Json)]
    val each = application.seen.iterator
    while (each.hasNext) {
      val one = each.next()
      val told = one.assessment.diagnosis
      val found =
        if (!masksWords || told.observed.engineWords.isEmpty) told
        else Diagnose.of(told.observed.copy(engineWords = Vector.empty), application.collector.hasNativeTime)
      executions += ((told.observed.queryId, execution(found)))
    }
    JsonWriter.canonical(
      Json.obj(
        "engine" -> Json.str(engine.name),
        "cluster" -> clusterJson(cluster),
        "epochs" -> Json.arr(cluster.epochs.map { epoch =>
          Json.arr(
            Vector(epoch.startAtMs, epoch.endAtMs, epoch.slotCount.toLong, epoch.workerCount.toLong).map(Json.num(_: Long))
          )
        }),
        "executions" -> Json.Obj(executions.result())
      )
    )
  }

  private def clusterJson(cluster: Cluster): Json = Json.obj(
    "cloud" -> Json.str(cluster.cloud),
    "product" -> Json.str(cluster.product),
    "tier" -> Json.str(cluster.tier),
    "cluster_id" -> Json.str(cluster.clusterId),
    "cluster_name" -> Json.str(cluster.clusterName),
    "driver_node_type" -> Json.str(cluster.driverNodeType),
    "worker_node_type" -> Json.str(cluster.workerNodeType),
    "is_single_node" -> Json.Bool(cluster.isSingleNode),
    "availability" -> Json.str(cluster.availability),
    "first_on_demand" -> whole(cluster.firstOnDemand.map(_.toLong)),
    "uptime" -> Json.str(cluster.uptime.value),
    "is_serverless" -> Json.Bool(cluster.isServerless),
    "is_databricks" -> Json.Bool(cluster.isDatabricks),
    "task_cpus" -> Json.num(cluster.taskCpus.toLong),
    "region" -> Json.str(cluster.region),
    "remarks" -> reasons(cluster.remarks)
  )

  private def execution(found: Diagnosis): Json = {
    val observed = found.observed
    Json.obj(
      "status" -> Json.str(observed.status.value),
      "root" -> Json.str(observed.rootId),
      "description" -> Json.str(observed.description),
      "start_at_ms" -> whole(observed.startAtMs),
      "end_at_ms" -> whole(observed.endAtMs),
      "events_dropped" -> Json.Bool(observed.eventsDropped),
      "problems" -> reasons(observed.problems),
      "driver_accumulators" -> pairs(observed.driverAccumulators),
      "engine" -> Json.arr(Vector(found.engine.name, found.engine.state.value, found.engine.evidence).map(Json.str)),
      "dialect" -> Json.str(found.dialect),
      "role" -> Json.str(found.role.value),
      "verdict" -> Json.str(found.verdict.value),
      "verdict_reasons" -> reasons(found.verdictReasons),
      "native_operators" -> Json.num(found.nativeOperatorCount.toLong),
      "jvm_operators" -> Json.arr(found.jvmOperators.map { case (name, count) =>
        Json.arr(Vector(Json.str(name), Json.num(count.toLong)))
      }),
      "islands" -> Json.arr(found.islands.map(islandJson)),
      "findings" -> Json.arr(found.findings.map(findingJson)),
      "time" -> timeJson(found.time),
      "stages" -> (observed.times match {
        case times: StageTimes => Json.arr(times.stages.map(stageJson))
        case _                 => Json.Null
      })
    )
  }

  private def islandJson(island: Island): Json = Json.obj(
    "number" -> Json.num(island.number.toLong),
    "graph" -> Json.num(island.graph.toLong),
    "operators" -> Json.arr(island.operators.map(index => Json.num(index.toLong))),
    "stage_ids" -> Json.arr(island.stageIds.map(id => Json.num(id.toLong))),
    "time_ms" -> fraction(island.timeMs),
    "time_reason" -> reason(island.timeReason),
    "is_upper_bound" -> Json.Bool(island.isUpperBound),
    "remarks" -> reasons(island.remarks)
  )

  private def findingJson(finding: Finding): Json = Json.obj(
    "cause" -> Json.str(finding.cause),
    "operator" -> Json.str(finding.operator),
    "graph" -> Json.num(finding.graph.toLong),
    "index" -> Json.num(finding.index.toLong),
    "detail" -> Json.str(finding.detail),
    "island" -> whole(finding.island.map(_.toLong)),
    "functions" -> Json.arr(finding.functions.map(Json.str)),
    "engine_says" -> Json.str(finding.engineSays),
    "witnesses" -> Json.arr(finding.witnesses.map(witness => Json.str(witness.value))),
    "disagreement" -> reason(finding.disagreement),
    "inherited" -> Json.arr(finding.inherited.map(index => Json.num(index.toLong))),
    "time_ratio" -> fraction(finding.timeRatio),
    "time_reason" -> reason(finding.timeReason),
    "ratio_basis" -> Json.str(finding.ratioBasis.value),
    "is_upper_bound" -> Json.Bool(finding.isUpperBound)
  )

  private def timeJson(time: TimeSplit): Json = Json.obj(
    "run_ms" -> fraction(time.runMs),
    "native_ms" -> fraction(time.nativeMs),
    "island_ms" -> fraction(time.islandMs),
    "row_source_ms" -> fraction(time.rowSourceMs),
    "boundary_ms" -> fraction(time.boundaryMs),
    "unexplained_ms" -> fraction(time.unexplainedMs),
    "lost_ms" -> fraction(time.lostMs),
    "ratio_basis" -> Json.str(time.ratioBasis.value),
    "reasons" -> reasons(time.reasons)
  )

  private def stageJson(stage: StageRun): Json = Json.obj(
    "stage" -> Json.arr(Vector(Json.num(stage.stageId.toLong), Json.num(stage.attempt.toLong))),
    "run_ms" -> Json.str(stage.runMs.toString),
    "native_ns" -> whole(stage.nativeNs),
    "lost_run_ms" -> Json.str(stage.lostRunMs.toString),
    "tasks" -> Json.arr(
      Vector(stage.taskCount, stage.failedTaskCount, stage.killedTaskCount, stage.speculativeTaskCount)
        .map(count => Json.num(count.toLong))
    ),
    "succeeded" -> Json.Bool(stage.succeeded),
    "accumulators" -> pairs(stage.accumulators),
    "by_epoch" -> Json.arr(stage.runByEpochMs.map { case (index, runMs) =>
      Json.arr(Vector(Json.num(index.toLong), Json.str(runMs.toString)))
    }),
    "submitted_at_ms" -> whole(stage.submittedAtMs),
    "completed_at_ms" -> whole(stage.completedAtMs),
    "remarks" -> reasons(stage.remarks)
  )

  private def pairs(values: Map[Long, Long]): Json =
    Json.arr(values.toVector.sorted.map { case (id, value) => Json.arr(Vector(Json.num(id), Json.num(value))) })

  private def whole(value: Option[Long]): Json = value.map(number => Json.num(number)).getOrElse(Json.Null)
  private def fraction(value: Option[Fraction]): Json = value.map(number => Json.str(number.toString)).getOrElse(Json.Null)
  private def reason(value: Option[Reason]): Json = value.map(one => pair(one)).getOrElse(Json.Null)
  private def reasons(values: Vector[Reason]): Json = Json.arr(values.map(pair))
  private def pair(one: Reason): Json = Json.arr(Vector(Json.str(one.id), Json.str(one.detail)))
}
