package com.clusop.listener.deliver

import com.clusop.listener.analysis.JudgedPlan
import com.clusop.listener.json.Json
import com.clusop.listener.plan.Fingerprint

/** What all problems in one plan of one execution share: a large plan is hashed once and scrubbed once. */
final class SeenPlan(judged: JudgedPlan) {
  lazy val fingerprint: String = judged.reading.plan.map(Fingerprint.of).getOrElse("")

  /** The dear part, needed only where a problem is new or its plan has another shape than before. */
  lazy val digest: Digest = Digest.of(judged)
}

/** The findings of an execution as the records of its problems show them: each its own first, then the lowest others. All
  * problems share `first`; there may be thousands of findings, and no problem may hold them all.
  */
final class OtherFindings(first: Vector[Json], total: Int) {
  lazy val bytes: Long = HeldBytes.of(Json.arr(first))

  /** Those beside the one at `position`. */
  def beside(position: Int): Vector[Json] =
    (if (position < first.size) first.patch(position, Vector.empty, 1) else first).take(OtherFindings.Most)

  /** How many are not shown. */
  def cut: Int = Math.max(0, total - 1 - OtherFindings.Most)
}

object OtherFindings {
  val Most = 31
}
