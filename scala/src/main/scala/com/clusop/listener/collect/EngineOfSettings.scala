package com.clusop.listener.collect

import java.util.Locale

import com.clusop.listener.analysis.{EngineFact, EngineState}
import com.clusop.listener.plan.{Chars, Dialect}

/** Which native engine an application has, and whether it is on for one execution. Mirror of `clusop.eventlog.engine`. */
private[collect] object EngineOfSettings {
  import Environment.Tags

  private val VersionTags = Vector(Tags + "effectiveSparkVersion", Tags + "sparkVersion", Tags + "sparkImageLabel")
  private val RuntimeEngine = Tags + "runtimeEngine"
  private val Strangers =
    Vector("GlutenPlugin", "com.nvidia.spark.SQLPlugin", "BlazeSparkSessionExtension", "AuronSparkSessionExtension")
  private val ClassSettings = Vector("spark.plugins", "spark.sql.extensions")
  private val PhotonSwitches = Environment.Switches.getOrElse("photon", Vector.empty).toSet

  /** The engine the application's settings name, on by default. */
  def configured(told: EnvironmentFacts): EngineFact = {
    val settings = told.settings
    val photon = photonEvidence(told)
    val classes = ClassSettings.flatMap { name =>
      told(name).split(",", -1).toVector.map(entry => name -> Chars.strip(entry))
    }
    val named = classes.iterator.flatMap { case (name, entry) =>
      Dialect.ids.iterator.filter(Dialect.of(_).confClasses(entry)).map(EngineFact(_, EngineState.On, s"$name names $entry"))
    }
    lazy val stranger = classes.find { case (_, entry) => Strangers.exists(entry.endsWith) }
    if (photon.nonEmpty) EngineFact("photon", EngineState.On, photon)
    else if (named.hasNext) named.next()
    else if (stranger.isDefined) {
      val (name, entry) = stranger.get
      EngineFact("", EngineState.Unknown, s"$name names $entry, an engine without a dialect here")
    } else if (!told.wasSeen && !isDatabricks(settings)) EngineFact("", EngineState.Unknown, "the log tells no settings")
    else if (isDatabricks(settings) && (VersionTags :+ RuntimeEngine).forall(told(_).isEmpty))
      EngineFact("", EngineState.Unknown, "the cluster's tags do not tell its runtime")
    else EngineFact(Dialect.PlainSpark, EngineState.Off, "no setting names a native engine")
  }

  /** Whether the settings are those of a Databricks cluster. */
  def isDatabricks(settings: Map[String, String]): Boolean =
    settings.keysIterator.exists(name => name.startsWith("spark.databricks.") && !PhotonSwitches(name))

  /** The same for one execution: its modified settings win over the application's, either way. */
  def ofExecution(configured: EngineFact, settings: Map[String, String], modified: Map[String, String]): EngineFact = {
    val told = Environment.Switches.getOrElse(configured.name, Vector.empty).map { name =>
      val isOwn = modified.contains(name)
      val value = modified.getOrElse(name, settings.getOrElse(name, ""))
      (name, isOwn, Chars.strip(value).toLowerCase(Locale.ROOT))
    }
    def fact(state: EngineState, name: String, value: String, isOwn: Boolean): EngineFact = {
      val where = if (isOwn) "this execution's modifiedConfigs" else "the application's settings"
      EngineFact(configured.name, state, s"$name=$value in $where")
    }
    val off = told.collectFirst { case (name, isOwn, "false") => fact(EngineState.Off, name, "false", isOwn) }
    val on = told.reverseIterator.collectFirst { case (name, true, "true") => fact(EngineState.On, name, "true", isOwn = true) }
    off.orElse(on).getOrElse(configured)
  }

  private def photonEvidence(told: EnvironmentFacts): String =
    if (told(RuntimeEngine).toUpperCase(Locale.ROOT) == "PHOTON") s"$RuntimeEngine=PHOTON"
    else
      VersionTags.find(told(_).contains("-photon-")).map(tag => s"$tag=${Chars.cut(told(tag), 120)}").getOrElse("")
}
