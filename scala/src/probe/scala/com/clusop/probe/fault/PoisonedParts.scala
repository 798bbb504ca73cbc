package com.clusop.probe.fault

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.{AtomicInteger, AtomicLong, AtomicReference}

import com.clusop.listener.agent._
import com.clusop.listener.json.Json

/** Parts that count what they see and fail as told. `onEvent` runs in the callback. */
final class PoisonedParts(onEvent: (FeedSetup, Object) => Unit) extends Parts {
  val feeds = new AtomicInteger
  val stops = new ConcurrentHashMap[String, Integer]
  val events = new AtomicLong
  val eventKinds = new ConcurrentHashMap[String, Integer]
  val finishes = new AtomicInteger
  val ticks = new AtomicInteger
  val told = new AtomicReference[AgentFacts]
  @volatile var heldBytes = 0L

  def feed(setup: FeedSetup): EventFeed = {
    feeds.incrementAndGet()
    new EventFeed {
      def accept(event: Object): Unit = {
        events.incrementAndGet()
        eventKinds.put(event.getClass.getSimpleName, Integer.valueOf(1))
        onEvent(setup, event)
      }
      def tick(): Unit = ()
      def stop(reason: String): Unit = stops.put(reason, Integer.valueOf(1)): Unit
      def retainedBytes: Long = heldBytes
    }
  }

  def delivery(setup: DeliverySetup): Delivery = new Delivery {
    def call(op: String, request: Json.Obj): Json.Obj = Json.obj("ok" -> Json.True, "op" -> Json.str(op))
    def tick(): Unit = ticks.incrementAndGet(): Unit
    def finish(deadlineMs: Long): Unit = finishes.incrementAndGet(): Unit
    def isPending: Boolean = false
    def retainedBytes: Long = 0
    def status: Json.Obj = Json.obj()
    def tell(state: AgentFacts): Unit = told.set(state)
  }
}
