package com.clusop.listener.plan

import java.util.regex.Pattern

/** The kind of every operator of a plan, its place taken into account. Mirror of `classify` in `clusop.plan.dialect`. */
private[plan] object Classification {
  private val RowsToNative = Set("CometSparkRowToColumnar", "PhotonRowToColumnar")
  // No `\b`: whether Java's takes letters beyond ASCII for part of a word depends on its version.
  private val Columnar =
    Pattern.compile("parquet|(?<![A-Za-z0-9_])orc(?![A-Za-z0-9_])|delta|iceberg|hudi", Pattern.CASE_INSENSITIVE)
  private val ShownArgumentChars = 400

  def classify(plan: Plan, spoken: Dialect): Vector[Kind] = {
    val known = new java.util.HashMap[(String, Option[Boolean]), Kind]
    val kinds = new Array[Kind](plan.size)
    plan.operators.indices.foreach { index =>
      val operator = plan.operators(index)
      val key = (operator.name, operator.flaggedNative)
      var kind = known.get(key)
      if (kind == null) {
        kind = spoken.kindOf(operator.name, operator.flaggedNative)
        known.put(key, kind)
      }
      kinds(index) = kind
    }
    markLogical(plan, kinds)
    val allowed = allowedRoots(plan, kinds.toVector)
    kinds.indices.foreach { index =>
      val kind = kinds(index)
      if ((kind == Kind.Terminal || kind == Kind.Marginal) && !allowed(index)) kinds(index) = Kind.Jvm
      else if (kind == Kind.Jvm && handsOverRows(plan, index)) kinds(index) = Kind.RowSource
    }
    kinds.toVector
  }

  def rootOf(plan: Plan, kinds: Vector[Kind], start: Int): Option[Int] = {
    var index = start
    while (kinds(index) == Kind.Wrapper || kinds(index) == Kind.Command) {
      val below = plan.dataChildren(index)
      if (below.size != 1) return None
      index = below.head
    }
    Some(index)
  }

  private def allowedRoots(plan: Plan, kinds: Vector[Kind]): Set[Int] =
    plan.operators.indices.iterator
      .filter(index => plan.operators(index).parent == Plan.Root || plan.operators(index).link != Link.Child)
      .flatMap(index => rootOf(plan, kinds, index).iterator)
      .toSet

  /** A scan of unknown format right below the operator that turns rows into native batches, and columnar by no sign. */
  private def handsOverRows(plan: Plan, index: Int): Boolean = {
    val operator = plan.operators(index)
    val isScan = operator.name.startsWith("Scan ") || operator.name.startsWith("BatchScan")
    isScan && operator.parent != Plan.Root && plan.children(index).isEmpty &&
    RowsToNative(plan.operators(operator.parent).name) &&
    !Columnar.matcher(s"${operator.name} ${Chars.cut(operator.arguments, ShownArgumentChars)}").find()
  }

  /** Below `Execute XCommand` a text shows `XCommand` itself and its logical children; below other commands a tree whose leaves
    * are all logical. None of them runs.
    */
  private def markLogical(plan: Plan, kinds: Array[Kind]): Unit = {
    val onlyLogical = Array.fill(kinds.length)(true)
    kinds.indices.reverse.foreach { index =>
      val own = if (plan.children(index).nonEmpty) onlyLogical(index) else kinds(index) == Kind.Logical
      onlyLogical(index) = own
      val parent = plan.operators(index).parent
      if (parent != Plan.Root && !own) onlyLogical(parent) = false
    }
    kinds.indices.foreach { index =>
      val operator = plan.operators(index)
      if (operator.parent != Plan.Root) {
        val above = plan.operators(operator.parent).name
        val ofParent = kinds(operator.parent)
        if (ofParent == Kind.Command && onlyLogical(index) && kinds(index) != Kind.Command) kinds(index) = Kind.Logical
        else if (ofParent == Kind.Logical || above == s"Execute ${operator.name}") kinds(index) = Kind.Logical
      }
    }
  }
}
