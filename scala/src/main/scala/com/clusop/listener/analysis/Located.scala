package com.clusop.listener.analysis

import java.util.{HashMap => JavaMap}

import com.clusop.listener.plan.{Kind, Link, Metric, Plan}

/** Where each operator ran: its stage ids, in order, empty where none is known. `ran` is false only where metrics prove that
  * nothing of the operator's segment was updated in this execution; `hasEvidence` tells whether any id of the plan was.
  */
private[analysis] final class Located(val stages: Array[Array[Int]], val ran: Vector[Boolean], val hasEvidence: Boolean)

/** In which stages an operator ran, told by accumulator ids (DESIGN §5, "Nodes and stages"). Mirror of
  * `clusop.analysis.located`.
  */
private[analysis] object Located {

  /** Stage ids in order, each once. Never changed once made, so operators share them. */
  private type Stages = Array[Int]
  private val Nowhere: Stages = new Array[Int](0)
  private val ReadMetrics = Vector(
    "fetch wait",
    "local blocks read",
    "remote blocks read",
    "local bytes read",
    "remote bytes read",
    "records read",
    "remote reqs duration",
    "remote merged",
    "local merged",
    "corrupt merged",
    "merged fetch",
    "remote bytes read to disk"
  )
  private val StageBounds = Set(
    "ShuffleQueryStage",
    "BroadcastQueryStage",
    "ResultQueryStage",
    "TableCacheQueryStage",
    "ReusedExchange",
    "ReusedSubquery"
  )

  /** Whether a shuffle or broadcast stands here: the stages above and below it differ. */
  private def isExchange(name: String, kind: Kind): Boolean = (kind eq Kind.RowExchange) || name.contains("Exchange")

  private def isBound(name: String, kind: Kind): Boolean =
    // PhotonShuffleExchangeSource reads in the stage above; the map stage and sink below it write.
    if (name.contains("Exchange")) !name.endsWith("ExchangeSource")
    else (kind eq Kind.RowExchange) || StageBounds(name) || name.endsWith("MapStage")

  /** Locate every operator of `plan` in the stages of its execution. Linear in metrics and accumulators. */
  def locate(plan: Plan, kinds: Vector[Kind], stages: Vector[StageRun]): Located = {
    val stagesOfId = new JavaMap[Long, Stages]
    stages.foreach { stage =>
      val alone = Array(stage.stageId) // one value for all of its ids: they are compared by reference first
      stage.accumulators.keysIterator.foreach { id =>
        val known = stagesOfId.put(id, alone)
        if (known != null) stagesOfId.put(id, joined(known, alone))
      }
    }
    val cached = belowCache(plan)
    if (stagesOfId.isEmpty) new Located(Array.fill(plan.size)(Nowhere), cached.iterator.map(!_).toVector, hasEvidence = false)
    else new Locating(plan, kinds, stagesOfId, cached).run()
  }

  private def joined(one: Stages, other: Stages): Stages =
    if ((one eq other) || other.length == 0) one
    else if (one.length == 0) other
    else merged(one, other)

  /** Both in order; `one` itself where it holds all of `other`. */
  private def merged(one: Stages, other: Stages): Stages = {
    val found = new Array[Int](one.length + other.length)
    var size = 0
    var left = 0
    var right = 0
    while (left < one.length || right < other.length) {
      val isLeft = right == other.length || (left < one.length && one(left) <= other(right))
      val next = if (isLeft) one(left) else other(right)
      if (right < other.length && other(right) == next) right += 1
      if (left < one.length && one(left) == next) left += 1
      found(size) = next
      size += 1
    }
    if (size == one.length) one else java.util.Arrays.copyOf(found, size)
  }

  /** Whether an operator belongs to the plan that once filled a cache; a plan alone does not claim that it runs here. */
  private def belowCache(plan: Plan): Array[Boolean] = {
    val cached = new Array[Boolean](plan.size)
    var index = 0
    while (index < plan.size) {
      val operator = plan.operators(index)
      cached(index) = operator.link == Link.Cached || (operator.parent != Plan.Root && cached(operator.parent))
      index += 1
    }
    cached
  }

  private final class Locating(
      plan: Plan,
      kinds: Vector[Kind],
      stagesOfId: JavaMap[Long, Stages],
      cached: Array[Boolean]
  ) {
    private val size = plan.size
    private val segmentOf = segments()
    private val shared = sharedIds()
    private val own = Array.tabulate(size)(ownStages)
    private val scopes =
      plan.codegens.map(scope => scope.metrics.foldLeft(Nowhere)((found, metric) => joined(found, stagesOf(metric))))

    def run(): Located = {
      val bySegment = Array.fill(size)(Nowhere)
      val hasIds = new Array[Boolean](size)
      var hasEvidence = false
      var index = 0
      while (index < size) {
        val known = if (own(index).nonEmpty) own(index) else scopeOf(index)
        val segment = segmentOf(index)
        if (known.nonEmpty) {
          bySegment(segment) = joined(bySegment(segment), known)
          hasEvidence = true
        }
        if (plan.operators(index).metrics.exists(_.accumulatorId.isDefined)) hasIds(segment) = true
        index += 1
      }
      val near = nearest()
      val located = Array.tabulate(size) { at =>
        val scope = scopeOf(at)
        if (own(at).nonEmpty) own(at)
        else if (scope.nonEmpty) scope
        else if (near(at).nonEmpty) near(at)
        else bySegment(segmentOf(at))
      }
      val ran = Vector.tabulate(size) { at =>
        val segment = segmentOf(at)
        bySegment(segment).nonEmpty || (!cached(at) && (!hasEvidence || !hasIds(segment)))
      }
      new Located(located, ran, hasEvidence)
    }

    private def scopeOf(index: Int): Stages = plan.operators(index).codegen match {
      case Some(scope) => scopes(scope)
      case None        => Nowhere
    }

    /** For each operator the number of its segment: operators joined without an exchange, a reuse, a cache or a subquery between
      * them, which therefore run in the same stages. An exchange belongs to the segment below it, where it writes.
      */
    private def segments(): Array[Int] = {
      val numbers = new Array[Int](size)
      var index = 0
      while (index < size) {
        val operator = plan.operators(index)
        val isOwn = operator.parent == Plan.Root || operator.link != Link.Child || isBound(operator.name, kinds(index))
        numbers(index) = if (isOwn) index else numbers(operator.parent)
        index += 1
      }
      numbers
    }

    /** Ids that several operators have: readers of a reused exchange. They locate none of them. */
    private def sharedIds(): java.util.HashSet[Long] = {
      val owner = new JavaMap[Long, Integer]
      val found = new java.util.HashSet[Long]
      var index = 0
      while (index < size) {
        plan.operators(index).metrics.foreach { metric =>
          metric.accumulatorId.foreach { id =>
            val first = owner.putIfAbsent(id, index)
            if (first != null && first != index) found.add(id)
          }
        }
        index += 1
      }
      found
    }

    private def ownStages(index: Int): Stages = {
      val operator = plan.operators(index)
      val reads = isExchange(operator.name, kinds(index))
      operator.metrics.foldLeft(Nowhere) { (found, metric) =>
        val stages = stagesOf(metric)
        if (stages.length == 0 || metric.accumulatorId.exists(id => shared.contains(id)) || (reads && isRead(metric))) found
        else joined(found, stages)
      }
    }

    private def isRead(metric: Metric): Boolean = ReadMetrics.exists(beginning => metric.name.startsWith(beginning))

    private def stagesOf(metric: Metric): Stages = metric.accumulatorId match {
      case Some(id) =>
        val found = stagesOfId.get(id)
        if (found == null) Nowhere else found
      case None => Nowhere
    }

    /** Per operator the stages of the closest located ancestor in its segment, else of a located descendant in it. */
    private def nearest(): Array[Stages] = {
      val above = Array.fill(size)(Nowhere)
      var index = 0
      while (index < size) {
        if (isWithParent(index)) {
          val parent = plan.operators(index).parent
          above(index) = if (own(parent).nonEmpty) own(parent) else above(parent)
        }
        index += 1
      }
      val below = Array.fill(size)(Nowhere)
      index = size - 1
      while (index > 0) {
        if (isWithParent(index)) {
          val found = if (own(index).nonEmpty) own(index) else below(index)
          if (found.nonEmpty) below(plan.operators(index).parent) = found
        }
        index -= 1
      }
      Array.tabulate(size)(at => if (above(at).nonEmpty) above(at) else below(at))
    }

    private def isWithParent(index: Int): Boolean = {
      val parent = plan.operators(index).parent
      parent != Plan.Root && segmentOf(parent) == segmentOf(index)
    }
  }
}
