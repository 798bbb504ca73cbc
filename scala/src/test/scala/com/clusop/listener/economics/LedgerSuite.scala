package com.clusop.listener.economics

import com.clusop.listener.analysis.{Cluster, Epoch, StageRun}
import com.clusop.listener.pricing.{Known, Unpriced}
import com.clusop.listener.{Fraction, Reason}
import org.scalatest.funsuite.AnyFunSuite

/** The ledger of a running application: fed stage by stage, and asked before the application has ended. */
class LedgerSuite extends AnyFunSuite {
  private val Hour = 3600000L
  private val cluster = Cluster(epochs = Vector(Epoch(0L, Hour, 4, 1), Epoch(Hour, 2L * Hour, 8, 2)))

  private def stage(id: Int, times: (Int, Long)*): StageRun =
    StageRun(
      id,
      0,
      runMs = Fraction(times.map(_._2).sum),
      taskCount = 1,
      runByEpochMs = times.toVector.map { case (index, ms) => index -> Fraction(ms) }
    )

  private def hours(ledger: Ledger, stages: StageRun*): Fraction = ledger.hoursOf(stages.toVector, cluster) match {
    case Known(work) => work.total.clusterHours
    case gap         => fail(gap.toString)
  }

  test("one straggler on four slots is a quarter of the cluster") {
    val one = stage(1, 0 -> Hour)
    assert(hours(Ledger.of(cluster, Vector(one)), one) == Fraction(1L, 4L))
  }

  test("where more was asked for than was there, everybody is cut alike and nobody gets more than was there") {
    val stages = Vector(stage(1, 0 -> 4L * Hour), stage(2, 0 -> 4L * Hour))
    val ledger = Ledger.of(cluster, stages)
    assert(stages.map(hours(ledger, _)) == Vector(Fraction(1L, 2L), Fraction(1L, 2L)))
  }

  test("a stage that was never told to the ledger is still cut to the room there was") {
    assert(hours(new Ledger(1), stage(1, 0 -> 100L * Hour)) == Fraction.One)
  }

  test("an epoch without slots gives no hours, and no division by zero") {
    val bare = cluster.copy(epochs = Vector(Epoch(0L, Hour, 0, 0)))
    val one = stage(1, 0 -> Hour)
    assert(Ledger.of(bare, Vector(one)).hoursOf(Vector(one), bare) == Unpriced(Reason("no-timeline")))
    assert(new Ledger(1).hoursOf(Vector(one), bare) == Unpriced(Reason("no-timeline")))
  }

  test("a stage attempt counts once in the ledger, and an epoch that is not known places nothing") {
    val one = stage(1, 0 -> 4L * Hour)
    val ledger = Ledger.of(cluster, Vector(one, one, stage(2, 7 -> Hour), stage(3, -1 -> Hour)))
    assert(ledger.busyIn(0) == Fraction(4L * Hour) * Fraction(1000000L))
  }

  test("a hundred thousand stages leave one number per epoch, exact past the end of a long") {
    val ledger = new Ledger(Int.MaxValue)
    (1 to 100000).foreach(id => ledger.add(stage(id, 0 -> 1000000L), 2))
    assert(ledger.busyIn(0).toString == s"${BigInt(Int.MaxValue) * 1000000 * 1000000 * 100000}")
  }
}
