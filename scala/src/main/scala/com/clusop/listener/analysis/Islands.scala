package com.clusop.listener.analysis

import com.clusop.listener.plan.{Kind, Link, Plan}

/** Islands: connected operators off the engine (DESIGN §4). Those joined only by boundaries, wrappers or row exchanges, with no
  * native operator between, are one. Mirror of `clusop.analysis.islands`.
  */
private[analysis] object Islands {

  /** The island of an operator outside all of them. */
  val Outside: Int = -1

  /** Kinds that make an island. A row exchange alone makes none. */
  def isMember(kind: Kind): Boolean = kind match {
    case Kind.Jvm | Kind.Python | Kind.Marginal => true
    case _                                      => false
  }

  /** Kinds that keep what stands above and below them in one island. */
  def isBridge(kind: Kind): Boolean = kind match {
    case Kind.Boundary | Kind.Wrapper | Kind.RowExchange | Kind.Command | Kind.Terminal => true
    case _                                                                              => false
  }

  /** For each operator the number of its island, from 0 in pre-order of first appearance. */
  def numbers(plan: Plan, kinds: Vector[Kind], ran: Vector[Boolean]): Vector[Int] = {
    val island = Array.fill(plan.size)(Outside)
    val bridgeTo = Array.fill(plan.size)(Outside)
    var count = 0
    var index = 0
    while (index < plan.size) {
      val operator = plan.operators(index)
      val kind = kinds(index)
      if (kind ne Kind.Native) {
        val parent = operator.parent
        val above =
          if (parent == Plan.Root || operator.link != Link.Child) Outside
          else if (island(parent) != Outside) island(parent)
          else bridgeTo(parent)
        if (isMember(kind) && ran(index)) {
          if (above == Outside) count += 1
          island(index) = if (above == Outside) count - 1 else above
        } else if (isBridge(kind)) bridgeTo(index) = above
      }
      index += 1
    }
    if (count == 0) island.toVector else joined(plan, kinds, island, count)
  }

  /** Join islands that meet below a common bridge: two inputs of a boundary or row exchange with several children. */
  private def joined(plan: Plan, kinds: Vector[Kind], island: Array[Int], count: Int): Vector[Int] = {
    val sets = new Joined(count)
    val top = island.clone
    var index = plan.size - 1
    while (index > 0) {
      val operator = plan.operators(index)
      val parent = operator.parent
      if (top(index) != Outside && parent != Plan.Root && operator.link == Link.Child && isBridge(kinds(parent))) {
        if (top(parent) == Outside) top(parent) = top(index) else sets.join(top(parent), top(index))
      }
      index -= 1
    }
    val order = Array.fill(count)(Outside)
    var next = 0
    island.iterator.map { number =>
      if (number == Outside) Outside
      else {
        val first = sets.find(number)
        if (order(first) == Outside) {
          order(first) = next
          next += 1
        }
        order(first)
      }
    }.toVector
  }

  /** Per island its members with no other member below them, deepest first: where causes sit. */
  def lowest(plan: Plan, kinds: Vector[Kind], islandOf: Vector[Int]): Vector[Vector[Int]] = {
    val above = Array.fill(plan.size)(Outside)
    val hasBelow = new Array[Boolean](plan.size)
    var count = 0
    var index = 0
    while (index < plan.size) {
      val operator = plan.operators(index)
      val parent = operator.parent
      if (parent != Plan.Root && operator.link == Link.Child) {
        above(index) =
          if (islandOf(parent) != Outside) parent
          else if (isBridge(kinds(parent))) above(parent)
          else Outside
      }
      if (islandOf(index) != Outside) {
        count = Math.max(count, islandOf(index) + 1)
        if (above(index) != Outside) hasBelow(above(index)) = true
      }
      index += 1
    }
    val found = Array.fill(count)(Vector.newBuilder[Int])
    islandOf.indices.foreach(at => if (islandOf(at) != Outside && !hasBelow(at)) found(islandOf(at)) += at)
    found.iterator.map(members => deepestFirst(plan, members.result())).toVector
  }

  /** By depth, the deepest first; equal ones in pre-order. */
  def deepestFirst(plan: Plan, members: Vector[Int]): Vector[Int] = members.sortBy(index => (-plan.depths(index), index))

  /** Numbers that became one, each known by the smallest. */
  private final class Joined(count: Int) {
    private val parentOf = Array.range(0, count)

    def find(number: Int): Int = {
      var at = number
      while (parentOf(at) != at) {
        parentOf(at) = parentOf(parentOf(at))
        at = parentOf(at)
      }
      at
    }

    def join(one: Int, other: Int): Unit = {
      val first = find(one)
      val second = find(other)
      parentOf(Math.max(first, second)) = Math.min(first, second)
    }
  }
}
