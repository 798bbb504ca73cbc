package com.clusop.listener.collect

import java.util.concurrent.atomic.AtomicLong

import com.clusop.listener.agent.FeedSetup
import com.clusop.listener.deliver.Sink
import com.clusop.listener.json.Json
import com.clusop.listener.pricing.{PriceSource, ShippedPrices}

/** Puts a collector together. */
object Collectors {

  /** The collector of one SparkContext, which tells `sink` what it finds. */
  def of(setup: FeedSetup, sink: Sink): Collector = {
    val usual = Limits()
    // What is held may take the larger part of the agent's budget, never all of it.
    val share = setup.settings().count("spark.clusop.budget.maxBytes") / 8 * 5
    val bounded = usual.copy(heldBytes = Math.min(usual.heldBytes, share))
    of(setup, sink, bounded, new ShippedPrices, nowMs, org.apache.spark.SPARK_VERSION)
  }

  private[clusop] def of(
      setup: FeedSetup,
      sink: Sink,
      limits: Limits,
      prices: PriceSource,
      clock: () => Long,
      runningSpark: String = ""
  ): Collector = {
    val facts = new FactSource(
      name => setup.settings().text(name),
      name => told(setup.facts(), name),
      runningSpark,
      () => (setup.settings(), setup.facts())
    )
    val held = new AtomicLong
    val room = new LiveRoom(limits.livePlans)
    val assessor = new Assessor(new Appraiser(prices), facts, sink, limits, held, room, setup.losses, clock)
    new Collector(limits, assessor, held, room, setup.work, setup.losses, clock, setup.context)
  }

  /** Time that no clock change touches, for waiting. */
  private val nowMs: () => Long = () => System.nanoTime / 1000000L

  private def told(facts: Json.Obj, name: String): String = facts.get(name) match {
    case Some(Json.Str(text)) => text
    case _                    => ""
  }
}
