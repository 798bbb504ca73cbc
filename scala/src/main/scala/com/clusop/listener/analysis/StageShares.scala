package com.clusop.listener.analysis

import java.math.BigInteger
import java.util.{HashMap => JavaMap}

import com.clusop.listener.plan.{Dialect, Kind}
import com.clusop.listener.{Fraction, Reason}

/** One stage attempt with its native time settled: `nativeMs` is absent where the engine cannot tell. */
private[analysis] final case class StageShare(
    stage: StageRun,
    nativeMs: Option[Fraction],
    basis: RatioBasis,
    remarks: Vector[Reason] = Vector.empty
) {

  /** Run time that is not native; all of it where native time is unknown (an upper bound). */
  def offEngineMs: Fraction = nativeMs match {
    case Some(native) => stage.runMs - native
    case None         => stage.runMs
  }
}

/** Native time of every stage attempt, with its basis. Mirror of `stage_shares` in `clusop.analysis.timing`. */
private[analysis] final class StageShares(judged: Vector[Judged], spoken: Dialect, nativeTimeSeen: Boolean) {
  import StageShares._

  def of(stages: Vector[StageRun]): Vector[StageShare] = stages.map(share)

  /** Per stage the native operators that ran in it. */
  private lazy val natives: JavaMap[Int, Vector[(JudgedPlan, Int)]] = {
    val found = new JavaMap[Int, Vector[(JudgedPlan, Int)]]
    judged.foreach { one =>
      one.located.filter(_.hasEvidence).foreach { located =>
        one.plan.kinds.indices.foreach { index =>
          if ((one.plan.kinds(index) eq Kind.Native) && one.plan.ran(index))
            located.stages(index).foreach { id =>
              val known = found.get(id)
              found.put(id, (if (known == null) Vector.empty else known) :+ ((one.plan, index)))
            }
        }
      }
    }
    found
  }

  private def nativesOf(stage: StageRun): Vector[(JudgedPlan, Int)] = {
    val found = natives.get(stage.stageId)
    if (found == null) Vector.empty else found
  }

  private def share(stage: StageRun): StageShare =
    if (spoken.time.taskAccumulable.isEmpty) StageShare(stage, None, RatioBasis.Operators)
    else
      stage.nativeNs match {
        case Some(nativeNs) =>
          val nativeMs = Fraction(nativeNs, NsPerMs)
          if (nativeMs > stage.runMs)
            StageShare(stage, Some(stage.runMs), RatioBasis.Measured, Vector(Reason("native-above-run")))
          else StageShare(stage, Some(nativeMs), RatioBasis.Measured)
        // The accumulable is absent, not 0, where nothing ran natively.
        case None if nativeTimeSeen && nativesOf(stage).isEmpty =>
          StageShare(stage, Some(Fraction.Zero), RatioBasis.Measured)
        case None =>
          val known = nativesOf(stage).flatMap { case (plan, index) => exclusiveNs(plan, index, stage) }
          if (known.isEmpty) StageShare(stage, None, RatioBasis.Structure)
          else {
            val summed = Fraction(known.reduce((one, other) => one.add(other)), BigInteger.valueOf(NsPerMs))
            StageShare(stage, Some(summed min stage.runMs), RatioBasis.Operators, Vector(Reason("operators-basis")))
          }
      }

  /** An operator's exclusive time in one stage, ns, from its SQL metric; nothing where it has none there. */
  private def exclusiveNs(judged: JudgedPlan, index: Int, stage: StageRun): Option[BigInteger] = {
    val wanted = spoken.time.operatorExclusive
    val values = for {
      plan <- judged.reading.plan.toVector
      if wanted.nonEmpty
      metric <- plan.operators(index).metrics
      if metric.name == wanted
      id <- metric.accumulatorId.toVector
      value <- stage.accumulators.get(id).toVector
    } yield BigInteger.valueOf(value)
    if (values.isEmpty) None else Some(values.reduce((one, other) => one.add(other)))
  }
}

private object StageShares {
  private val NsPerMs = 1000000L
}
