package com.clusop.probe.fault

import java.util.concurrent.atomic.AtomicLong

import com.clusop.listener.agent._
import com.clusop.listener.{PhotonFallbackListener, Reason}
import org.apache.spark.SparkContext
import org.apache.spark.sql.SparkSession

/** Errors inside callbacks and inside their handler, and what a thread of Spark's must not notice. */
final class CallbackFaults(checks: Checks) {
  import LocalSpark._

  def errorsInEveryCallback(session: SparkSession, bare: String): Unit = {
    val context = session.sparkContext
    val armed = Poison.kinds.map { kind =>
      val parts = new PoisonedParts((_, _) => Poison.raise(kind))
      val agent = LocalSpark.agent(parts)
      agent.attach(explicit("spark.clusop.budget.maxErrors" -> "100000"), Some(context))
      (kind, parts, agent)
    }
    val rows = rowsOf(session)
    drain(context)
    checks.that("rows", rows == bare, rows)
    checks.that("alive", !context.isStopped)
    armed.foreach { case (kind, parts, agent) =>
      checks.that(s"counted-$kind", agent.losses.of("callback-error") == parts.events.get, s"${agent.losses.all}")
      checks.that(s"every-callback-$kind", parts.eventKinds.size >= 7, parts.eventKinds.keySet.toString)
      checks.that(s"still-armed-$kind", agent.quiet.reason.isEmpty && agent.allSlots.exists(_.guard.isOpen))
      agent.quiet.go(Reason("disarmed"))
    }
  }

  def errorsInTheHandler(session: SparkSession, bare: String): Unit = {
    val context = session.sparkContext
    val calls = new AtomicLong
    val guards = Poison.kinds.map { kind =>
      val feed = new EventFeed {
        def accept(event: Object): Unit = { calls.incrementAndGet(); Poison.raise(kind) }
        def tick(): Unit = ()
        def stop(reason: String): Unit = ()
        def retainedBytes: Long = 0
      }
      val losses = new Losses { def count(reason: String, number: Long): Unit = Poison.raise(kind) }
      val poison = new Runnable { def run(): Unit = Poison.raise(kind) }
      val guard = new Guard(losses, poison, poison, poison)
      guard.open(feed)
      context.addSparkListener(new PhotonFallbackListener(guard, null))
      // And a sink that is no guard at all: the shim's own catch is the last one.
      val naked = new java.util.function.Consumer[Object] { def accept(event: Object): Unit = Poison.raise(kind) }
      context.addSparkListener(new PhotonFallbackListener(naked, null))
      guard
    }
    val rows = rowsOf(session)
    drain(context)
    checks.that("handler-rows", rows == bare, rows)
    checks.that("handler-alive", !context.isStopped && calls.get > 7, s"$calls")
    guards.foreach(_.close())
  }

  def interruptFlag(context: SparkContext): Unit = {
    val parts = new PoisonedParts((_, _) => Poison.raise("interrupted"))
    val agent = LocalSpark.agent(parts)
    agent.attach(explicit(), Some(context))
    val guard = agent.allSlots.head.guard
    guard.accept("an event")
    checks.that("flag-not-invented", !Thread.currentThread.isInterrupted)
    Thread.currentThread.interrupt()
    guard.accept("another event")
    checks.that("flag-kept", Thread.interrupted())
    agent.quiet.go(Reason("disarmed"))
  }
}
