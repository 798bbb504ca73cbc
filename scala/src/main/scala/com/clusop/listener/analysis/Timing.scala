package com.clusop.listener.analysis

import java.util.{HashMap => JavaMap}
import scala.collection.mutable

import com.clusop.listener.plan.{Dialect, Kind}
import com.clusop.listener.{Fraction, Reason}

/** A query's time: the split, its islands with their time, and the stages that count as row source or island. */
private[analysis] final case class Timed(
    split: TimeSplit,
    islands: Vector[Island],
    rowSourceMs: Option[Fraction] = None,
    rowSourceStageIds: Set[Int] = Set.empty,
    islandStageIds: Set[Int] = Set.empty
)

/** Where a query's task time went (DESIGN §5): native, islands, row sources, boundaries, warm-up and unexplained. Mirror of
  * `clusop.analysis.timing`.
  */
private[analysis] object Timing {

  /** Split the time of one run. `nativeTimeSeen` tells whether the engine's task accumulable occurs anywhere in the same
    * application: only then does its absence in a stage mean 0.
    */
  def timeOf(observed: Observed, judged: Vector[Judged], spoken: Dialect, nativeTimeSeen: Boolean): Timed = {
    val islands = islandsOf(judged)
    observed.times match {
      case times: QueryTimes   => ofQuery(times, islands)
      case AbsentTimes(reason) => without(islands, TimeSplit(None, None, RatioBasis.Structure, reasons = Vector(reason)), reason)
      case StageTimes(stages)  =>
        val shares = new StageShares(judged, spoken, nativeTimeSeen).of(stages)
        if (shares.nonEmpty && shares.forall(_.stage.isUntimed)) {
          val reason = Reason("no-times")
          without(islands, TimeSplit(None, None, RatioBasis.Structure, reasons = Vector(reason)), reason)
        } else new StageSplit(shares, judged, islands, spoken).timed()
    }
  }

  private def without(islands: Vector[Island], split: TimeSplit, reason: Reason): Timed =
    Timed(split, islands.map(_.copy(timeReason = Some(reason))))

  private def islandsOf(judged: Vector[Judged]): Vector[Island] =
    judged.indices.iterator.flatMap { graph =>
      val one = judged(graph)
      val count = if (one.plan.islandOf.isEmpty) 0 else one.plan.islandOf.max + 1
      if (count == 0) Iterator.empty else islandsOfGraph(one, graph, count)
    }.toVector

  private def islandsOfGraph(one: Judged, graph: Int, count: Int): Iterator[Island] = {
    val members = Array.fill(count)(Vector.newBuilder[Int])
    one.plan.islandOf.indices.foreach { index =>
      val number = one.plan.islandOf(index)
      if (number != Islands.Outside) members(number) += index
    }
    members.indices.iterator.map { number =>
      val inside = members(number).result()
      val stages = new java.util.TreeSet[Int]
      one.located.foreach(located => inside.foreach(index => located.stages(index).foreach(stage => stages.add(stage))))
      val ordered = Vector.newBuilder[Int]
      val each = stages.iterator
      while (each.hasNext) ordered += each.next()
      val lowestFirst = one.plan.reading.plan.map(plan => Islands.deepestFirst(plan, inside)).getOrElse(inside)
      Island(number, graph, lowestFirst, ordered.result())
    }
  }

  private def ofQuery(times: QueryTimes, islands: Vector[Island]): Timed = {
    val runMs = Fraction(times.runMs)
    times.nativeMs.map(Fraction(_)) match {
      case None =>
        val reason = Reason("native-time-unknown")
        without(islands, TimeSplit(Some(runMs), None, RatioBasis.Profile, reasons = Vector(reason)), reason)
      case Some(nativeMs) if runMs.isZero || nativeMs > runMs =>
        // Two figures that contradict each other say nothing of the island between them.
        val reason = Reason(if (runMs.isZero) "no-tasks" else "native-above-run")
        val split = TimeSplit(Some(runMs), Some(nativeMs min runMs), RatioBasis.Profile, reasons = Vector(reason))
        without(islands, split, reason)
      case Some(nativeMs) =>
        val bound = runMs - nativeMs
        val noStages = Reason("no-stage-times")
        val split = TimeSplit(
          Some(runMs),
          Some(nativeMs),
          RatioBasis.Profile,
          islandMs = Some(if (islands.isEmpty) Fraction.Zero else bound),
          unexplainedMs = if (islands.isEmpty) Some(bound) else None,
          reasons = if (islands.isEmpty) Vector.empty else Vector(noStages)
        )
        val timed =
          islands.map(one => one.copy(timeMs = Some(bound), isUpperBound = true, remarks = one.remarks :+ noStages))
        Timed(split, timed)
    }
  }

  /** The split of a run whose stages have times. */
  private final class StageSplit(shares: Vector[StageShare], judged: Vector[Judged], islands: Vector[Island], spoken: Dialect) {
    private val hasEngine = spoken.id != Dialect.PlainSpark // without an engine nothing can be off it
    private val offEngine: JavaMap[Int, Fraction] = {
      val found = new JavaMap[Int, Fraction]
      shares.foreach { share =>
        val known = found.get(share.stage.stageId)
        found.put(share.stage.stageId, if (known == null) share.offEngineMs else known + share.offEngineMs)
      }
      found
    }

    def timed(): Timed = {
      val runMs = total(shares.map(_.stage.runMs))
      val isMeasured = spoken.time.taskAccumulable.nonEmpty && shares.forall(_.nativeMs.isDefined)
      val nativeMs = if (isMeasured) Some(total(shares.flatMap(_.nativeMs))) else None
      val placed = withTimes(isMeasured)
      val islandStages = islands.iterator.flatMap(_.stageIds.iterator).filter(id => offEngine.containsKey(id)).toSet
      val sources = stagesOf(Kind.RowSource) -- islandStages
      val boundaries = stagesOf(Kind.Boundary) -- stagesOf(Kind.Native) -- islandStages -- sources
      val islandMs = off(islandStages)
      val rowSourceMs = off(sources)
      val boundaryMs = off(boundaries)
      val isLocated = placed.forall(_.timeReason.isEmpty)
      val split = TimeSplit(
        Some(runMs),
        nativeMs,
        basis,
        islandMs = if (hasEngine && (isLocated || !islandMs.isZero)) Some(islandMs) else None,
        rowSourceMs = if (hasEngine) Some(rowSourceMs) else None,
        boundaryMs = if (hasEngine) Some(boundaryMs) else None,
        unexplainedMs = nativeMs.map(native => runMs - native - islandMs - rowSourceMs - boundaryMs),
        lostMs = Some(total(shares.map(_.stage.lostRunMs))),
        reasons = reasons(isMeasured)
      )
      Timed(split, placed, Some(rowSourceMs), sources, islandStages)
    }

    private def reasons(isMeasured: Boolean): Vector[Reason] = {
      val said = mutable.LinkedHashSet.empty[Reason]
      shares.foreach { share =>
        said ++= share.remarks
        said ++= share.stage.remarks
      }
      if (shares.isEmpty) said += Reason("no-tasks")
      if (spoken.time.taskAccumulable.isEmpty) said += Reason(if (hasEngine) "no-native-time" else "no-engine")
      else if (!isMeasured) said += Reason("native-time-unknown")
      said.toVector
    }

    /** The weakest basis among stages that carry time. */
    private def basis: RatioBasis = {
      val found = shares.iterator.filterNot(_.stage.runMs.isZero).map(_.basis).toSet
      Vector(RatioBasis.Structure, RatioBasis.Operators, RatioBasis.Measured).find(found) match {
        case Some(weakest)                                                   => weakest
        case None if spoken.time.taskAccumulable.nonEmpty && shares.nonEmpty => RatioBasis.Measured
        case None                                                            => RatioBasis.Structure
      }
    }

    /** Off-engine time of each island's stages. A measured stage that several islands share is split by their operators, an
      * estimate; where only an upper bound is known each island keeps the whole, or the bound would be none.
      */
    private def withTimes(hasNativeTime: Boolean): Vector[Island] = {
      val weight = new JavaMap[Int, Int]
      islands.foreach { island =>
        island.stageIds.foreach { id =>
          weight.put(id, (if (weight.containsKey(id)) weight.get(id) else 0) + island.operators.size)
        }
      }
      islands.map { island =>
        val own = island.stageIds.filter(id => offEngine.containsKey(id))
        if (own.isEmpty) island.copy(timeReason = Some(Reason("island-not-located")))
        else {
          val size = island.operators.size
          val isShared = hasNativeTime && own.exists(id => weight.get(id) > size)
          val timeMs = total(own.map { id =>
            if (hasNativeTime) offEngine.get(id) * Fraction(size.toLong, weight.get(id).toLong) else offEngine.get(id)
          })
          val remarks = if (isShared) island.remarks :+ Reason("shared-stage") else island.remarks
          island.copy(timeMs = Some(timeMs), isUpperBound = !hasNativeTime, remarks = remarks)
        }
      }
    }

    private def off(stageIds: Set[Int]): Fraction = total(stageIds.toVector.flatMap(id => Option(offEngine.get(id))))

    private def stagesOf(kind: Kind): Set[Int] = {
      val found = mutable.HashSet.empty[Int]
      judged.foreach { one =>
        one.located.filter(_.hasEvidence).foreach { located =>
          one.plan.kinds.indices.foreach { index =>
            if ((one.plan.kinds(index) eq kind) && one.plan.ran(index)) found ++= located.stages(index)
          }
        }
      }
      found.toSet
    }

    private def total(parts: Vector[Fraction]): Fraction = parts.foldLeft(Fraction.Zero)(_ + _)
  }
}
