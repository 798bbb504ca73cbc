package com.clusop.listener.collect

import com.clusop.listener.Fraction
import com.clusop.listener.analysis.{Cluster, EngineFact, Observed, QueryAssessment, StageRun}
import com.clusop.listener.pricing.Priced

/** Diagnosis and money of one application, fed in the order things ended. `folds` counts how often the cluster's epochs were
  * numbered anew.
  */
private[collect] trait Appraising {

  /** A stage attempt that ended, SQL or not, each once. */
  def worked(stage: StageRun, cluster: Cluster, folds: Int): Unit

  def appraise(observed: Observed, cluster: Cluster, configured: EngineFact, folds: Int, nativeTimeSeen: Boolean): Appraised

  /** The application's engine so far, given the one that its settings name. */
  def engineOf(configured: EngineFact): String
}

/** An assessed execution; `cluster` as it was priced, `engine` the application's so far. */
private[collect] final case class Appraised(
    assessment: QueryAssessment,
    hours: Priced[Fraction],
    cluster: Cluster,
    engine: String
)
