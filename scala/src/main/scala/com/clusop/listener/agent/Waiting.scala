package com.clusop.listener.agent

import java.util.function.Consumer

/** A listener that nobody has put on a bus yet. Its first event decides whether it is a feed or one too many. */
private[agent] final class Waiting(admit: () => Guard) extends Consumer[Object] {
  @volatile private var decided: Guard = null

  override def accept(event: Object): Unit = {
    if (decided == null) decided = admit()
    decided.accept(event)
  }
}
