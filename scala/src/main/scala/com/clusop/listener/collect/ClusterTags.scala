package com.clusop.listener.collect

import java.util.Locale
import java.util.regex.Pattern

import com.clusop.listener.Reason
import com.clusop.listener.analysis.{Cluster, Epoch, Uptime}
import com.clusop.listener.json.{Json, JsonReader}
import com.clusop.listener.plan.Chars

/** From an application's settings to the cluster it runs on, as far as they tell. Mirror of `clusop.eventlog.cluster_tags`.
  *
  * The product follows the cluster (its source, else its name), never a job's id: a job can run on an all-purpose cluster and
  * is then billed as such.
  */
private[collect] object ClusterTags {
  import Environment.Tags

  private val JobClusterName = Pattern.compile("job-\\d+-run-\\d+")
  private val Version = Pattern.compile("v?(?<client>client\\.)?(?<major>\\d+)(?:\\.(?<minor>\\d+))?(?:\\.(?:x|\\d+))*(?:-|$)")
  private val ImageVersion =
    Pattern.compile("release__(?<client>client\\.)?(?<major>\\d+)(?:\\.(?<minor>\\d+))?(?:\\.x)?(?:-|_|$)")
  private val InstanceTypes = Vector(
    "AZURE" -> Pattern.compile("(?:Standard|Basic)_[A-Z]", Pattern.CASE_INSENSITIVE),
    "GCP" -> Pattern.compile("[a-z]\\w*-(?:standard|highmem|highcpu|megamem|ultramem|highgpu|medium|small|micro)\\b"),
    "AWS" -> Pattern.compile("[a-z][\\w-]*\\.(?:metal|\\d*(?:nano|micro|small|medium|large|xlarge))")
  )
  private val LocalMaster = Pattern.compile("local(?:\\[|$)")
  private val CloudSuffix = Pattern.compile("_(?:AZURE|GCP|AWS)$")
  private val Clouds = Set("AWS", "AZURE", "GCP")
  private val Availabilities = Set("ON_DEMAND", "SPOT", "SPOT_WITH_FALLBACK")
  private val Shell = "Databricks Shell"
  private val MaxNameChars = 200

  /** What a cluster's source says of how it is billed and why it is up. */
  private final case class Billing(product: String, uptime: Uptime, isServerless: Boolean = false, unknown: String = "")

  private val BySource = Map(
    "JOB" -> Billing("JOBS_COMPUTE", Uptime.Elastic),
    "UI" -> Billing("ALL_PURPOSE_COMPUTE", Uptime.Fixed),
    "API" -> Billing("ALL_PURPOSE_COMPUTE", Uptime.Fixed),
    // Its edition (core, pro, advanced) is not in the tags: priced as a range over all of them.
    "PIPELINE" -> Billing("DLT_COMPUTE", Uptime.Unknown),
    "PIPELINE_MAINTENANCE" -> Billing("DLT_COMPUTE", Uptime.Elastic),
    "SQL" -> Billing("SQL_COMPUTE", Uptime.Fixed, isServerless = true),
    "MODELS" -> Billing("", Uptime.Fixed, unknown = ": a model serving cluster")
  )

  /** The cluster, with remarks for what its settings leave open. */
  def clusterOf(told: EnvironmentFacts, epochs: Vector[Epoch]): Cluster = {
    val onDatabricks = EngineOfSettings.isDatabricks(told.settings)
    val driver = told.first(Tags + "driverNodeType", "spark.databricks.driverNodeTypeId")
    val worker = told.first(Tags + "clusterNodeType", "spark.databricks.workerNodeTypeId")
    val node = if (driver.nonEmpty) driver else worker
    val billing = if (onDatabricks) billingOf(told) else Billing("", Uptime.Unknown)
    Cluster(
      cloud = if (onDatabricks) cloudOf(told, node) else "",
      product = billing.product,
      clusterId = told(Tags + "clusterId"),
      clusterName = Chars.cut(told(Tags + "clusterName"), MaxNameChars),
      driverNodeType = node,
      workerNodeType = worker,
      isSingleNode = isSingleNode(told),
      availability = availabilityOf(told(Tags + "clusterAvailability")),
      firstOnDemand = countOf(told(Tags + "clusterFirstOnDemand")),
      uptime = uptimeOf(told, billing.uptime),
      isServerless = billing.isServerless,
      isDatabricks = onDatabricks,
      taskCpus = countOf(told("spark.task.cpus")).filter(_ != 0).getOrElse(1),
      region = told.first(Tags + "dataPlaneRegion", Tags + "region"),
      epochs = epochs,
      remarks = Vector(
        if (billing.unknown.nonEmpty) Some(Reason("unknown-product", billing.unknown)) else None,
        if (billing.product == "DLT_COMPUTE") Some(Reason("unknown-edition")) else None,
        if (epochs.isEmpty) Some(Reason("no-timeline")) else None
      ).flatten
    )
  }

  /** `13.3`, `18` (for `18.x`) or `client.2.5`; the version that runs before the one that was asked for. */
  def dbrVersionOf(told: EnvironmentFacts): String = {
    val asked = Version.matcher(versionOf(told))
    val match_ = if (asked.lookingAt()) asked else ImageVersion.matcher(imageLabelOf(told))
    if ((match_ ne asked) && !match_.lookingAt()) ""
    else {
      val minor = match_.group("minor")
      val client = match_.group("client")
      (if (client == null) "" else client) + match_.group("major") + (if (minor == null) "" else "." + minor)
    }
  }

  /** The label of the image, which names the exact build. */
  def imageLabelOf(told: EnvironmentFacts): String = told(Tags + "sparkImageLabel")

  /** What people call this work: the run's name, the notebook's, the job cluster's, the application's, the cluster's. */
  def workloadNameOf(told: EnvironmentFacts, notebook: String, appName: String): String = {
    val clusterName = told(Tags + "clusterName")
    val jobCluster = if (billingOf(told).product == "JOBS_COMPUTE") clusterName else ""
    val named = told("spark.app.name")
    val app = if (named.nonEmpty) named else appName
    val runName = tagsOf(told).getOrElse("RunName", "")
    val candidates = Vector(runName, notebook, jobCluster, if (app == Shell) "" else app, clusterName)
    Chars.cut(candidates.find(_.nonEmpty).getOrElse(""), MaxNameChars)
  }

  /** The tags people gave the cluster, and Databricks' own; the first of a key counts. */
  def tagsOf(told: EnvironmentFacts): Map[String, String] =
    JsonReader.read(told(Tags + "clusterAllTags")) match {
      case Right(Json.Arr(entries)) =>
        entries.reverse.collect { case entry: Json.Obj => (entry.get("key"), entry.get("value")) }.collect {
          case (Some(Json.Str(key)), Some(Json.Str(value))) => key -> value
        }.toMap
      case _ => Map.empty
    }

  private def versionOf(told: EnvironmentFacts): String = told.first(Tags + "effectiveSparkVersion", Tags + "sparkVersion")

  private def billingOf(told: EnvironmentFacts): Billing = {
    val version = Version.matcher(versionOf(told))
    val source = told.first("spark.databricks.clusterSource", Tags + "clusterSource").toUpperCase(Locale.ROOT)
    if (version.lookingAt() && version.group("client") != null) Billing("", Uptime.Unknown, isServerless = true)
    else if (BySource.contains(source)) BySource(source)
    else if (source.nonEmpty) Billing("", Uptime.Unknown, unknown = s": its source is ${Chars.cut(source, 40)}")
    else if (JobClusterName.matcher(told(Tags + "clusterName")).lookingAt()) BySource("JOB")
    else Billing("", Uptime.Unknown, unknown = ": its source is not in the settings")
  }

  private def uptimeOf(told: EnvironmentFacts, bySource: Uptime): Uptime = {
    val isPooled = told.first(Tags + "instancePoolId", Tags + "driverInstancePoolId").nonEmpty
    if (isPooled || told(Tags + "clusterPinned") == "true") Uptime.Fixed else bySource
  }

  private def cloudOf(told: EnvironmentFacts, nodeType: String): String = {
    val named = told.first(Tags + "cloudProvider", "spark.databricks.cloudProvider").toUpperCase(Locale.ROOT)
    if (Clouds(named)) named
    else InstanceTypes.find(_._2.matcher(nodeType).lookingAt()).map(_._1).getOrElse("")
  }

  private def isSingleNode(told: EnvironmentFacts): Boolean =
    told(Tags + "isSingleNode") == "true" ||
      told("spark.databricks.cluster.profile") == "singleNode" ||
      LocalMaster.matcher(told("spark.master")).lookingAt()

  /** Azure and GCP name it after the cloud; GCP's older word for spot is preemptible. */
  private def availabilityOf(told: String): String = {
    val plain = CloudSuffix.matcher(Chars.strip(told).toUpperCase(Locale.ROOT)).replaceAll("").replace("PREEMPTIBLE", "SPOT")
    if (Availabilities(plain)) plain else ""
  }

  private def countOf(told: String): Option[Int] =
    if (told.nonEmpty && told.length < 10 && told.forall(Chars.isDigit)) Some(told.toInt) else None
}
