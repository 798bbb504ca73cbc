package com.clusop.listener.deliver

import com.clusop.listener.Fraction
import com.clusop.listener.analysis.Cluster
import com.clusop.listener.json.Json
import com.clusop.listener.pricing.Priced

/** The fewest and the most of something; [[Spread.None]] where nothing is known. */
final case class Spread(least: Int, most: Int) {
  def +(other: Spread): Spread =
    if (this == Spread.None) other
    else if (other == Spread.None) this
    else Spread(least min other.least, most max other.most)

  def json: Json =
    if (this == Spread.None) Json.Null else Json.arr(Vector(Json.num(least.toLong), Json.num(most.toLong)))
}

object Spread {
  val None: Spread = Spread(-1, -1)
  def of(counts: Vector[Int]): Spread = if (counts.isEmpty) None else Spread(counts.min, counts.max)
}

/** On what an execution ran, through the gates: members of a signal that come from the cluster and not from the query. */
final case class Place(
    members: Vector[(String, Json)],
    shape: Vector[(String, Json)],
    workers: Spread,
    slots: Spread,
    hours: Priced[Fraction],
    callSite: String,
    atMs: Long
) {

  /** What must be alike in executions that are summed. */
  lazy val fixed: String = RecordLine.of(members ++ shape)
}

object Place {
  private val MaxNodes = 100000

  def of(seen: SeenExecution, allowedTags: Vector[String]): Place = {
    val cluster = seen.cluster
    val facts = seen.workload
    val observed = seen.assessment.diagnosis.observed
    val from = observed.startAtMs.getOrElse(seen.atMs)
    val until = observed.endAtMs.getOrElse(seen.atMs)
    val during = cluster.epochs.filter(epoch => epoch.startAtMs <= until && epoch.endAtMs >= from)
    Place(
      members = Vector(
        "cluster" -> Json.str(Gate.matching(cluster.clusterId, Gate.Cluster)),
        "dbr" -> Json.str(Gate.matching(facts.dbr, Gate.Dbr)),
        "image" -> Json.str(Gate.matching(facts.imageLabel, Gate.Image)),
        "spark" -> Json.str(Gate.matching(facts.sparkVersion, Gate.Spark)),
        "engine" -> Json.str(Gate.oneOf(facts.engine, Gate.Engines)),
        "tags" -> Json.Obj(Gate.tags(facts.tags, allowedTags).map { case (key, value) => key -> Json.str(value) })
      ),
      shape = shapeOf(cluster),
      workers = Spread.of(during.map(_.workerCount)),
      slots = Spread.of(during.map(_.slotCount)),
      hours = seen.hours,
      callSite = seen.callSite,
      atMs = seen.atMs
    )
  }

  /** What a cluster is, but for how many workers and slots it has. */
  private[deliver] def shapeOf(cluster: Cluster): Vector[(String, Json)] = Vector(
    "cloud" -> Json.str(Gate.matching(cluster.cloud, Gate.Capitals)),
    "product" -> Json.str(Gate.matching(cluster.product, Gate.Capitals)),
    "tier" -> Json.str(Gate.matching(cluster.tier, Gate.Capitals)),
    "driver_node_type" -> Json.str(Gate.matching(cluster.driverNodeType, Gate.NodeType)),
    "worker_node_type" -> Json.str(Gate.matching(cluster.workerNodeType, Gate.NodeType)),
    "is_single_node" -> Json.Bool(cluster.isSingleNode),
    "is_serverless" -> Json.Bool(cluster.isServerless),
    "availability" -> Json.str(Gate.oneOf(cluster.availability, Gate.Availabilities)),
    "first_on_demand" -> cluster.firstOnDemand
      .filter(count => count >= 0 && count <= MaxNodes)
      .map(count => Json.num(count.toLong))
      .getOrElse(Json.Null),
    "uptime" -> Json.str(cluster.uptime.value)
  )
}
