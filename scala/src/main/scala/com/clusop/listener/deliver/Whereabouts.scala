package com.clusop.listener.deliver

import com.clusop.listener.json.Json

/** What an agent knows of its surroundings so far. What is told later may be less: what is known stays. Not thread-safe: the
  * caller holds the lock.
  */
final class Whereabouts {
  private var known = Surroundings.Unknown
  private var workers = Spread.None
  private var slots = Spread.None

  def workspace: String = known.workspace
  def cluster: String = known.cluster

  /** Told of the application as it is now. */
  def told(now: Surroundings): Unit = known = now.over(known)

  /** Seen with one execution, which may be another job's than the application's: it only fills gaps. */
  def seen(once: Surroundings, place: Place): Unit = {
    known = known.over(once)
    workers = workers + place.workers
    slots = slots + place.slots
  }

  /** What changes where something became known, or is another. How many workers there were changes all the time. */
  def weight: String = s"$known|${workers == Spread.None}|${slots == Spread.None}"

  def members: Vector[(String, Json)] = Vector(
    "cluster" -> Json.str(known.cluster),
    "spark" -> Json.str(known.spark),
    "dbr" -> Json.str(known.dbr),
    "workload" -> Json.str(known.workload),
    "task_key" -> Json.str(known.taskKey),
    "engine" -> Json.str(known.engine),
    "image" -> Json.str(known.image),
    "shape" -> shapeJson,
    "compute" -> Json.str(known.compute)
  )

  private def shapeJson: Json = {
    val isUnknown = known.shape.isEmpty && workers == Spread.None && slots == Spread.None
    val fixed = if (known.shape.isEmpty) Surroundings.NoShape else known.shape
    if (isUnknown) Json.Null else Json.Obj(fixed ++ Vector("workers" -> workers.json, "slots" -> slots.json))
  }
}
