package com.clusop.listener.agent

import com.clusop.listener.Reasons
import com.clusop.listener.analysis.Functions
import com.clusop.listener.collect.Collectors
import com.clusop.listener.deliver.{Deliverer, Sink}
import com.clusop.listener.plan.{Dialect, Scrub}
import com.clusop.listener.pricing.PriceTable

/** The parts of the agent as it runs in a driver: a collector per context, one deliverer for all. */
private[agent] object LiveParts extends Parts {

  /** Reads what is read once only, lest it be looked for in a jar that has changed meanwhile. */
  def readFiles(): Unit = {
    val known = Dialect.ids.map(Dialect.of).size + Functions.sparkFunctions.size + Reasons.catalogue.size
    val isEmpty = known == 0 || PriceTable.keep() == 0 || Scrub.scrubArguments("a").isEmpty
    if (isEmpty) throw new IllegalStateException("the data files are empty")
  }

  override def delivery(setup: DeliverySetup): Delivery = new Deliverer(setup)

  override def feed(setup: FeedSetup): EventFeed = setup.delivery match {
    case sink: Sink => Collectors.of(setup, sink)
    case other      => throw new IllegalStateException(s"${other.getClass.getName} takes no executions")
  }
}
