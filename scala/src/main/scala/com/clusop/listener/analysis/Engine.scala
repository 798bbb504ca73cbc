package com.clusop.listener.analysis

import com.clusop.listener.plan.{Dialect, ExplanationVerdict}

/** Which engine was on for a run: its settings where the source has them, else the plan's own words. Mirror of
  * `clusop.analysis.engine`.
  */
object Engine {
  private val Photon = "photon"

  /** The engine of this run. A switch somebody set wins; where settings merely name no engine, a native operator proves that one
    * was on, and so does an explanation only that engine writes; nothing proves that it was off.
    */
  def resolve(observed: Observed): EngineFact = {
    val stated = observed.engine
    val isUnnamed = stated.name.isEmpty || stated.name == Dialect.PlainSpark
    lazy val readings = observed.readings ++ observed.text
    // Settings that name no engine may only be unreadable; a native operator is proof.
    def shown: Option[EngineFact] = readings.iterator
      .flatMap(_.plan.iterator)
      .map(plan => Dialect.engineOfNames(plan))
      .find(name => name.nonEmpty && (isUnnamed || stated.name == name))
      .map(name => EngineFact(name, EngineState.On, "native operators in the plan"))
    // Only Photon writes its explanation into the plan's text.
    def explained: Option[EngineFact] =
      if ((isUnnamed || stated.name == Photon) && readings.exists(_.explanation.verdict != ExplanationVerdict.Absent))
        Some(EngineFact(Photon, EngineState.On, "the engine's explanation below the plan"))
      else None
    stated.state match {
      case EngineState.On                => stated
      case EngineState.Off if !isUnnamed => stated
      case EngineState.Off               => shown.getOrElse(stated)
      case EngineState.Unknown           => shown.orElse(explained).getOrElse(stated)
    }
  }
}
