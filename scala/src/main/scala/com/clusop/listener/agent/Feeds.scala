package com.clusop.listener.agent

import java.util.function.Consumer

import com.clusop.listener.Reason
import com.clusop.listener.json.Json
import com.clusop.listener.settings.Settings
import org.apache.spark.SparkContext

/** Gives contexts their feeds, exactly one each, and puts listeners on buses. Called under the agent's arming lock, but for
  * [[admit]], which a bus thread calls.
  */
private[agent] final class Feeds(
    parts: Parts,
    agent: Agent,
    slots: Slots,
    life: AgentLife,
    settings: () => Settings,
    told: () => Json.Obj,
    nowMs: () => Long
) {
  @volatile private var sinceMs = 0L

  /** Since when there has been a feed, or 0. */
  def armedSinceMs: Long = sinceMs
  def sinceNow(): Unit = sinceMs = nowMs()

  def arm(context: SparkContext, door: String): Armed = {
    val fresh = newSlot(door, isLate = true)
    fresh.claim(context)
    var inTheWay = claimedOrTaken(context, fresh)
    // An unclaimed feed may have come up on a bus thread since the last look.
    while (inTheWay.exists(!_.isClaimed)) inTheWay = claimedOrTaken(context, fresh)
    inTheWay match {
      case Some(there) =>
        if (!there.guard.isOpen) openFeed(there)
        ArmedBefore
      case None =>
        registered(context, fresh) match {
          case Right(queue) =>
            fresh.onQueue(queue)
            ArmedNow
          case Left(why) =>
            retire(fresh)
            NotArmed(Reason("not-registered", s": $why"))
        }
    }
  }

  private def registered(context: SparkContext, fresh: Slot): Either[String, String] =
    try {
      openFeed(fresh)
      SparkSide.register(context, fresh.newListener())
    } catch { case failure: Throwable => Left(failure.toString) }

  /** Settles whose the unclaimed feeds are, then takes the place for `fresh` if it is free. */
  private def claimedOrTaken(context: SparkContext, fresh: Slot): Option[Slot] = {
    slots.live.filterNot(_.isClaimed).foreach { slot =>
      // A listener that is gone, or on no bus, was made for a context that never came up.
      if (slot.listener.exists(held => SparkSide.isAttached(context, held).getOrElse(true))) slot.claim(context)
      else retire(slot)
    }
    slots.take(fresh, slot => slot.isLive && (slot.isOf(context) || !slot.isClaimed))
  }

  /** Made before its context is up: the feed is a listener on its own queue of that context's bus, else `listener` itself, which
    * Spark is about to put on the shared one. Where the events of `listener` go; null for nowhere.
    */
  def early(listener: Object, door: String): Consumer[Object] = {
    // Only one context is under construction at a time: an unclaimed feed belongs to one that failed, or to a double entry.
    slots.all.filterNot(_.isClaimed).foreach(retire)
    val fresh = newSlot(door, isLate = false)
    val own = fresh.newListener()
    slots.take(fresh, _ => false)
    openFeed(fresh)
    if (SparkSide.registerUnderConstruction(own)) {
      fresh.onQueue(SparkSide.QueueName)
      null
    } else {
      fresh.heldBy(listener, "shared")
      fresh.guard
    }
  }

  /** For a listener somebody made before there was a context: asked at its first event, on the bus thread. */
  def admit(listener: Object, door: String): Guard = {
    val fresh = newSlot(door, isLate = true)
    fresh.heldBy(listener, "shared")
    if (agent.quiet.reason.isEmpty && slots.take(fresh, _.isLive).isEmpty) openFeed(fresh)
    fresh.guard
  }

  private def newSlot(door: String, isLate: Boolean): Slot = new Slot(newGuard(), door, isLate, nowMs())

  private def newGuard(): Guard = new Guard(
    agent.losses,
    new Runnable { override def run(): Unit = life.erred() },
    new Runnable { override def run(): Unit = agent.quiet.go(Reason("switched-off", s"${Settings.Enabled} of a session")) },
    new Runnable { override def run(): Unit = life.applicationEnded() }
  )

  private def openFeed(slot: Slot): Unit = {
    val context = slot.context.orNull
    if (sinceMs == 0) sinceMs = slot.armedAtMs
    slot.guard.open(parts.feed(FeedSetup(context, settings, told, agent.thread, agent.losses, agent.delivery, slot.isLate)))
    // Going quiet meanwhile closed only the guards it saw open.
    if (agent.quiet.reason.nonEmpty) agent.quiet.close(slot)
  }

  private def retire(slot: Slot): Unit = {
    agent.quiet.close(slot)
    slots.give(slot)
  }
}
