package com.clusop.listener.agent

/** The doors through which somebody came, in the order of their first use. */
private[agent] final class DoorsUsed {
  @volatile private var known = Vector.empty[String]

  def used(door: String): Unit = synchronized {
    if (door.nonEmpty && !known.contains(door) && known.size < DoorsUsed.MaxCount) known = known :+ door
  }
  def names: Vector[String] = known
}

private[agent] object DoorsUsed {
  private val MaxCount = 16
}
