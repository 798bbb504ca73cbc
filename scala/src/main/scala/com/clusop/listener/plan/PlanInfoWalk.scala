package com.clusop.listener.plan

import scala.collection.mutable
import scala.collection.mutable.ArrayBuffer

/** One pass over SparkPlanInfo in pre-order, without recursion. Mirror of `_Walk` in `clusop.plan.plan_info`. */
private[plan] final class PlanInfoWalk {
  import PlanInfoWalk._

  private val operators = ArrayBuffer.empty[Operator]
  private val codegens = ArrayBuffer.empty[Codegen]
  private val codegenRegions = ArrayBuffer.empty[Int]
  private val regions = ArrayBuffer.empty[Int]
  private val regionLevels = ArrayBuffer(0)
  private val subqueryIds = mutable.HashSet.empty[Long]
  private val finals = mutable.HashMap.empty[Link, Set[Boolean]]
  var damaged: Int = 0

  /** Walks the whole document. Why it is too large, if it is. */
  def run(root: PlanInfoEntry): Option[String] = {
    val stack = new java.util.ArrayDeque[Waiting]
    stack.push(new Waiting(Some(root), Place()))
    var nodes = 0
    while (!stack.isEmpty) {
      val next = stack.pop()
      nodes += 1
      next.node match {
        case None       => damaged += 1
        case Some(node) =>
          if (nodes > 2 * PlanInfoReader.MaxOperators || operators.size >= PlanInfoReader.MaxOperators)
            return Some(s": more than ${PlanInfoReader.MaxOperators} operators")
          if (next.place.depth >= PlanInfoReader.MaxDepth)
            return Some(s": nested deeper than ${PlanInfoReader.MaxDepth} levels")
          val below = visit(node, next.place)
          val children = node.children
          if (children.broken) damaged += 1
          inPrintedOrder(children.nodes).reverseIterator.foreach(child => stack.push(new Waiting(child, below)))
      }
    }
    None
  }

  /** Takes in one node; the place of its children. */
  private def visit(node: PlanInfoEntry, place: Place): Place = {
    val told = PlanInfoEntry.named(node)
    if (Scopes(told.name)) return enterScope(told.name, node, place)
    val name = if (told.name.isEmpty) Unnamed else told.name
    if (told.name.isEmpty) damaged += 1
    val metrics = metricsOf(node)
    val isHeld = place.parent != Plan.Root && PlanInfoReader.isSubqueryName(name)
    val link = if (isHeld) Link.Subquery else place.link
    val region = regionOf(link, metrics, place.region)
    val outermost = if (place.outermost != Link.Child) place.outermost else link
    val codegen = if (link != Link.Child || endsCodegen(name)) None else place.codegen
    if (name == Adaptive && region == 0)
      finals.put(outermost, finals.getOrElse(outermost, Set.empty[Boolean]) + saysFinal(told.arguments))
    operators += Operator(name, place.parent, link, told.arguments, metrics, codegen = codegen)
    regions += region
    Place(
      parent = operators.size - 1,
      link = if (name.endsWith(PlanInfoEntry.CacheScan)) Link.Cached else Link.Child,
      codegen = codegen,
      region = if (Reuses(name)) newRegion(region) else region,
      depth = place.depth + 1,
      outermost = outermost
    )
  }

  private def enterScope(name: String, node: PlanInfoEntry, place: Place): Place =
    if (name != "WholeStageCodegen") place.copy(codegen = None)
    else {
      val metrics = metricsOf(node)
      val written = if (node.nodeName.nonEmpty) node.nodeName else node.simpleString
      codegens += Codegen(Naming.codegenNumber(written), metrics)
      codegenRegions += place.region
      place.copy(codegen = Some(codegens.size - 1))
    }

  private def metricsOf(node: PlanInfoEntry): Vector[Metric] = {
    val found = node.metrics
    damaged += found.broken
    found.metrics
  }

  private def newRegion(around: Int): Int = {
    regionLevels += regionLevels(around) + 1
    regionLevels.size - 1
  }

  /** A subquery used by two operators is written twice, with the same accumulators: the second is a reuse. */
  private def regionOf(link: Link, metrics: Vector[Metric], around: Int): Int =
    if (link != Link.Subquery || metrics.isEmpty || around != 0) around
    else {
      val ids = idsOf(metrics)
      if (ids.forall(subqueryIds)) newRegion(around)
      else {
        subqueryIds ++= ids
        around
      }
    }

  /** The main plan tells; a plan whose subqueries alone are adaptive is told by them; a cached plan tells nothing. */
  def phase(hint: Option[Phase]): Phase = finals.get(Link.Child).orElse(finals.get(Link.Subquery)) match {
    case None                            => Phase.Static
    case Some(told) if told == Set(true) => Phase.Final
    case _                               => hint.getOrElse(Phase.Current)
  }

  def plan: Plan =
    if (regionLevels.size == 1) Plan(operators.toVector, codegens.toVector) else withoutDuplicates

  private def withoutDuplicates: Plan = {
    val occurrences = operators.indices.iterator
      .map(index => new Occurrence(operators(index).parent, regions(index), idsOf(operators(index).metrics)))
      .toVector
    val kept = Reuse.kept(occurrences, regionLevels.toVector)
    val scopes = keptScopes(kept)
    val stays = ArrayBuffer.empty[Operator]
    val places = new Array[(Int, Link)](operators.size)
    operators.indices.foreach { index =>
      val operator = operators(index)
      val (parent, above) = if (operator.parent == Plan.Root) (Plan.Root, operator.link) else places(operator.parent)
      val link = if (operator.link == Link.Child) above else operator.link
      if (!kept(index)) places(index) = (parent, link)
      else {
        places(index) = (stays.size, Link.Child)
        stays += operator.copy(parent = parent, link = link, codegen = operator.codegen.map(scopes))
      }
    }
    Plan(stays.toVector, codegens.indices.iterator.filter(scopes.contains).map(codegens(_)).toVector)
  }

  /** Codegen scopes of the plan, old index to new: those outside any reuse and those whose operators stay. */
  private def keptScopes(kept: Array[Boolean]): Map[Int, Int] = {
    val used = operators.indices.iterator.filter(kept(_)).flatMap(operators(_).codegen.iterator).toSet
    codegenRegions.indices.filter(index => codegenRegions(index) == 0 || used(index)).zipWithIndex.toMap
  }
}

private object PlanInfoWalk {
  private val Unnamed = "Unknown"
  private val Adaptive = "AdaptiveSparkPlan"
  private val Scopes = Set("WholeStageCodegen", "InputAdapter", "InMemoryRelation")
  private val Reuses = Set("ReusedExchange", "ReusedSubquery")
  private val CodegenEnds = Vector("Exchange", "QueryStage", "InMemoryTableScan")

  /** Where a node hangs: below which operator, how, in which codegen scope, reuse region and part of the plan. */
  private final case class Place(
      parent: Int = Plan.Root,
      link: Link = Link.Child,
      codegen: Option[Int] = None,
      region: Int = 0,
      depth: Int = 0,
      outermost: Link = Link.Child
  )

  private final class Waiting(val node: Option[PlanInfoEntry], val place: Place)

  private def endsCodegen(name: String): Boolean =
    CodegenEnds.exists(name.endsWith(_)) || name == Adaptive || name.startsWith("Reused")

  /** What is said first counts: an adaptive plan's arguments can quote another one's. */
  private def saysFinal(arguments: String): Boolean = {
    val yes = arguments.indexOf("isFinalPlan=true")
    val no = arguments.indexOf("isFinalPlan=false")
    yes >= 0 && (no < 0 || yes < no)
  }

  /** Subqueries before the other children, as Spark prints them. */
  private def inPrintedOrder(children: Vector[Option[PlanInfoEntry]]): Vector[Option[PlanInfoEntry]] =
    if (children.size < 2) children
    else {
      val (subqueries, others) =
        children.partition(_.exists(child => PlanInfoReader.isSubqueryName(Chars.strip(child.nodeName))))
      subqueries ++ others
    }

  private def idsOf(metrics: Vector[Metric]): Vector[Long] = metrics.flatMap(_.accumulatorId.iterator)
}
