package com.clusop.listener.plan.text

import scala.collection.mutable.ArrayBuffer

import com.clusop.listener.plan.{Chars, Naming, Phase, Plan}

/** One printed operator. `parent` indexes the same list. `inner`: printed two levels deeper than a child. `phase` is set on the
  * root below a marker line such as `+- == Final Plan ==`.
  */
private[text] final class RawNode(
    var body: String,
    val parent: Int = Plan.Root,
    val inner: Boolean = false,
    val phase: Option[Phase] = None
) {

  /** Adds a wrapped line of arguments; what exceeds the bounded length is dropped. */
  def extend(line: String): Unit =
    if (Chars.length(body) < Naming.MaxArgumentChars) body = s"$body ${Chars.strip(line)}"
}

/** One printed tree. `host` is the number of the operator whose subquery it is (formatted mode), `hosting` the expression there.
  * Mirror of `clusop.plan.text.rawtree`.
  */
private[text] final class RawTree(val host: Option[Int] = None, val hosting: String = "") {
  val nodes: ArrayBuffer[RawNode] = ArrayBuffer.empty
  var truncatedTop: Boolean = false
  var truncatedBottom: Boolean = false
  var irregular: Boolean = false
  var wrapped: Boolean = false
  var tooLarge: Boolean = false
}
