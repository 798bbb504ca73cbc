package com.clusop.listener.deliver

import com.clusop.listener.Fraction
import com.clusop.listener.analysis.{Cluster, QueryAssessment}
import com.clusop.listener.pricing.Priced

/** Where what the collectors saw goes. Called on the agent's own thread only, never by a callback of Spark's bus. */
trait Sink {

  /** A finished execution, assessed. */
  def executed(seen: SeenExecution): Unit

  /** A finished stage attempt, SQL or not: the raw material of the hours. */
  def stageDone(done: StageDone): Unit

  /** From `atMs` on, so many executor cores are alive, by node type (`""` where it is not known). Empty: none. */
  def executors(atMs: Long, slotsByNodeType: Vector[(String, Int)]): Unit

  /** On what the application runs and for whom, as far as it is known by now. Told before the slots are, so that hours without
    * any execution are a known cluster's too.
    */
  def runsOn(cluster: Cluster, workload: WorkloadFacts): Unit

  /** `count` things were lost; `reason` is an id of the catalogue. */
  def lost(reason: String, count: Long): Unit

  /** The application is over. Seals what was gathered and hands it on; returns at once. */
  def applicationEnded(): Unit
}

/** A finished execution. `hours` are the cluster-hours attributed to it; `owner` is the session that ran it; `callSite` is
  * Spark's own text of where it was called, of which at most base name and line ever leave; `atMs` is when it ended.
  */
final case class SeenExecution(
    assessment: QueryAssessment,
    hours: Priced[Fraction],
    cluster: Cluster,
    workload: WorkloadFacts,
    owner: String,
    callSite: String,
    atMs: Long
)

/** Whose work it is and on what it ran, as found. Raw: nothing of it leaves but through the gates of [[Gate]]. `jobId` is
  * empty for one-time submits; `tags` are all cluster tags, of which only allow-listed ones leave.
  */
final case class WorkloadFacts(
    workspace: String = "",
    jobId: String = "",
    jobRunId: String = "",
    workloadName: String = "",
    taskKey: String = "",
    dbr: String = "",
    imageLabel: String = "",
    sparkVersion: String = "",
    engine: String = "",
    tags: Map[String, String] = Map.empty
)

/** A stage attempt that ended. `runMs` is task run time of successful tasks, `lostMs` of failed, killed and losing ones;
  * `isFailed` where the execution it worked for failed as a whole.
  */
final case class StageDone(
    startAtMs: Long,
    endAtMs: Long,
    runMs: Fraction,
    lostMs: Fraction,
    nativeNs: Option[Long],
    isSql: Boolean,
    taskCpus: Int,
    isFailed: Boolean = false
)
