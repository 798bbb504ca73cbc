package com.clusop.listener.collect

import com.clusop.listener.WasteCalculator
import com.clusop.listener.analysis.{Cluster, Diagnose, EngineFact, Observed, StageRun}
import com.clusop.listener.economics.{Ledger, ShownEngines}
import com.clusop.listener.plan.Dialect
import com.clusop.listener.pricing.{Known, PriceSource, Unpriced}

/** Diagnosis and money of one application as it runs. Live twin of `assess_application` in `clusop.analysis.assess`: the ledger
  * and the engine shown are those of what has ended so far.
  */
private[collect] final class Appraiser(prices: PriceSource) extends Appraising {
  private val calculator = new WasteCalculator(prices)
  private val shown = new ShownEngines
  private var ledger: Ledger = null
  private var ledgerFolds = 0
  private var ledgerCpus = 1

  override def worked(stage: StageRun, cluster: Cluster, folds: Int): Unit =
    ledgerOf(cluster, folds).add(stage, cluster.epochs.size)

  override def appraise(
      observed: Observed,
      cluster: Cluster,
      configured: EngineFact,
      folds: Int,
      nativeTimeSeen: Boolean
  ): Appraised = {
    val found = Diagnose.of(observed, nativeTimeSeen)
    shown.add(found.engine)
    val engine = engineOf(configured)
    // An engine that costs a premium runs on Databricks only, whatever the tags hide.
    val isSold = Dialect.ids.contains(engine) && Dialect.of(engine).hasPremium
    val priced = if (isSold && !cluster.isDatabricks) cluster.copy(isDatabricks = true) else cluster
    val query = calculator.assess(found, priced, ledgerOf(cluster, folds), engine)
    val hours = query.hours match {
      case Known(work)   => Known(work.total.clusterHours)
      case gap: Unpriced => gap
    }
    Appraised(query.assessment, hours, priced, engine)
  }

  override def engineOf(configured: EngineFact): String = shown.engineOf(configured.name)

  /** Folding numbers the epochs anew, and other task cpus count time anew: what was asked for before is then history. */
  private def ledgerOf(cluster: Cluster, folds: Int): Ledger = {
    if (ledger == null || folds != ledgerFolds || cluster.taskCpus != ledgerCpus) {
      ledger = new Ledger(cluster.taskCpus)
      ledgerFolds = folds
      ledgerCpus = cluster.taskCpus
    }
    ledger
  }
}
