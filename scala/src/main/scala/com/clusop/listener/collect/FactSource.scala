package com.clusop.listener.collect

import com.clusop.listener.analysis.{Cluster, EngineFact, EngineState, Epoch, Uptime}
import com.clusop.listener.deliver.WorkloadFacts
import com.clusop.listener.plan.Dialect

/** Engine, cluster and workload as detected, with what the owner set in their place (`spark.clusop.fact.*`), else what the armer
  * found (`told`, by the same last words of the keys). `setting` gives a setting's text, `""` where it is not set; `runningSpark` is the
  * release this JVM runs, which no event of a bus tells. `situation` is another object whenever setting or told may answer
  * otherwise: somebody may arm later and tell more.
  */
private[collect] final class FactSource(
    setting: String => String,
    told: String => String,
    runningSpark: String = "",
    situation: () => (AnyRef, AnyRef) = () => FactSource.Settled
) {
  import Environment.Tags

  // The same environment comes again and again: most of what hangs on it is found once.
  private var known: EnvironmentFacts = null
  private var knownSituation = situation()
  private var changes = 0L

  /** How often it was found that settings or facts had changed. */
  def revision: Long = changes
  private var knownEngine: EngineFact = null
  private var knownCluster: Cluster = null

  private def fixed(name: String): String = setting(FactSource.Prefix + name)
  private def orFixed(name: String, detected: String): String = {
    val over = fixed(name)
    if (over.nonEmpty) over else if (detected.nonEmpty) detected else told(name)
  }

  def engineOf(environment: EnvironmentFacts): EngineFact = {
    refresh(environment)
    knownEngine
  }

  def clusterOf(environment: EnvironmentFacts, epochs: Vector[Epoch]): Cluster = {
    refresh(environment)
    val remarks = knownCluster.remarks.filter(_.id != "no-timeline" || epochs.isEmpty)
    knownCluster.copy(epochs = epochs, remarks = remarks)
  }

  private def refresh(environment: EnvironmentFacts): Unit = {
    val now = situation()
    if ((known ne environment) || (now._1 ne knownSituation._1) || (now._2 ne knownSituation._2)) {
      if ((now._1 ne knownSituation._1) || (now._2 ne knownSituation._2)) changes += 1
      knownSituation = now
      knownEngine = detectedEngine(environment)
      knownCluster = detectedCluster(environment)
      known = environment
    }
  }

  private def detectedEngine(environment: EnvironmentFacts): EngineFact = {
    val over = fixed("engine")
    if (Dialect.ids.contains(over))
      EngineFact(over, if (over == Dialect.PlainSpark) EngineState.Off else EngineState.On, s"${FactSource.Prefix}engine=$over")
    else EngineOfSettings.configured(environment)
  }

  private def detectedCluster(environment: EnvironmentFacts): Cluster = {
    val found = ClusterTags.clusterOf(environment, Vector.empty)
    val product = fixed("product")
    found.copy(
      cloud = orFixed("cloud", found.cloud),
      product = if (product.nonEmpty) product else found.product,
      tier = orFixed("tier", found.tier),
      driverNodeType = orFixed("driverNodeType", found.driverNodeType),
      workerNodeType = orFixed("workerNodeType", found.workerNodeType),
      availability = orFixed("availability", found.availability),
      uptime = fixed("uptime") match {
        case "elastic" => Uptime.Elastic
        case "fixed"   => Uptime.Fixed
        case _         => found.uptime
      },
      remarks = if (product.nonEmpty) found.remarks.filter(_.id != "unknown-product") else found.remarks
    )
  }

  /** Whether the engine tells its own share of task time: only then can that be waited for. */
  def hasNativeClock(engine: EngineFact): Boolean =
    Dialect.ids.contains(engine.name) && Dialect.of(engine.name).time.taskAccumulable.nonEmpty

  /** What is known of the application as a whole: its job where all its jobs so far are one's. */
  def applicationOf(context: Context, engine: String): WorkloadFacts =
    factsOf(context, context.environment.single, context.environment.single.notebook, engine)

  private def sparkOf(application: ApplicationFacts): String =
    if (application.sparkVersion.nonEmpty) application.sparkVersion else runningSpark

  private def workspaceOf(environment: EnvironmentFacts): String =
    orFixed("workspace", environment.first(Tags + "orgId", Tags + "clusterOwnerOrgId"))

  /** The execution's own job stands before the one that all jobs share: a cluster may run several. */
  def workloadOf(finished: FinishedExecution, engine: String): WorkloadFacts = {
    val own = finished.execution.job
    val job = if (own eq JobIdentity.Nobody) finished.context.environment.single else own
    factsOf(finished.context, job, job.notebook, engine)
  }

  private def factsOf(context: Context, job: JobIdentity, notebook: String, engine: String): WorkloadFacts = {
    val environment = context.environment
    WorkloadFacts(
      workspace = workspaceOf(environment),
      // What an armer reads off a cluster's name may be the id of a one-time submit: only Spark's own word counts, or the owner's.
      jobId = {
        val over = fixed("jobId")
        if (over.nonEmpty) over else job.id
      },
      jobRunId = job.runId,
      workloadName = {
        val over = fixed("workload")
        if (over.nonEmpty) over else ClusterTags.workloadNameOf(environment, notebook, context.application.name)
      },
      taskKey = orFixed("taskKey", job.taskKey),
      dbr = ClusterTags.dbrVersionOf(environment),
      imageLabel = ClusterTags.imageLabelOf(environment),
      sparkVersion = sparkOf(context.application),
      engine = engine,
      tags = ClusterTags.tagsOf(environment)
    )
  }
}

private[collect] object FactSource {
  val Prefix = "spark.clusop.fact."
  private val Settled: (AnyRef, AnyRef) = ("", "")
}
