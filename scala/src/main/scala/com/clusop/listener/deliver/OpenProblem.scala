package com.clusop.listener.deliver

import com.clusop.listener.analysis.{Leg, TimeSplit}
import com.clusop.listener.economics.{ExactText, Merged}
import com.clusop.listener.json.Json
import com.clusop.listener.pricing.{Known, Unpriced}
import com.clusop.listener.{Fraction, Units}

/** Sightings of one problem that have not been sealed: sums over all of them, and the plan of the last.
  *
  * All it sums is alike by construction ([[OpenProblem.keyOf]]): cause, verdict, action, basis of time, which classes of time are
  * known, cluster and release. Times are counted in whole nanoseconds, so sums stay short. Of each leg of confidence the
  * lowest counts.
  */
final class OpenProblem {
  private var last: LastSighting = null
  private var runs = 0L
  private var startAtMs = Long.MaxValue
  private var endAtMs = Long.MinValue
  private val timeNs = Array.fill(OpenProblem.TimeNames.size)(Fraction.Zero)
  private var problemNs = Fraction.Zero
  private var hours = Fraction.Zero
  private var hoursReason = ""
  private var workers = Spread.None
  private var slots = Spread.None
  private val merged = new Merged
  private var legs = Vector.empty[Leg]
  private var digest = Digest(Vector.empty, 0)

  /** Adds a sighting. `false`, and nothing is added, where its prices differ: seal this one and open another. */
  def add(seen: SeenProblem, place: Place): Boolean = {
    val accepted = merged.add(ProblemCost.of(seen.assessment.cost, seen.share))
    if (accepted) {
      val found = seen.assessment.diagnosis
      runs += 1
      startAtMs = startAtMs min found.observed.startAtMs.getOrElse(place.atMs)
      endAtMs = endAtMs max (found.observed.endAtMs.getOrElse(place.atMs) max startAtMs)
      OpenProblem.timesOf(found.time).zipWithIndex.foreach { case (value, index) =>
        value.foreach(ms => timeNs(index) = timeNs(index) + OpenProblem.wholeNs(ms))
      }
      for (ratio <- seen.finding.timeRatio; run <- found.time.runMs)
        problemNs = problemNs + OpenProblem.wholeNs(Problems.clamped(ratio) * run)
      place.hours match {
        case Known(more)      => hours = hours + (more * OpenProblem.StepsPerHour).floored / OpenProblem.StepsPerHour
        case Unpriced(reason) => hoursReason = reason.id
      }
      val confidence = seen.assessment.confidence
      val seenLegs = Vector(confidence.parse, confidence.diagnosis, confidence.cost, confidence.recommendation)
      legs =
        if (legs.isEmpty) seenLegs
        else legs.zip(seenLegs).map { case (one, other) => if (other.score < one.score) other else one }
      workers = workers + place.workers
      slots = slots + place.slots
      // Scrubbing a plan's arguments is the dear part: done once for one shape of plan.
      if (needsDigest(seen)) digest = seen.plan.digest
      last = LastSighting.of(seen, place)
    }
    accepted
  }

  def needsDigest(seen: SeenProblem): Boolean = last == null || seen.plan.fingerprint != last.fingerprint

  /** An estimate of what is held; what is in `counted` already, because another problem holds it too, is not counted again. */
  def bytes(counted: java.util.IdentityHashMap[AnyRef, AnyRef]): Long = {
    def once(part: AnyRef, size: => Long): Long = if (counted.put(part, part) == null) size else 0L
    OpenProblem.OwnBytes + once(digest, digest.bytes) + (if (last == null) 0L else once(last.others, last.others.bytes))
  }

  /** The fields that need neither agent, cluster nor clock. Mirror of `body` in `clusop.analysis.records.problems`. */
  def body: Vector[(String, Json)] = {
    val figures = merged.cost.map { cost =>
      Json.obj(
        "attributed" -> ProblemCost.json(cost.attributed),
        "exposure" -> ProblemCost.json(cost.exposure),
        "avoidable" -> ProblemCost.json(cost.avoidable),
        "avoidable_is_capacity" -> Json.Bool(cost.avoidableIsCapacity)
      )
    }
    last.members ++ Vector(
      "time" -> timeJson,
      "figures" -> figures.getOrElse(Json.Null),
      "confidence" -> Json.Obj(OpenProblem.LegNames.zip(legs.map(Problems.legJson)))
    )
  }

  /** Its own finding first, with its share of all runs; then the last run's others. */
  def findings: Vector[Json] = {
    val run = timeNs(0)
    val ratio =
      if (runs <= 1) last.finding.timeRatio
      else last.finding.timeRatio.map(_ => if (run.isZero) Fraction.Zero else problemNs / run)
    Problems.findingJson(last.finding, last.depth, ratio) +: last.others.beside(last.position)
  }

  /** The whole line under a sequence. */
  def line(agent: String, sequence: Long, allowCallSite: Boolean): String = {
    val shape = last.shape ++ Vector("workers" -> workers.json, "slots" -> slots.json)
    val site = if (allowCallSite) Gate.callSite(last.callSite) else ""
    val locator = last.locator ++ (if (site.isEmpty) Vector.empty else Vector("call_site" -> Json.str(site)))
    val members = RecordLine.envelope("signal", agent, sequence, last.workspace) ++ last.placed ++ body ++ Vector(
      "start_at_ms" -> Json.num(startAtMs max 0L),
      "end_at_ms" -> Json.num(endAtMs max startAtMs max 0L),
      "runs" -> Json.num(runs),
      "hours" -> (if (hoursReason.isEmpty) Json.str(ExactText.numberText(hours)) else Json.Null),
      "hours_reason" -> Json.str(hoursReason),
      "shape" -> Json.Obj(shape),
      "locator" -> Json.Obj(locator)
    )
    SignalLine.of(members, digest, last.finding.index, findings, last.others.cut)
  }

  /** What Python's `body` has, of one sighting. */
  def wholeBody: Json.Obj = Json.Obj(
    body ++ Vector(
      "findings" -> Json.arr(findings),
      "findings_cut" -> Json.num(last.others.cut.toLong),
      "digest" -> Json.arr(digest.entries),
      "digest_from" -> Json.num(0L),
      "digest_cut" -> Json.num(digest.cut.toLong),
      "locator" -> Json.Obj(last.locator)
    )
  )

  private def timeJson: Json = {
    val classes = OpenProblem.TimeNames.indices.toVector.map { index =>
      val ms = (timeNs(index) / Units.NsPerMs).rounded
      OpenProblem.TimeNames(index) -> (if (last.knownTimes(index)) Json.num(ms.max(java.math.BigInteger.ZERO)) else Json.Null)
    }
    Json.Obj(("basis" -> Json.str(last.basis)) +: classes :+ ("reasons" -> Json.arr(last.timeReasons)))
  }
}

object OpenProblem {
  val TimeNames: Vector[String] =
    Vector("run_ms", "native_ms", "island_ms", "row_source_ms", "boundary_ms", "unexplained_ms", "lost_ms")
  private val LegNames = Vector("parse", "diagnosis", "cost", "recommendation")
  private val StepsPerHour = Fraction(1000000000000L)

  /** Sums, figures and members; the digest and the other findings are counted as they are. */
  private val OwnBytes = 10L * 1024

  /** What must be alike in sightings that are summed. */
  def keyOf(seen: SeenProblem, place: Place): String = {
    val found = seen.assessment.diagnosis
    val known = timesOf(found.time).map(value => if (value.isDefined) '1' else '0').mkString
    val ratio = seen.finding.timeRatio.isDefined
    Vector(
      seen.signature,
      // Two causes can be one problem (a UDF by Arrow or not), and a signal names one cause.
      seen.finding.cause,
      found.verdict.value,
      found.dialect,
      found.time.ratioBasis.value,
      known,
      ratio.toString,
      seen.finding.isUpperBound.toString,
      seen.assessment.proposal.action.value,
      place.hours.isInstanceOf[Unpriced].toString,
      place.fixed
    ).mkString("|")
  }

  private[deliver] def timesOf(split: TimeSplit): Vector[Option[Fraction]] = Vector(
    split.runMs,
    split.nativeMs,
    split.islandMs,
    split.rowSourceMs,
    split.boundaryMs,
    split.unexplainedMs,
    split.lostMs
  )

  private def wholeNs(ms: Fraction): Fraction = Fraction((ms * Units.NsPerMs).rounded, java.math.BigInteger.ONE)
}
