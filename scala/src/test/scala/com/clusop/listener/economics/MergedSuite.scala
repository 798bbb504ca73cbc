package com.clusop.listener.economics

import com.clusop.listener.analysis.{Figure, QueryCost, Uptime}
import com.clusop.listener.economics.Attribution.WorkHours
import com.clusop.listener.pricing.{Known, Price, Priced, Unpriced}
import com.clusop.listener.{Fraction, Range, Reason}
import org.scalatest.funsuite.AnyFunSuite

/** Several sightings as one record: recomputable, small, and never more avoidable than it cost. */
class MergedSuite extends AnyFunSuite {
  private def price(low: String, high: String, unit: String) =
    Known(Price(Range(Fraction.parse(low), Fraction.parse(high)), unit, Vector(s"$unit-$low")))

  private def rates(dbu: String): Rates = Rates(
    usdPerDbu = price(dbu, "0.65", "usd/dbu"),
    multiplier = price("2.5", "2.9", "ratio"),
    premium = price("2.5", "2.9", "ratio"),
    driverDbuPerHour = price("1", "1", "dbu/hour"),
    workerDbuPerHour = price("1", "1", "dbu/hour"),
    driverVmUsdPerHour = price("0.312", "0.312", "usd/hour"),
    onDemandWorkerVmUsdPerHour = price("0.312", "0.312", "usd/hour"),
    spotWorkerVmUsdPerHour = price("0.0312", "0.312", "usd/hour"),
    isOneNodeType = true
  )

  private def cost(hours: Fraction, share: Range, dbu: String = "0.55", isFailed: Boolean = false): QueryCost = {
    val work = WorkHours(NodeHours(hours, Fraction.Zero, hours * Fraction(3L)), NodeHours.None)
    QueryMoney.queryCost(Known(work), rates(dbu), Known(share), Uptime.Elastic, isFailed)
  }

  private def figure(priced: Priced[Figure]): Figure = priced match {
    case Known(found) => found
    case gap          => fail(gap.toString)
  }

  private def input(found: Figure, name: String): String = found.inputs.collectFirst { case (`name`, text) => text }.get

  test("what is summed can be recomputed from the record alone, and saves no more than it cost") {
    val chance = new scala.util.Random(7)
    val merged = new Merged
    (1 to 500).foreach { number =>
      val low = Fraction(chance.nextInt(500).toLong, 997L)
      val share = Range(low, low + Fraction(chance.nextInt(400).toLong, 991L))
      assert(merged.add(cost(Fraction(chance.nextInt(1 << 30).toLong, 1000003L + number), share)))
    }
    val all = merged.cost.get
    Vector(all.attributed, all.exposure, all.avoidable).map(figure).foreach { one =>
      assert(Formulas.recompute(one) == one.usd)
      assert(one.usd.low.signum >= 0)
      assert(input(one, "sightings") == "500")
      assert(one.inputs.map(_._2.length).sum < 400)
    }
    assert(figure(all.avoidable).usd.low <= figure(all.attributed).usd.low)
    assert(figure(all.avoidable).usd.high <= figure(all.attributed).usd.high)
  }

  test("one sighting alone keeps its own figures") {
    val one = cost(Fraction(1L, 7L), Range.of(Fraction(1L, 3L)))
    val merged = new Merged
    assert(merged.add(one))
    assert(merged.cost.contains(one))
  }

  test("other prices are refused and change nothing") {
    val merged = new Merged
    assert(merged.add(cost(Fraction.One, Range.of(Fraction.One))))
    assert(!merged.add(cost(Fraction.One, Range.of(Fraction.One), dbu = "0.5")))
    assert(merged.sightings == 1L)
  }

  test("a failed sighting counts in what was paid and in nothing that could be saved") {
    val merged = new Merged
    merged.add(cost(Fraction.One, Range.of(Fraction.One), isFailed = true))
    merged.add(cost(Fraction(2L), Range.of(Fraction(1L, 2L))))
    val all = merged.cost.get
    assert(input(figure(all.attributed), "driver_node_hours") == "3")
    assert(input(figure(all.exposure), "driver_node_hours") == "1")
    assert(input(figure(all.exposure), "sightings") == "1")
  }

  test("where nothing has a price, the first reason stands") {
    val gap = Unpriced(Reason("unknown-node-type", "AWS x"))
    val merged = new Merged
    merged.add(QueryCost(gap, gap, gap))
    merged.add(QueryCost(Unpriced(Reason("no-timeline")), gap, gap))
    assert(merged.cost.get.attributed == gap)
  }
}
