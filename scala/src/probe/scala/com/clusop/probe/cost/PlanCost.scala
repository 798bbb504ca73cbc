package com.clusop.probe.cost

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Paths}

import com.clusop.listener.analysis.{Times => _, _}
import com.clusop.listener.economics.Ledger
import com.clusop.listener.json.{Json, JsonWriter}
import com.clusop.listener.{Fraction, PlanParser, WasteCalculator}

/** What reading, judging and pricing one plan costs warm, with its waste and confidence: `java -cp … PlanCost PLAN ROUNDS` (the
  * plan as explain text) prints the last half's CPU times as JSON.
  */
object PlanCost {
  private val HourMs = 3600000L

  def main(arguments: Array[String]): Unit = {
    val text = new String(Files.readAllBytes(Paths.get(arguments(0))), UTF_8)
    val rounds = arguments(1).toInt
    val calculator = new WasteCalculator
    val cluster = Cluster(
      cloud = "aws",
      product = "jobs",
      tier = "premium",
      driverNodeType = "m5.xlarge",
      workerNodeType = "m5.xlarge",
      availability = "on-demand",
      uptime = Uptime.Elastic,
      isDatabricks = true,
      epochs = Vector(Epoch(0, HourMs, 16, 4))
    )
    val stage = StageRun(1, 0, Fraction(600000), Some(300000L * 1000000), runByEpochMs = Vector(0 -> Fraction(600000)))
    val times = new Times
    val clock = java.lang.management.ManagementFactory.getThreadMXBean
    var operators = 0
    var isPriced = false
    (0 until rounds).foreach { round =>
      val startNs = clock.getCurrentThreadCpuTime
      val reading = PlanParser.fromText(text)
      val engine = EngineFact("photon", EngineState.On)
      val found = Diagnose.of(Observed("1", Source.Live, Vector(reading), engine, StageTimes(Vector(stage))), true)
      val query = calculator.assess(found, cluster, Ledger.of(cluster, Vector(stage)), "photon")
      if (round >= rounds / 2) times.add(clock.getCurrentThreadCpuTime - startNs)
      operators = reading.plan.map(_.size).getOrElse(0)
      isPriced = query.assessment.cost.attributed.isInstanceOf[com.clusop.listener.pricing.Known[_]]
    }
    println(
      JsonWriter.canonical(
        Json.obj("operators" -> Json.num(operators.toLong), "is_priced" -> Json.Bool(isPriced), "plan" -> times.json)
      )
    )
  }
}
