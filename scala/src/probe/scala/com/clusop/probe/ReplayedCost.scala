package com.clusop.probe

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Paths}

import com.clusop.listener.json.{Json, JsonWriter}
import org.apache.spark.scheduler.{ReplayDoor, SparkListenerApplicationEnd}

/** What one callback costs, by class of event: `java -cp … com.clusop.probe.ReplayedCost LOG ROUNDS` (the log decompressed)
  * feeds the same event objects to a fresh collector ROUNDS times and prints the last half's times as JSON, ns; besides them the
  * cost of looking at the clock, which is in every figure.
  */
object ReplayedCost {
  def main(arguments: Array[String]): Unit = {
    val events = new java.util.ArrayList[Object]
    val reader = Files.newBufferedReader(Paths.get(arguments(0)), UTF_8)
    try {
      val lines = Iterator.continually(reader.readLine()).takeWhile(_ != null)
      ReplayDoor.replay(lines, arguments(0), event => events.add(event): Unit)
    } finally reader.close()
    val rounds = arguments(1).toInt
    val times = new java.util.TreeMap[String, Times]
    var agentNs = 0L
    (0 until rounds).foreach { round =>
      val application = new CollectedApplication(com.clusop.listener.collect.Limits(), null, false)
      val isKept = round >= rounds / 2
      val each = events.iterator
      while (each.hasNext) {
        val event = each.next()
        val startNs = System.nanoTime
        application.collector.accept(event)
        val tookNs = System.nanoTime - startNs
        if (isKept) times.computeIfAbsent(event.getClass.getSimpleName, _ => new Times).add(tookNs)
      }
      application.collector.accept(SparkListenerApplicationEnd(0))
      val cpu = java.lang.management.ManagementFactory.getThreadMXBean
      val startNs = cpu.getCurrentThreadCpuTime
      application.drain()
      if (isKept) agentNs = (cpu.getCurrentThreadCpuTime - startNs) / Math.max(application.seen.size, 1)
    }
    val clock = new Times
    (0 until 100000).foreach { _ =>
      val startNs = System.nanoTime
      clock.add(System.nanoTime - startNs)
    }
    val members = Vector.newBuilder[(String, Json)]
    val entries = times.entrySet.iterator
    while (entries.hasNext) {
      val entry = entries.next()
      members += ((entry.getKey, entry.getValue.json))
    }
    println(
      JsonWriter.canonical(
        Json.obj(
          "events" -> Json.num(events.size.toLong),
          "classes" -> Json.Obj(members.result()),
          "clock" -> clock.json,
          "agent_cpu_ns_per_execution" -> Json.num(agentNs)
        )
      )
    )
  }

  private final class Times {
    private var values = new Array[Long](1024)
    private var count = 0

    def add(ns: Long): Unit = {
      if (count == values.length) values = java.util.Arrays.copyOf(values, count * 2)
      values(count) = ns
      count += 1
    }

    def json: Json = {
      java.util.Arrays.sort(values, 0, count)
      Json.obj(
        "count" -> Json.num(count.toLong),
        "p50_ns" -> Json.num(values(count / 2)),
        "p99_ns" -> Json.num(values((count * 99L / 100).toInt)),
        "max_ns" -> Json.num(values(count - 1))
      )
    }
  }
}
