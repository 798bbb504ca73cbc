package com.clusop.listener.plan.text

import scala.collection.mutable
import scala.collection.mutable.ArrayBuffer

import com.clusop.listener.plan.{Codegen, Link, Operator, Phase, Plan}

/** The plan and its phase; how many operators lack their detail block, how many subqueries their host, how many operators a child
  * they must have.
  */
private[text] final case class CanonicalPlan(plan: Plan, phase: Phase, missingDetails: Int, homeless: Int, childless: Int)

/** Makes the plan of assembled parts: in pre-order with subqueries last, codegen scopes, and the phase it shows. Mirror of
  * `clusop.plan.text.canonical`.
  */
private[text] object CanonicalPlan {
  private val NeedsChild = Vector(
    "Project",
    "Filter",
    "Sort",
    "Agg",
    "Aggregate",
    "Join",
    "Exchange",
    "Sink",
    "ShuffleExchangeSource",
    "MapStage",
    "ResultStage",
    "ColumnarToRow",
    "RowToColumnar",
    "QueryStage",
    "ShuffleRead",
    "Window",
    "Generate",
    "Expand",
    "Limit",
    "TopK",
    "Union",
    "Coalesce",
    "EvalPython",
    "AdaptiveSparkPlan",
    "Subquery",
    "SubqueryBroadcast"
  )
  private val NeverNeedsChild = Set("ReusedExchange", "ReusedSubquery")

  /** From the plan's own tree first, then formatted mode's subqueries in the order printed. Children stand in SparkPlanInfo's
    * order: those that feed rows, then cached plans and subqueries.
    */
  def of(trees: Seq[RawTree], details: mutable.LinkedHashMap[Int, Detail], steps: Steps): CanonicalPlan = {
    val assembly = new Assembly(details)
    trees.foreach { tree =>
      steps.add(4 * tree.nodes.size)
      assembly.take(tree)
    }
    val below = new Below(assembly.parts)
    val childless = assembly.parts.indices.count { index =>
      below.data(index).isEmpty && needsChild(assembly.parts(index), assembly.parts)
    }
    CanonicalPlan(
      planOf(assembly.parts, below),
      phaseOf(assembly.parts),
      assembly.missingDetails,
      assembly.homeless,
      childless
    )
  }

  /** What hangs on each part: what feeds rows, and what stands aside. */
  private final class Below(parts: ArrayBuffer[Part]) {
    private val none = ArrayBuffer.empty[Int]
    private val fed = new Array[ArrayBuffer[Int]](parts.size)
    private val held = new Array[ArrayBuffer[Int]](parts.size)
    val roots: ArrayBuffer[Int] = ArrayBuffer.empty

    parts.indices.foreach { index =>
      val part = parts(index)
      if (part.parent == Plan.Root) roots += index
      else {
        val lists = if (part.link == Link.Child) fed else held
        if (lists(part.parent) == null) lists(part.parent) = ArrayBuffer.empty
        lists(part.parent) += index
      }
    }

    def data(index: Int): ArrayBuffer[Int] = if (fed(index) == null) none else fed(index)
    def aside(index: Int): ArrayBuffer[Int] = if (held(index) == null) none else held(index)
  }

  private def planOf(parts: ArrayBuffer[Part], below: Below): Plan = {
    val operators = Vector.newBuilder[Operator]
    val codegens = ArrayBuffer.empty[Codegen]
    val known = mutable.HashMap.empty[(Int, Int), Int]
    val scopes = new Array[Int](parts.size)
    val placed = new Array[Int](parts.size)
    var own = 0
    val stack = new java.util.ArrayDeque[Integer]
    below.roots.reverseIterator.foreach(root => stack.push(root))
    while (!stack.isEmpty) {
      val index = stack.pop().intValue
      val part = parts(index)
      placed(index) = own
      val parent = if (part.parent == Plan.Root) Plan.Root else placed(part.parent)
      // Codegen numbers start anew in every subquery and cached plan.
      val scope = if (parent == Plan.Root || part.link != Link.Child) own else scopes(parent)
      scopes(own) = scope
      val codegen = part.codegen.filter(_ != 0).map { number =>
        known.getOrElseUpdate(
          (scope, number), {
            codegens += Codegen(Some(number))
            codegens.size - 1
          }
        )
      }
      operators += Operator(part.name, parent, part.link, part.arguments, number = part.number, codegen = codegen)
      own += 1
      below.aside(index).reverseIterator.foreach(each => stack.push(each))
      below.data(index).reverseIterator.foreach(each => stack.push(each))
    }
    Plan(operators.result(), codegens.toVector)
  }

  private def needsChild(part: Part, parts: ArrayBuffer[Part]): Boolean =
    !NeverNeedsChild(part.name) && NeedsChild.exists(part.name.endsWith(_)) &&
      (part.parent == Plan.Root || !parts(part.parent).name.endsWith("Command"))

  /** The phase of the plan itself; that of its subqueries only where it has no adaptive part of its own. */
  private def phaseOf(parts: ArrayBuffer[Part]): Phase = {
    val own = ArrayBuffer.empty[Phase]
    val ofSubqueries = ArrayBuffer.empty[Phase]
    val below = new Array[Link](parts.size)
    parts.indices.foreach { index =>
      val part = parts(index)
      val above = if (part.parent == Plan.Root) Link.Child else below(part.parent)
      below(index) = if (part.link == Link.Child || above == Link.Cached) above else part.link
      val phase =
        if (part.name != Assembly.Adaptive || part.phase.nonEmpty) part.phase
        else Some(if (part.arguments.contains("isFinalPlan=true")) Phase.Final else Phase.Initial)
      phase.foreach { found =>
        if (below(index) == Link.Child) own += found
        else if (below(index) != Link.Cached) ofSubqueries += found
      }
    }
    Copies.leastFinal(if (own.nonEmpty) own else ofSubqueries)
  }
}
