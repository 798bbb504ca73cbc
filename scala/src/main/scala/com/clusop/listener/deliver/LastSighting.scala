package com.clusop.listener.deliver

import com.clusop.listener.analysis.Finding
import com.clusop.listener.json.Json

/** What an open problem keeps of its last sighting: values for the wire, no plan and no stage. */
final case class LastSighting(
    finding: Finding,
    depth: Int,
    position: Int,
    others: OtherFindings,
    basis: String,
    knownTimes: Vector[Boolean],
    timeReasons: Vector[Json],
    members: Vector[(String, Json)],
    locator: Vector[(String, Json)],
    fingerprint: String,
    workspace: String,
    placed: Vector[(String, Json)],
    shape: Vector[(String, Json)],
    callSite: String
)

object LastSighting {
  private val MaxCallSiteChars = 512

  def of(seen: SeenProblem, place: Place): LastSighting = {
    val fingerprint = seen.plan.fingerprint
    val assessment = seen.assessment
    val found = assessment.diagnosis
    val known = OpenProblem.timesOf(found.time).map(_.isDefined)
    val ids = Problems.ids(found.time.reasons)
    LastSighting(
      finding = seen.finding.copy(detail = "", engineSays = ""),
      depth = Problems.depthOf(seen.finding, assessment),
      position = seen.position,
      others = seen.others,
      basis = found.time.ratioBasis.value,
      knownTimes = known,
      timeReasons = if (ids.isEmpty && known.contains(false)) Vector(Json.str("no-times")) else ids,
      members = Vector(
        "workload" -> Json.str(seen.workload.key),
        "task_key" -> Json.str(seen.workload.taskKey),
        "signature" -> Json.str(seen.signature),
        "dialect" -> Json.str(found.dialect),
        "verdict" -> Json.str(found.verdict.value),
        "cause" -> Json.str(seen.finding.cause),
        "family" -> Json.str(seen.family),
        "occurrence" -> Json.num(seen.occurrence.toLong),
        "action" -> Json.str(assessment.proposal.action.value),
        "action_reasons" -> Json.arr(Problems.ids(assessment.proposal.reasons)),
        "fingerprint" -> Json.str(fingerprint)
      ),
      locator = seen.locator,
      fingerprint = fingerprint,
      workspace = seen.workload.workspace,
      placed = place.members,
      shape = place.shape,
      callSite = place.callSite.take(MaxCallSiteChars)
    )
  }
}
