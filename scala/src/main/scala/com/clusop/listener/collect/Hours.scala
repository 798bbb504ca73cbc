package com.clusop.listener.collect

/** Task time by UTC hour: what lets an hour of the bill be shared out. These marks make no epochs. */
private[collect] object Hours {
  val MsPerHour = 3600000L

  /** Add the run time of `task` to `into` under the start of each hour it ran in; what rounding leaves goes to the last. */
  def spread(task: TaskTimes, into: Spread): Unit = {
    val first = hourOf(task.launchedAtMs)
    val last = Math.max(first, hourOf(task.finishedAtMs - 1))
    if (first == last) into.add(first, task.runMs)
    else {
      var leftMs = task.runMs
      var hour = first
      // A clock that jumped by weeks would make a row of hours nobody worked in.
      if ((last - first) / MsPerHour < MaxHours)
        while (hour < last) {
          val start = Math.max(hour, task.launchedAtMs)
          val partMs = Timeline.part(task.runMs, hour + MsPerHour - start, task.finishedAtMs - task.launchedAtMs)
          into.add(hour, partMs)
          leftMs -= partMs
          hour += MsPerHour
        }
      into.add(last, leftMs)
    }
  }

  def hourOf(atMs: Long): Long = atMs - Math.floorMod(atMs, MsPerHour)

  private val MaxHours = 1000
}
