package com.clusop.listener.analysis

import com.clusop.listener.plan.{Operator, Plan}

/** Which operator is to blame for the bottom of an island: a Sort or a bare Project is native anywhere, so where one stands at the
  * bottom it is there for what stands above it. `named` are operators the engine itself names. Mirror of
  * `clusop.analysis.causes.blame`; each operator is asked once, however many bottoms lead up to it.
  */
private[analysis] final class Blame(plan: Plan, judged: JudgedPlan, named: Set[Int]) {
  import Blame._

  private val answers = Array.fill(plan.size)(Unasked)

  /** The operator to blame for the bottom `index`: itself, where nobody above it can be. */
  def of(index: Int): Int = {
    val passed = new java.util.ArrayList[Int]
    var current = index
    while (answers(current) == Unasked) {
      passed.add(current)
      if (named(current) || !isHarmless(plan.operators(current))) answers(current) = current
      else {
        val next = above(current)
        if (next == Nobody) answers(current) = Nobody else current = next
      }
    }
    val answer = answers(current)
    var at = 0
    while (at < passed.size) {
      answers(passed.get(at)) = answer
      at += 1
    }
    if (answer == Nobody) index else answer
  }

  /** The next operator of the same island above, or nobody. */
  private def above(index: Int): Int = {
    var at = plan.operators(index).parent
    while (at != Plan.Root && judged.islandOf(at) == Islands.Outside && Islands.isBridge(judged.kinds(at)))
      at = plan.operators(at).parent
    if (at == Plan.Root || judged.islandOf(at) != judged.islandOf(index)) Nobody
    else if (NeedsNoSort(plan.operators(at).name)) Nobody
    else at
  }
}

private object Blame {
  private val Unasked = -2
  private val Nobody = -1
  private val NeedsNoSort = Set("HashAggregate", "Filter")

  private def isHarmless(operator: Operator): Boolean =
    operator.name == "Sort" ||
      (operator.name == "Project" && operator.arguments.nonEmpty && Functions.functionsOf(operator.arguments).isEmpty)
}
