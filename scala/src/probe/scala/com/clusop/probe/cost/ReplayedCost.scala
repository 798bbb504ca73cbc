package com.clusop.probe.cost

import java.lang.management.ManagementFactory
import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Paths}

import com.clusop.listener.PhotonFallbackListener
import com.clusop.listener.agent.Guard
import com.clusop.listener.collect.Limits
import com.clusop.listener.json.{Json, JsonWriter}
import com.clusop.probe.CollectedApplication
import org.apache.spark.scheduler._

/** What one callback costs, by class of event: `java -cp … com.clusop.probe.cost.ReplayedCost LOG ROUNDS` (the log decompressed)
  * replays it ROUNDS times into a fresh listener, as Spark's bus hands events on (shim, guard, collector), and prints the last
  * half's times as JSON, ns; besides them the cost of looking at the clock, which is in every figure, and what the agent's
  * thread took per execution, ns of CPU.
  *
  * Twice: warm, where the same few events went to another listener just before, so that code and event are in the processor's
  * caches; and cold, each event right after it was parsed, 14 KB of JSON on average, which leaves the caches to the parser.
  */
object ReplayedCost {
  private val WarmRounds = 6000
  private val Few = 16
  private val Nothing = new Runnable { override def run(): Unit = () }

  def main(arguments: Array[String]): Unit = {
    val log = arguments(0)
    var count = 0L
    val rounds = arguments(1).toInt
    val times = new java.util.TreeMap[String, Times]
    val coldTimes = new java.util.TreeMap[String, Times]
    val agent = new Times
    val bus = new DirectBus
    var executions = 0
    var firstNs = 0L
    warm(log, bus)
    (0 until rounds).foreach { round =>
      val application = new CollectedApplication(Limits(), null, false)
      val listener = listenerOf(application)
      val into = if (round < rounds / 2) null else if (round % 2 == 0) times else coldTimes
      if (round % 2 == 0) count = warmly(log, bus, listener, into)
      else each(log)(event => timed(bus, listener, event, into))
      application.collector.accept(SparkListenerApplicationEnd(0))
      val cpu = ManagementFactory.getThreadMXBean
      val startNs = cpu.getCurrentThreadCpuTime
      application.drain()
      executions = application.seen.size
      val eachNs = (cpu.getCurrentThreadCpuTime - startNs) / Math.max(executions, 1)
      if (round == 0) firstNs = eachNs
      if (into ne null) agent.add(eachNs)
    }
    println(
      JsonWriter.canonical(
        Json.obj(
          "events" -> Json.num(count),
          "executions" -> Json.num(executions.toLong),
          "classes" -> told(times),
          "classes_cold" -> told(coldTimes),
          "clock" -> clock.json,
          "agent_cpu_per_execution" -> agent.json,
          "agent_cpu_cold_ns" -> Json.num(firstNs)
        )
      )
    )
  }

  /** Some classes come once in an application: without this they would be measured as bytecode that nobody compiled. */
  private def warm(log: String, bus: DirectBus): Unit = {
    val rare = new java.util.ArrayList[SparkListenerEvent]
    each(log) {
      case _: SparkListenerTaskStart | _: SparkListenerTaskEnd => ()
      case event                                               => rare.add(event): Unit
    }
    (0 until WarmRounds).foreach { _ =>
      val listener = listenerOf(new CollectedApplication(Limits(), null, false))
      val events = rare.iterator
      while (events.hasNext) bus.pass(listener, events.next())
    }
  }

  /** How many events there were. */
  private def warmly(
      log: String,
      bus: DirectBus,
      listener: PhotonFallbackListener,
      into: java.util.TreeMap[String, Times]
  ): Long = {
    val before = listenerOf(new CollectedApplication(Limits(), null, false))
    val few = new java.util.ArrayList[SparkListenerEvent]
    var count = 0L
    def passOn(): Unit = {
      few.forEach(event => bus.pass(before, event))
      few.forEach(event => timed(bus, listener, event, into))
      few.clear()
    }
    each(log) { event =>
      count += 1
      few.add(event)
      if (few.size == Few) passOn()
    }
    passOn()
    count
  }

  private def timed(
      bus: DirectBus,
      listener: PhotonFallbackListener,
      event: SparkListenerEvent,
      into: java.util.TreeMap[String, Times]
  ): Unit = {
    val startNs = System.nanoTime
    bus.pass(listener, event)
    val tookNs = System.nanoTime - startNs
    if (into ne null) into.computeIfAbsent(event.getClass.getSimpleName, _ => new Times).add(tookNs)
  }

  private def listenerOf(application: CollectedApplication): PhotonFallbackListener = {
    val guard = new Guard(application.losses, Nothing, Nothing, Nothing)
    guard.open(application.collector)
    new PhotonFallbackListener(guard, null)
  }

  /** Every event as Spark's own replay makes it of its line, one after the other, as fresh as on a bus. */
  private def each(log: String)(take: SparkListenerEvent => Unit): Unit = {
    val reader = Files.newBufferedReader(Paths.get(log), UTF_8)
    try {
      val lines = Iterator.continually(reader.readLine()).takeWhile(_ != null)
      ReplayDoor.replay(lines, log, (event: Object) => take(event.asInstanceOf[SparkListenerEvent])): Unit
    } finally reader.close()
  }

  private def clock: Times = {
    val times = new Times
    (0 until 100000).foreach { _ =>
      val startNs = System.nanoTime
      times.add(System.nanoTime - startNs)
    }
    times
  }

  private def told(times: java.util.TreeMap[String, Times]): Json = {
    val members = Vector.newBuilder[(String, Json)]
    val entries = times.entrySet.iterator
    while (entries.hasNext) {
      val entry = entries.next()
      members += ((entry.getKey, entry.getValue.json))
    }
    Json.Obj(members.result())
  }
}
