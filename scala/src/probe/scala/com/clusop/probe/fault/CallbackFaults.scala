package com.clusop.probe.fault

import java.lang.reflect.{InvocationTargetException, Method}
import java.util.concurrent.atomic.AtomicLong

import com.clusop.listener.agent._
import com.clusop.listener.{PhotonFallbackListener, Reason}
import org.apache.spark.SparkContext
import org.apache.spark.scheduler.{SparkListener, SparkListenerEvent}
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.util.QueryExecutionListener

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

  /** By name: every callback that Spark has, one by one, with each error in the feed and then in the handler too. */
  def everyCallbackByName(): Unit = {
    val ways = (classOf[SparkListener].getMethods ++ classOf[QueryExecutionListener].getMethods)
      .filter(_.getName.startsWith("on")).sortBy(_.getName).toVector
    val passed = ways.flatMap { way =>
      val counted = Poison.kinds.map { kind =>
        val (losses, errors) = (new LossCounts, new AtomicLong)
        val guard = new Guard(losses, new Runnable { def run(): Unit = errors.incrementAndGet(): Unit }, nothing, nothing)
        call(way, kind, guard)
        checks.that(s"as-many-errors-${way.getName}-$kind", errors.get == losses.of("callback-error"))
        val broken = new Losses { def count(reason: String, number: Long): Unit = Poison.raise(kind) }
        val poison = new Runnable { def run(): Unit = Poison.raise(kind) }
        call(way, kind, new Guard(broken, poison, poison, poison))
        losses.of("callback-error")
      }
      checks.that(s"each-error-of-${way.getName}", counted.distinct.size == 1 && counted.head <= 1, s"$counted")
      if (counted.head == 1) Some(way.getName) else None
    }
    val own = classOf[PhotonFallbackListener].getDeclaredMethods.map(_.getName).filter(_.startsWith("on")).toSet
    // A session tells these; the bus is the only feed.
    checks.that("callbacks-that-pass", passed.toSet == own - "onSuccess" - "onFailure" && passed.size == 12, s"$passed")
    checks.that("all-callbacks-tried", own.subsetOf(ways.map(_.getName).toSet) && ways.size > own.size, s"${ways.size}")
  }

  private val nothing = new Runnable { def run(): Unit = () }

  private def call(way: Method, kind: String, guard: Guard): Unit = {
    guard.open(new EventFeed {
      def accept(event: Object): Unit = Poison.raise(kind)
      def tick(): Unit = ()
      def stop(reason: String): Unit = ()
      def retainedBytes: Long = 0
    })
    val listener = new PhotonFallbackListener(guard, null)
    val thrown =
      try {
        way.invoke(listener, way.getParameterTypes.map(CallbackFaults.blank): _*)
        ""
      } catch { case failure: InvocationTargetException => String.valueOf(failure.getCause) }
    checks.that(s"nothing-leaves-${way.getName}-$kind", thrown.isEmpty, thrown)
    checks.that(s"no-flag-${way.getName}-$kind", !Thread.interrupted())
  }
}

private object CallbackFaults {
  private val unsafe = {
    val field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe")
    field.setAccessible(true)
    field.get(null)
  }
  private val allocate = unsafe.getClass.getMethod("allocateInstance", classOf[Class[_]])

  /** An argument of that type; an event without contents, for what is in it never comes to be looked at. */
  private def blank(kind: Class[_]): Object =
    if (kind == classOf[SparkListenerEvent]) new SparkListenerEvent {}
    else if (kind == java.lang.Long.TYPE) java.lang.Long.valueOf(0)
    else if (kind == classOf[String] || java.lang.reflect.Modifier.isAbstract(kind.getModifiers)) null
    else if (classOf[SparkListenerEvent].isAssignableFrom(kind)) allocate.invoke(unsafe, kind)
    else null
}
