package com.clusop.probe.fault

import java.io.File
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.{CountDownLatch, TimeUnit}
import java.util.function.Consumer

import com.clusop.listener.agent._
import com.clusop.listener.{PhotonFallbackListener, Reason}
import org.apache.spark.SparkContext
import org.apache.spark.scheduler.SparkListenerEvent
import org.apache.spark.sql.SparkSession

/** Kill switches before and after arming, and doors that compete for one context. */
final class SwitchFaults(checks: Checks) {
  import LocalSpark._

  def racingDoors(context: SparkContext): Unit = {
    val parts = new PoisonedParts((_, _) => ())
    val agent = LocalSpark.agent(parts)
    val before = ourListeners(context)
    val count = 16
    val gate = new CountDownLatch(1)
    val done = new CountDownLatch(count)
    (1 to count).foreach { _ =>
      val racer = new Thread(new Runnable {
        def run(): Unit = { gate.await(); agent.attach(explicit(), Some(context)); done.countDown() }
      })
      racer.start()
    }
    gate.countDown()
    checks.that("race-ends", done.await(20, TimeUnit.SECONDS))
    checks.that("one-listener", ourListeners(context) == before + 1, s"$before ${ourListeners(context)}")
    checks.that("one-feed", parts.feeds.get == 1 && agent.allSlots.size == 1, s"${parts.feeds}")
    agent.quiet.go(Reason("disarmed"))
  }

  def killFile(context: SparkContext, file: File): Unit = {
    val agent = LocalSpark.agent(new PoisonedParts((_, _) => ()))
    val request = explicit("spark.clusop.killFile" -> file.getPath)
    agent.attach(request, Some(context))
    checks.that("armed-without-kill-file", agent.allSlots.exists(_.guard.isOpen))
    file.createNewFile()
    checks.soon("kill-file-quiets")(agent.quiet.reason.map(_.id).contains("kill-file") && agent.allSlots.forall(!_.guard.isOpen))
    checks.that("kill-file-before-arming", agent.attach(request, Some(context)).toString.contains("kill-file"))
    file.delete()
    checks.that("stays-off", agent.attach(request.copy(door = "pth"), Some(context)).toString.contains("kill-file"))
    agent.attach(request, Some(context))
    checks.that("explicit-after-kill", agent.allSlots.exists(_.guard.isOpen))
    val off = LocalSpark.agent(new PoisonedParts((_, _) => ())).attach(explicit("spark.clusop.enabled" -> "false"), Some(context))
    checks.that("switched-off-before-arming", off.toString.contains("switched-off"), off.toString)
    agent.quiet.go(Reason("disarmed"))
  }

  def disarmAndRearm(session: SparkSession): Unit = {
    val context = session.sparkContext
    val parts = new PoisonedParts((_, _) => ())
    val agent = LocalSpark.agent(parts)
    agent.attach(explicit(), Some(context))
    val before = ourListeners(context)
    new Router(agent).answer("""{"op":"disarm","reason":"test"}"""): Unit
    session.range(3).count()
    drain(context)
    val seen = parts.events.get
    session.range(3).count()
    drain(context)
    checks.that("disarmed-sees-nothing", parts.events.get == seen)
    agent.attach(explicit(), Some(context))
    session.range(3).count()
    drain(context)
    checks.that("rearmed-sees", parts.events.get > seen)
    checks.that("rearm-adds-no-listener", ourListeners(context) == before)
    session.conf.set("spark.clusop.enabled", "false")
    session.range(3).count()
    checks.soon("session-conf-quiets")(agent.quiet.reason.map(_.id).contains("switched-off"))
    session.conf.unset("spark.clusop.enabled")
  }

  /** A listener that somebody made before there was a context and adds by hand now, while a door arms: still one feed. */
  def handMade(session: SparkSession): Unit = {
    val context = session.sparkContext
    val rounds = 30
    val wrong = (1 to rounds).filterNot { round =>
      val parts = new PoisonedParts((_, event) => if (event eq Marker) marks.incrementAndGet(): Unit)
      val agent = LocalSpark.agent(parts)
      val later = new Later
      val shim = new PhotonFallbackListener(later, null)
      later.to = agent.enter(shim, ShimPlace("by-hand", isInContextConstructor = false), Map.empty).fold(_ => null, sink => sink)
      marks.set(0)
      val gate = new CountDownLatch(1)
      val door = new Thread(new Runnable {
        def run(): Unit = { gate.await(); agent.attach(explicit(), Some(context)): Unit }
      })
      door.start()
      if (round % 3 == 0) { gate.countDown(); door.join() }
      context.addSparkListener(shim)
      gate.countDown()
      if (round % 3 == 1) post(context, Other)
      door.join()
      post(context, Other)
      drain(context)
      post(context, Marker)
      drain(context)
      agent.quiet.go(Reason("disarmed"))
      marks.get == 1
    }
    checks.that("one-feed-with-a-listener-by-hand", wrong.isEmpty, s"wrong in rounds $wrong of $rounds")
  }

  private val marks = new AtomicInteger
  private object Marker extends SparkListenerEvent
  private object Other extends SparkListenerEvent

  private final class Later extends Consumer[Object] {
    @volatile var to: Consumer[Object] = null
    def accept(event: Object): Unit = to.accept(event)
  }
}
