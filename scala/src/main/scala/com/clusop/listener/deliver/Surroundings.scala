package com.clusop.listener.deliver

import com.clusop.listener.analysis.Cluster
import com.clusop.listener.json.Json

/** On what an application runs and for whom, through the gates; `""`, or an empty shape, where it is not known. */
final case class Surroundings(
    workspace: String,
    cluster: String,
    spark: String,
    dbr: String,
    workload: String,
    taskKey: String,
    engine: String,
    image: String,
    shape: Vector[(String, Json)],
    compute: String
) {

  /** These, where they are known, else what `before` knew. A task is one of its workload's: the two are told together. */
  def over(before: Surroundings): Surroundings = {
    def known(now: String, earlier: String): String = if (now.isEmpty) earlier else now
    Surroundings(
      workspace = known(workspace, before.workspace),
      cluster = known(cluster, before.cluster),
      spark = known(spark, before.spark),
      dbr = known(dbr, before.dbr),
      workload = known(workload, before.workload),
      taskKey = if (workload.isEmpty) before.taskKey else taskKey,
      engine = known(engine, before.engine),
      image = known(image, before.image),
      shape = if (shape.isEmpty) before.shape else shape,
      compute = known(compute, before.compute)
    )
  }
}

object Surroundings {
  val Unknown: Surroundings = Surroundings("", "", "", "", "", "", "", "", Vector.empty, "")

  /** Of a cluster of which nothing is known. */
  private[deliver] val NoShape: Vector[(String, Json)] = Place.shapeOf(Cluster())

  /** `workload` is what the gates made of `facts`. */
  def of(where: Cluster, facts: WorkloadFacts, workload: Workload): Surroundings = {
    val shape = Place.shapeOf(where)
    val hasName = facts.workloadName.nonEmpty || Gate.matching(facts.jobId, Gate.JobId).nonEmpty
    Surroundings(
      workspace = workload.workspace,
      cluster = Gate.matching(where.clusterId, Gate.Cluster),
      spark = Gate.matching(facts.sparkVersion, Gate.Spark),
      dbr = Gate.matching(facts.dbr, Gate.Dbr),
      workload = if (hasName) workload.key else "",
      taskKey = workload.taskKey,
      engine = Gate.oneOf(facts.engine, Gate.Engines),
      image = Gate.matching(facts.imageLabel, Gate.Image),
      shape = if (shape == NoShape) Vector.empty else shape,
      compute = Compute.of(where, facts.jobId, workload.secretKey)
    )
  }
}
