package com.clusop.listener.collect

import java.util.Properties

import com.clusop.listener.plan.Dialect

/** The few settings clusop keeps of an application; everything else in the properties is dropped at once. Mirror of
  * `clusop.eventlog.environment`.
  *
  * Job properties repeat the cluster's settings and carry tokens, users and owners besides; only names listed here are ever
  * read. A value that was redacted is kept as `""`: the name alone still tells a Databricks cluster.
  */
private[collect] final class Environment {
  private var told: ToldSettings = ToldSettings.Nothing
  private var fromJob: java.util.Map[String, String] = java.util.Collections.emptyMap[String, String]
  private var triesLeft = 64
  private val ofJobs = Array.fill(Environment.OfJob.length)(new java.util.LinkedHashSet[String])
  private var facts: EnvironmentFacts = null
  private val lastTold = new Array[String](Environment.OfJob.length)
  private var lastIdentity = JobIdentity.Nobody

  /** The latest value of each setting counts. They are hundreds: the agent's thread looks through them. */
  def updated(properties: scala.collection.Iterable[(String, String)]): Unit = {
    facts = null
    told = new ToldSettings(told, properties)
  }

  /** The identity of the Databricks job, and the cluster's settings for want of better. */
  def jobStarted(properties: Properties): JobIdentity =
    if (properties == null) JobIdentity.Nobody
    else {
      if (fromJob.isEmpty && triesLeft > 0) repeatedIn(properties)
      // Job after job says the same: only what differs from the last is looked at.
      var isNew = false
      var index = 0
      while (index < lastTold.length) {
        val told = properties.getProperty(Environment.OfJob(index))
        if (told ne lastTold(index)) {
          if (told == null || told != lastTold(index)) isNew = true
          lastTold(index) = told
        }
        index += 1
      }
      if (isNew) lastIdentity = identityOf(lastTold, isOneTime(properties))
      lastIdentity
    }

  /** Whether the job is a one-time submit, whose id is as new as its run and says nothing of whose work it is. */
  private def isOneTime(properties: Properties): Boolean = {
    val kind = properties.getProperty(Environment.KindOfRun)
    kind != null && kind.toLowerCase(java.util.Locale.ROOT).contains(Environment.OneTime)
  }

  private def identityOf(told: Array[String], isOneTime: Boolean): JobIdentity = {
    val values = new Array[String](told.length)
    var index = 0
    while (index < told.length) {
      val value = if (told(index) == null || isOneTime && index == Environment.Id) "" else Environment.kept(told(index))
      values(index) = if (index == Environment.Notebook) value.substring(value.lastIndexOf('/') + 1) else value
      // Two different ones are enough to know that there is no single one.
      if (!value.isEmpty && ofJobs(index).size <= 1 && ofJobs(index).add(values(index))) facts = null
      index += 1
    }
    // Somebody's work that is no saved job's: what else runs here is not all one job's.
    val isOthers = values(Environment.Id).isEmpty && (isOneTime || !values(Environment.Notebook).isEmpty)
    if (isOthers && ofJobs(Environment.Id).size <= 1 && ofJobs(Environment.Id).add("")) facts = null
    if (values.forall(_.isEmpty)) JobIdentity.Nobody else new JobIdentity(values(0), values(1), values(2), values(3))
  }

  private def repeatedIn(properties: Properties): Unit = {
    triesLeft -= 1
    val found = new java.util.LinkedHashMap[String, String]
    val names = Environment.OfCluster.iterator
    while (names.hasNext) {
      val name = names.next()
      val value = properties.getProperty(name)
      if (value != null) found.put(name, Environment.kept(value))
    }
    if (!found.isEmpty) {
      fromJob = found
      facts = null
    }
  }

  /** Whether anything told settings. */
  def isTold: Boolean = (told ne ToldSettings.Nothing) || !fromJob.isEmpty

  /** What is known now; the same object until something new is told. */
  def snapshot: EnvironmentFacts = {
    if (facts == null) {
      val singles = ofJobs.map(values => if (values.size == 1) values.iterator.next() else "")
      facts = new EnvironmentFacts(told, fromJob, new JobIdentity(singles(0), singles(1), singles(2), singles(3)))
    }
    facts
  }
}

/** What the environment told so far; looked through by whoever asks first, which is the agent's thread. `single` has the values
  * that all jobs share, `""` where they differ or some are no saved job's.
  */
private[collect] final class EnvironmentFacts(
    told: ToldSettings,
    fromJob: java.util.Map[String, String],
    val single: JobIdentity
) {
  def wasSeen: Boolean = told ne ToldSettings.Nothing

  lazy val settings: Map[String, String] = {
    val merged = new java.util.LinkedHashMap[String, String](fromJob)
    merged.putAll(told.kept)
    val built = Map.newBuilder[String, String]
    val entries = merged.entrySet.iterator
    while (entries.hasNext) {
      val entry = entries.next()
      built += ((entry.getKey, entry.getValue))
    }
    built.result()
  }

  def apply(name: String): String = settings.getOrElse(name, "")

  /** The first of these that is told and not empty, else `""`. */
  def first(names: String*): String = names.iterator.map(apply).find(_.nonEmpty).getOrElse("")
}

/** Which Databricks job a Spark job runs for; each part may be `""`. */
private[collect] final class JobIdentity(val id: String, val runId: String, val taskKey: String, val notebook: String)

private[collect] object JobIdentity {
  val Nobody = new JobIdentity("", "", "", "")
}

private[collect] object Environment {

  /** Databricks' tags of the cluster. */
  val Tags = "spark.databricks.clusterUsageTags."

  /** Settings that switch an engine off, by dialect. */
  val Switches: Map[String, Vector[String]] =
    Dialect.ids.map(id => id -> Dialect.of(id).switches).filter(_._2.nonEmpty).toMap

  val AllSwitches: Array[String] = Dialect.ids.flatMap(id => Switches.getOrElse(id, Vector.empty)).toArray

  private val OfJob = Array(
    "spark.databricks.job.id",
    "spark.databricks.job.runId",
    "spark.databricks.job.taskKey",
    "spark.databricks.notebook.path"
  )
  private val Id = 0
  private val Notebook = 3

  /** `JobRun` for a run of a saved job. */
  private val KindOfRun = "spark.databricks.workload.name"
  private val OneTime = "submit"
  private val Redacted = "*********(redacted)"

  private[collect] val OfCluster: java.util.Set[String] = {
    val names = new java.util.LinkedHashSet[String]
    val plain = Vector(
      "spark.app.name",
      "spark.databricks.cloudProvider",
      "spark.databricks.cluster.profile",
      "spark.databricks.clusterSource",
      "spark.databricks.driverNodeTypeId",
      "spark.databricks.workerNodeTypeId",
      "spark.master",
      "spark.plugins",
      "spark.sql.extensions",
      "spark.task.cpus"
    )
    val tags = Vector(
      "cloudProvider",
      "clusterAllTags",
      "clusterAvailability",
      "clusterFirstOnDemand",
      "clusterId",
      "clusterName",
      "clusterNodeType",
      "clusterOwnerOrgId",
      "clusterPinned",
      "clusterSource",
      "clusterWorkers",
      "dataPlaneRegion",
      "driverInstancePoolId",
      "driverNodeType",
      "effectiveSparkVersion",
      "instancePoolId",
      "isSingleNode",
      "orgId",
      "region",
      "runtimeEngine",
      "sparkImageLabel",
      "sparkVersion"
    )
    (plain ++ AllSwitches.toVector ++ tags.map(Tags + _)).foreach(name => names.add(name))
    names
  }

  private[collect] def kept(value: String): String = if (value.startsWith(Redacted)) "" else value
}
