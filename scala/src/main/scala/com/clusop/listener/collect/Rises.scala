package com.clusop.listener.collect

/** What each stage of an execution added to its SQL accumulators.
  *
  * They carry the driver's running value, which several stages of an execution may raise (the sampling job of a range shuffle
  * runs the same scan as the shuffle). What an attempt is given is the rise since the last stage of the execution that showed
  * the accumulator, so the contributions add up to the metric's final value. Mirror of `JobsAndStages._totals` in
  * `clusop.eventlog.jobs_stages`.
  */
private[collect] object Rises {

  /** For each of `attempts`, in their order, what it raised. */
  def of(attempts: Array[StageSums]): Array[Map[Long, Long]] = {
    val levels = new java.util.HashMap[java.lang.Long, java.lang.Long]
    val rises = Array.fill(attempts.length)(Map.empty[Long, Long])
    val completed = attempts.indices.filter(attempts(_).totals != null).sortBy(attempts(_).totals.order)
    completed.foreach { index =>
      val totals = attempts(index).totals
      val raised = Map.newBuilder[Long, Long]
      var at = 0
      while (at < totals.ids.length) {
        val id = java.lang.Long.valueOf(totals.ids(at))
        val level = totals.levels(at)
        val known = levels.get(id)
        val before = if (known == null) 0L else known.longValue
        raised += ((totals.ids(at), Math.max(level - before, 0L)))
        levels.put(id, Math.max(level, before))
        at += 1
      }
      rises(index) = raised.result()
    }
    rises
  }
}
