package com.clusop.listener.deliver

import java.util.regex.Pattern

import com.clusop.listener.analysis.Cluster

/** The compute definition that decisions about an engine are made for: what outlives one cluster. Mirror of
  * `clusop.analysis.records.compute`.
  */
object Compute {

  /** Databricks' name of a cluster that a job brings up: job, run, and the key of the job cluster, which people chose. */
  private val JobCluster = Pattern.compile("job-([0-9]+)-run-[0-9]+(?:-(.*))?", Pattern.DOTALL)

  /** `job:<job id>`, with `:<keyed hash>` of the job cluster's key where there is one; `cluster:<cluster id>` of an all-purpose
    * cluster; else `""`. `jobId` stands before the one in the cluster's name: the owner may have set it.
    */
  def of(cluster: Cluster, jobId: String, secretKey: Array[Byte]): String = cluster.product match {
    case "JOBS_COMPUTE"        => ofJob(cluster.clusterName, Gate.matching(jobId, Gate.JobId), secretKey)
    case "ALL_PURPOSE_COMPUTE" =>
      val id = Gate.matching(cluster.clusterId, Gate.Cluster)
      if (id.isEmpty) "" else s"cluster:$id"
    case _ => ""
  }

  private def ofJob(clusterName: String, known: String, secretKey: Array[Byte]): String = {
    val named = JobCluster.matcher(clusterName)
    val isNamed = named.matches
    val job = if (known.isEmpty && isNamed) Gate.matching(named.group(1), Gate.JobId) else known
    val key = if (isNamed && named.group(2) != null) named.group(2) else ""
    if (job.isEmpty) "" else if (key.isEmpty) s"job:$job" else s"job:$job:${Gate.keyedHash(key, secretKey)}"
  }
}
