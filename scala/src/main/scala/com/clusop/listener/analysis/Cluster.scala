package com.clusop.listener.analysis

import com.clusop.listener.{Fraction, Reason}

/** Why the cluster is up: `Elastic` ends with its work, `Fixed` is kept up by something else. */
sealed abstract class Uptime(val value: String)

object Uptime {
  case object Elastic extends Uptime("elastic")
  case object Fixed extends Uptime("fixed")
  case object Unknown extends Uptime("unknown")
}

/** A span in which the cluster's make-up did not change; `slotCount` is executor cores alive. */
final case class Epoch(startAtMs: Long, endAtMs: Long, slotCount: Int, workerCount: Int) {
  def hours: Fraction = Fraction(endAtMs - startAtMs, 3600000L)
}

/** A cluster as its own settings and executors tell of it. Mirror of `clusop.analysis.cluster.Cluster`, field for field. */
final case class Cluster(
    cloud: String = "",
    product: String = "",
    tier: String = "",
    clusterId: String = "",
    clusterName: String = "",
    driverNodeType: String = "",
    workerNodeType: String = "",
    isSingleNode: Boolean = false,
    availability: String = "",
    firstOnDemand: Option[Int] = None,
    uptime: Uptime = Uptime.Unknown,
    isServerless: Boolean = false,
    isDatabricks: Boolean = false,
    taskCpus: Int = 1,
    region: String = "",
    epochs: Vector[Epoch] = Vector.empty,
    remarks: Vector[Reason] = Vector.empty
)
