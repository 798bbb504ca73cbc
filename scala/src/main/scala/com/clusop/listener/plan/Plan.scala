package com.clusop.listener.plan

/** How an operator hangs on its parent. */
sealed abstract class Link(val value: String)

object Link {
  case object Child extends Link("child")
  case object Subquery extends Link("subquery")

  /** The plan that once filled a cache, shown below the scan that reads it. It need not have run in this execution. */
  case object Cached extends Link("cached")
}

/** A SQL metric: display name, type (`sum`, `timing` ms, `nsTiming` ns, `size` bytes, `average`), accumulator. */
final case class Metric(name: String, kind: String, accumulatorId: Option[Long] = None, value: Option[Long] = None)

/** A WholeStageCodegen scope and its metrics (`duration`, ms). */
final case class Codegen(number: Option[Int], metrics: Vector[Metric] = Vector.empty)

/** One node of a plan; `parent` is an index into [[Plan.operators]] or [[Plan.Root]]. Mirror of `clusop.plan.node.Operator`. */
final case class Operator(
    name: String,
    parent: Int,
    link: Link = Link.Child,
    arguments: String = "",
    metrics: Vector[Metric] = Vector.empty,
    number: Option[Int] = None,
    codegen: Option[Int] = None,
    flaggedNative: Option[Boolean] = None,
    stageIds: Vector[Int] = Vector.empty
)

/** A tree (in a damaged text a forest) of operators in pre-order: a parent stands before its children. */
final case class Plan(operators: Vector[Operator], codegens: Vector[Codegen] = Vector.empty) {
  operators.indices.foreach { index =>
    val parent = operators(index).parent
    require(Plan.Root <= parent && parent < index, s"operator $index has parent $parent: a parent stands before its child")
  }

  def size: Int = operators.size

  /** For each operator all that hang on it, in order, whatever the link. */
  lazy val children: Vector[Vector[Int]] = {
    val lists = Array.fill(operators.size)(Vector.newBuilder[Int])
    operators.indices.foreach { index =>
      val parent = operators(index).parent
      if (parent != Plan.Root) lists(parent) += index
    }
    lists.iterator.map(_.result()).toVector
  }

  lazy val roots: Vector[Int] = operators.indices.filter(index => operators(index).parent == Plan.Root).toVector

  lazy val depths: Vector[Int] = {
    val found = new Array[Int](operators.size)
    operators.indices.foreach { index =>
      val parent = operators(index).parent
      found(index) = if (parent == Plan.Root) 0 else found(parent) + 1
    }
    found.toVector
  }

  /** The operators that feed rows to `index`: its children without subqueries and cached plans. */
  def dataChildren(index: Int): Vector[Int] = children(index).filter(child => operators(child).link == Link.Child)

  /** From the parent of `index` up to its root. */
  def ancestors(index: Int): Iterator[Int] =
    Iterator.iterate(operators(index).parent)(above => operators(above).parent).takeWhile(_ != Plan.Root)
}

object Plan {

  /** The parent of an operator that has none. */
  val Root: Int = -1
}
