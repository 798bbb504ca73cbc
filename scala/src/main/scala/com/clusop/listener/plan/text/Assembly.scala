package com.clusop.listener.plan.text

import scala.collection.mutable
import scala.collection.mutable.ArrayBuffer

import com.clusop.listener.plan.{Chars, Link, Naming, Phase, Plan}

/** One judged operator; `parent` is an earlier part. `codegen` is its printed number, 0 where it shows none. */
private[text] final class Part(
    val name: String,
    val arguments: String,
    val parent: Int,
    val link: Link,
    val number: Option[Int],
    val codegen: Option[Int]
) {
  var phase: Option[Phase] = None
}

/** Collects the judged operators of all printed trees into one list, each under its parent, subqueries under their hosts.
  * `details` are formatted mode's blocks. Mirror of `clusop.plan.text.assemble`.
  */
private[text] final class Assembly(details: mutable.LinkedHashMap[Int, Detail]) {
  import Assembly._

  val parts: ArrayBuffer[Part] = ArrayBuffer.empty
  var missingDetails: Int = 0
  var homeless: Int = 0
  private var formatted = false
  private val byNumber = mutable.HashMap.empty[Int, Int]
  private val printedNumbers = mutable.HashSet.empty[Int]
  private val subqueries = mutable.HashSet.empty[(String, String)]

  /** Adds the judged operators of one printed tree. */
  def take(tree: RawTree): Unit = {
    val judged = Copies.judged(tree.nodes)
    val texts = textsOf(tree)
    val top = belowHost(tree)
    if (top == Gone) return
    // Where each raw node went: the part that its children hang on, and how they do.
    val places = new Array[Where](tree.nodes.size)
    val numbers = mutable.LinkedHashMap.empty[Int, Int]
    tree.nodes.indices.foreach { index =>
      val node = tree.nodes(index)
      val text = texts(index)
      val above = if (node.parent == Plan.Root) Where(top, None) else places(node.parent)
      if (judged.kept(index) && above.part != Gone) places(index) = place(text, above, numbers, node.inner)
      else {
        printedNumbers ++= text.number
        places(index) = Where(Gone, None)
      }
    }
    judged.chosen.foreach { case (owner, phase) =>
      val index = if (owner != Plan.Root) places(owner).part else places.find(_.part >= 0).fold(Gone)(_.part)
      if (index >= 0) parts(index).phase = Some(phase)
    }
    // Only now: a subquery hangs on a tree printed before its own, never within itself.
    numbers.foreach { case (number, index) => if (!byNumber.contains(number)) byNumber.put(number, index) }
  }

  /** The nodes' texts; that they end in numbers counts only where most nodes of the plan itself do. */
  private def textsOf(tree: RawTree): Array[OperatorText] = {
    val texts = tree.nodes.iterator.map(node => Bodies.operatorText(node.body)).toArray
    val numbered = texts.map(Bodies.splitNumber)
    if (tree.host.isEmpty) formatted = 2 * numbered.count(_.number.nonEmpty) > texts.length
    if (formatted) numbered else texts
  }

  private def place(text: OperatorText, above: Where, numbers: mutable.LinkedHashMap[Int, Int], inner: Boolean): Where = {
    val named = Naming.canonicalName(text.text)
    val name = named.name
    if (Elided(name)) return Where(above.part, if (name == Cache) Some(Link.Cached) else above.link)
    val link = above.link.getOrElse(if (above.part != Plan.Root && isSubquery(name, inner)) Link.Subquery else Link.Child)
    // A ReusedSubquery is a leaf of its own at every place; only a whole subquery is printed twice.
    if (link == Link.Subquery && named.arguments.indexOf('#') >= 0 && name != "ReusedSubquery") {
      if (!subqueries.add((name, named.arguments))) return Where(Gone, None)
    }
    val detail = text.number.flatMap(details.get)
    text.number.foreach { number =>
      if (detail.isEmpty) missingDetails += 1
      printedNumbers += number
      if (!numbers.contains(number)) numbers.put(number, parts.size)
    }
    val arguments = detail.fold(named.arguments) { found =>
      Chars.cut(Vector(named.arguments, found.text).filter(_.nonEmpty).mkString("; "), Naming.MaxArgumentChars)
    }
    val codegen = detail.flatMap(_.codegen).orElse(text.codegen)
    parts += new Part(name, arguments, above.part, link, text.number, codegen)
    Where(parts.size - 1, None)
  }

  /** The part the roots of `tree` hang on; for a subquery that is a holder on its host, as simple mode shows it. */
  private def belowHost(tree: RawTree): Int = tree.host match {
    case None         => Plan.Root
    case Some(number) =>
      val known = byNumber.get(number)
      if (known.isEmpty && printedNumbers(number)) Gone
      else {
        if (known.isEmpty) homeless += 1
        val host = known.getOrElse(if (parts.nonEmpty) 0 else Plan.Root)
        place(OperatorText(None, holderOf(tree)), Where(host, None), mutable.LinkedHashMap.empty, inner = true).part
      }
  }

  private def isSubquery(name: String, inner: Boolean): Boolean =
    Subqueries(name) || (inner && (name.endsWith("Subquery") || name.endsWith("SubqueryBroadcast")))

  /** What simple mode prints between the host and the subquery's own plan. */
  private def holderOf(tree: RawTree): String =
    if (Subqueries(Naming.canonicalName(tree.hosting).name)) tree.hosting
    else if (tree.nodes.isEmpty) s"ReusedSubquery ${tree.hosting}"
    else {
      val shown = tree.nodes.take(2).map { node =>
        Naming.canonicalName(Bodies.splitNumber(OperatorText(None, Bodies.operatorText(node.body).text)).text).name
      }
      val first = shown.find(_ != Adaptive).getOrElse("")
      if (Broadcasts(first)) s"SubqueryBroadcast ${tree.hosting}"
      else {
        // Before it runs, adaptive execution has not decided yet whether the pruning values come from a broadcast.
        val undecided = shown.head == Adaptive && tree.hosting.contains("dynamicpruning#")
        s"${if (undecided) "SubqueryAdaptiveBroadcast" else "Subquery"} ${tree.hosting}"
      }
    }
}

private[text] object Assembly {
  val Adaptive: String = "AdaptiveSparkPlan"
  private val Cache = "InMemoryRelation"
  private val Elided = Set(Cache, "InputAdapter", "WholeStageCodegen")
  private val Subqueries = Set("ReusedSubquery", "Subquery", "SubqueryAdaptiveBroadcast", "SubqueryBroadcast")
  private val Broadcasts = Set("BroadcastExchange", "BroadcastQueryStage", "ReusedExchange")
  private val Gone = -2

  /** The part that a raw node's children hang on, and how; no link: as they are printed. */
  private final case class Where(part: Int, link: Option[Link])
}
