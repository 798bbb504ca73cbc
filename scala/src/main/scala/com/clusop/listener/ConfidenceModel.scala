package com.clusop.listener

import com.clusop.listener.analysis.{Action, Confidence, Diagnosis, Evidence, QueryCost}
import com.clusop.listener.analysis.{ConfidenceModel => Legs}

/** How sure we are of one query: the reading, the cause, the dollars and the advice (DESIGN §7). The model itself is
  * [[com.clusop.listener.analysis.ConfidenceModel]].
  */
object ConfidenceModel {

  /** The three legs on which advice rests. `remarks` are those of the rates and of the hours. */
  def evidenceOf(found: Diagnosis, cost: QueryCost, remarks: Vector[Reason] = Vector.empty): Evidence = Evidence(
    Legs.parseLeg(found.plans.map(_.reading), found.newNativeNames, found.engine.name, found.observed.problems),
    Legs.diagnosisLeg(found.verdict, found.findings, found.explanation, found.verdictReasons),
    Legs.costLeg(cost, found.time, found.findings, remarks)
  )

  /** The four legs of a query whose proposal is `action`. */
  def of(evidence: Evidence, action: Action): Confidence = Legs.confidenceOf(evidence, action)
}
