package com.clusop.listener.plan.text

import scala.collection.mutable.ArrayBuffer

import com.clusop.listener.plan.{Chars, Phase, Plan}

/** Grows a tree from its printed lines: each line is hung where an undamaged print has it, or else where it fits best. `flat` says
  * that the text has lost all indentation. Mirror of `clusop.plan.text.grow`.
  */
private[text] final class Grower(tree: RawTree, flat: Boolean) {
  import Grower._

  private val frames = ArrayBuffer(new Frame(Plan.Root, None, 0, 0))
  private var rootIsExpected = true
  private var commandShown = false

  /** Whether the next line starts a tree: the very first one, or the one after a marker. */
  def rootExpected: Boolean = rootIsExpected

  /** Whether a node announced by the lines so far never came. */
  def unfinished: Boolean =
    frames.takeRight(FramesTried).exists(_.awaits) || (rootIsExpected && tree.nodes.nonEmpty)

  /** Hangs a line without connector as the root of the current region. */
  def root(line: TreeLine): Unit = {
    rootIsExpected = false
    plant(frames.last, line)
  }

  /** Begins the region below a marker line. */
  def marker(line: TreeLine, phase: Phase): Unit = {
    val column = line.guides.length
    val owner = ownerOfMarker(column, phase)
    frames += new Frame(owner, Some(phase), column, column)
    rootIsExpected = true
    if (frames.size > MaxDepth) tree.tooLarge = true
  }

  /** Hangs a line with a connector. */
  def branch(line: TreeLine): Unit =
    if (rootIsExpected) {
      // Below a marker without an owner only the adaptive wrapper is lost; without a marker it is anyone's guess what.
      if (frames.last.phase.isEmpty) tree.truncatedTop = true
      root(line)
    } else if (flat) hangByOrder(line)
    else if (frames.last.continues(line)) {
      val frame = frames.last
      add(line, frame.hangBelowLast(tree.nodes.size, line))
      if (frame.entries.size > MaxDepth) tree.tooLarge = true
    } else if (!hangWherePrinted(line)) hangNearby(line)

  private def hangByOrder(line: TreeLine): Unit = {
    val top = frames.size - 1
    val number =
      if (!frames(top).complete) top else innermost(frames(_).awaits).getOrElse(top)
    closeAbove(number)
    hang(frames(number), line, frames(number).byOrder(line, newest = number == top))
  }

  private def hangWherePrinted(line: TreeLine): Boolean = {
    val top = frames.size - 1
    val lowest = Math.max(top - FramesTried, -1)
    var number = top
    while (number > lowest) {
      frames(number).exact(line, newest = number == top) match {
        case Some(place) =>
          closeAbove(number)
          hang(frames(number), line, place)
          return true
        case None => number -= 1
      }
    }
    false
  }

  private def hangNearby(line: TreeLine): Unit =
    if (!hangAwaited(line, sameGuides = true) && !hangAwaited(line, sameGuides = false)) hangByColumn(line)

  private def hangAwaited(line: TreeLine, sameGuides: Boolean): Boolean =
    innermost(frames(_).awaitedAt(line, sameGuides).nonEmpty) match {
      case Some(number) =>
        val place = frames(number).awaitedAt(line, sameGuides).get
        closeAbove(number)
        if (sameGuides) tree.truncatedBottom = true else tree.irregular = true
        hang(frames(number), line, place)
        true
      case None => false
    }

  private def hangByColumn(line: TreeLine): Unit = {
    val top = frames.size - 1
    val column = line.guides.length
    val around = innermost(frames(_).base <= column).getOrElse(0)
    val frame = frames(around)
    closeAbove(around)
    val atMargin = line.guides.indexOf(':') < 0 && column <= frame.base
    val place =
      if (atMargin && frame.entries.nonEmpty && !tree.truncatedTop) {
        frame.unindented = Some(line.guides)
        frame.byOrder(line, newest = around == top)
      } else frame.nearest(column)
    if (place.position >= 0) tree.irregular = true
    hang(frame, line, place)
  }

  private def hang(frame: Frame, line: TreeLine, place: Place): Unit =
    if (place.position < 0) {
      // Its parent is in the part of the text that is lost.
      tree.truncatedTop = true
      plant(frame, line)
    } else {
      val above = tree.nodes(frame.entries(place.position).node).body
      val isInner = commandShown || Bodies.isInnerLike(line.body) || above.startsWith("InMemoryRelation")
      // Only subqueries, caches and a command's logical plan are printed so deep: the line between is lost.
      if (place.inner && !isInner) tree.truncatedBottom = true
      add(line, frame.hang(tree.nodes.size, line, place), inner = place.inner)
      if (frame.entries.size > MaxDepth) tree.tooLarge = true
    }

  private def plant(frame: Frame, line: TreeLine): Unit =
    frame.plant(add(line, frame.owner, phase = frame.phase), line)

  /** The innermost of the frames tried for which `wanted` holds. */
  private def innermost(wanted: Int => Boolean): Option[Int] = {
    val top = frames.size - 1
    Iterator.range(top, Math.max(top - FramesTried, -1), -1).find(wanted)
  }

  private def closeAbove(number: Int): Unit = frames.remove(number + 1, frames.size - number - 1)

  private def add(line: TreeLine, parent: Int, inner: Boolean = false, phase: Option[Phase] = None): Int = {
    tree.nodes += new RawNode(line.body, parent, inner, phase)
    commandShown = commandShown || showsCommand(line.body)
    if (tree.nodes.size > MaxNodes) tree.tooLarge = true
    tree.nodes.size - 1
  }

  /** The adaptive node a marker belongs to. It follows that node's line directly, except the initial plan's, which follows the
    * other plan's whole tree. Columns alone do not tell: two nested plans can have their markers in the same column, so the
    * innermost plan that still lacks its initial one is taken.
    */
  private def ownerOfMarker(column: Int, phase: Phase): Int = {
    val nodes = tree.nodes
    if (nodes.nonEmpty && !rootIsExpected && Bodies.operatorText(nodes.last.body).text.startsWith(Adaptive))
      return nodes.size - 1
    val top = frames.size - 1
    val candidates = Iterator
      .range(top, Math.max(top - FramesTried, -1), -1)
      .filter(number => frames(number).phase.exists(found => found != Phase.Initial && found != phase))
      .toVector
    if (phase == Phase.Initial && candidates.nonEmpty) {
      val chosen = candidates.find(frames(_).markerColumn == column).getOrElse(candidates.head)
      val owner = frames(chosen).owner
      closeAbove(chosen - 1)
      if (frames.isEmpty) frames += new Frame(Plan.Root, None, 0, 0)
      owner
    } else {
      if (nodes.nonEmpty) tree.irregular = true
      Plan.Root
    }
  }
}

private[text] object Grower {
  val MaxNodes: Int = 100000
  val MaxDepth: Int = 10000

  /** So many regions around a line are tried before it is taken for damaged; keeps the work linear on hostile input. */
  private val FramesTried = 32
  private val Adaptive = "AdaptiveSparkPlan"
  private val Command = "Command"
  private val CommandResult = "CommandResult"

  /** Whether a body begins with a command's name. */
  private def showsCommand(body: String): Boolean =
    body.startsWith("Execute ") || body.startsWith(Command) || {
      body.nonEmpty && Chars.isCapital(body.charAt(0)) && {
        val name = body.substring(0, Chars.pastWord(body, 0))
        (name.endsWith(Command) && name.length > Command.length) ||
        (name.endsWith(CommandResult) && name.length > CommandResult.length)
      }
    }
}
