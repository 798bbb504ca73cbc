package com.clusop.listener.plan

/** Children as they are listed: nothing for an entry that is no node; `broken` where there is no list at all. */
private[plan] final case class InfoChildren(nodes: Vector[Option[PlanInfoEntry]], broken: Boolean = false)

/** Metrics that could be read and how many entries could not. */
private[plan] final case class InfoMetrics(metrics: Vector[Metric], broken: Int = 0)

/** One node of SparkPlanInfo, from JSON or live: what the one walk over both asks of it. Texts are `""` where they are missing.
  * Mirror of `clusop.plan.plan_info_entry`.
  */
private[plan] trait PlanInfoEntry {
  def nodeName: String
  def simpleString: String
  def children: InfoChildren
  def metrics: InfoMetrics
}

private[plan] object PlanInfoEntry {
  val CacheScan: String = "InMemoryTableScan"
  val MaxMetrics: Int = 1000
  private val MaxNameChars = 256

  /** The canonical name of a node and what its one-line text says besides. */
  def named(node: PlanInfoEntry): Named = {
    val named = Chars.strip(node.nodeName)
    val written = Chars.strip(node.simpleString)
    val simple = written.substring(Naming.codegenPrefixEnd(written))
    val own = Naming.canonicalName(named)
    val told = if (named == simple) own else Naming.canonicalName(simple)
    if (own.name.isEmpty) Named(Chars.cut(told.name, MaxNameChars), told.arguments)
    else {
      val arguments =
        if (simple.isEmpty) own.arguments
        else if (told.name == own.name) told.arguments
        else Chars.cut(simple, Naming.MaxArgumentChars)
      Named(Chars.cut(own.name, MaxNameChars), arguments)
    }
  }

  def metric(name: String, kind: String, accumulatorId: Long): Metric =
    Metric(Chars.cut(name, MaxNameChars), Chars.cut(kind, MaxNameChars), Some(accumulatorId))
}
