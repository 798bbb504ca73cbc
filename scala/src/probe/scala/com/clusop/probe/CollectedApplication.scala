package com.clusop.probe

import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicLong

import com.clusop.listener.agent.{FeedSetup, Losses, Work}
import com.clusop.listener.analysis.Cluster
import com.clusop.listener.collect.{Collector, Collectors, Limits}
import com.clusop.listener.deliver.{SeenExecution, Sink, StageDone, WorkloadFacts}
import com.clusop.listener.json.Json
import com.clusop.listener.pricing.ShippedPrices
import com.clusop.listener.settings.Settings

/** A collector with nothing around it: keeps what it hands over. Its work runs when [[drain]] is called, or at once by the
  * thread that calls [[accept]] where `isImmediate`.
  */
final class CollectedApplication(limits: Limits, context: Object, isImmediate: Boolean) {
  val seen = new ConcurrentLinkedQueue[SeenExecution]
  val stages = new ConcurrentLinkedQueue[StageDone]
  val losses = new CountedLosses
  private val waiting = new ConcurrentLinkedQueue[Runnable]
  val nowMs = new AtomicLong
  @volatile var refuses = false
  @volatile var hasEnded = false

  def this() = this(Limits(), null, true)

  private val work = new Work {
    override def submit(task: Runnable): Boolean =
      if (refuses) false
      else {
        waiting.add(task)
        true
      }
  }

  private val sink = new Sink {
    override def executed(one: SeenExecution): Unit = seen.add(one): Unit
    override def stageDone(done: StageDone): Unit = stages.add(done): Unit
    override def runsOn(cluster: Cluster, workload: WorkloadFacts): Unit = ()
    override def executors(atMs: Long, slotsByNodeType: Vector[(String, Int)]): Unit = ()
    override def lost(reason: String, count: Long): Unit = losses.count(reason, count)
    override def applicationEnded(): Unit = hasEnded = true
  }

  val collector: Collector = {
    val settings = Settings.resolve(Map.empty[String, String], Map.empty[String, String], (_: String) => None)
    val setup = FeedSetup(context, () => settings, () => Json.obj(), work, losses, null, isLate = context != null)
    Collectors.of(setup, sink, limits, new ShippedPrices, () => nowMs.get)
  }

  def accept(event: Object): Unit = {
    collector.accept(event)
    if (isImmediate) drain()
  }

  def waitingCount: Int = waiting.size

  def drain(): Unit = {
    var task = waiting.poll()
    while (task != null) {
      task.run()
      task = waiting.poll()
    }
  }
}

/** Counts by reason. */
final class CountedLosses extends Losses {
  private val counts = new java.util.TreeMap[String, java.lang.Long]

  override def count(reason: String, number: Long): Unit = synchronized {
    val known = counts.get(reason)
    counts.put(reason, (if (known == null) 0L else known.longValue) + number): Unit
  }

  def of(reason: String): Long = synchronized {
    val known = counts.get(reason)
    if (known == null) 0L else known.longValue
  }

  def json: Json = synchronized {
    val members = Vector.newBuilder[(String, Json)]
    val entries = counts.entrySet.iterator
    while (entries.hasNext) {
      val entry = entries.next()
      members += ((entry.getKey, Json.num(entry.getValue.longValue)))
    }
    Json.Obj(members.result())
  }
}
