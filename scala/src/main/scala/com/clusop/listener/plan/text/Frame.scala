package com.clusop.listener.plan.text

import scala.collection.mutable
import scala.collection.mutable.ArrayBuffer

import com.clusop.listener.plan.Phase

/** A place to hang a node: the position of its parent in the frame (-1: none), and how the node stands to it. `childrenFollow`:
  * ordinary children of an inner one's parent are still to come. `fills`: which of the awaited places this is, -1 where the
  * column tells.
  */
private[text] final case class Place(position: Int, inner: Boolean = false, childrenFollow: Boolean = false, fills: Int = -1)

/** A node on the way from the frame's root to the last line; `below` is what precedes its children's connectors. */
private[text] final class Entry(val node: Int, val below: String, val column: Int, val leaf: Boolean)

/** One region of a printed tree whose guides are its own, with the places in it where a next line may hang. `owner` is the node
  * its root hangs on, `markerColumn` where its marker stood. Mirror of `clusop.plan.text.frame`, where it is explained.
  */
private[text] final class Frame(val owner: Int, val phase: Option[Phase], val markerColumn: Int, var base: Int) {
  import Frame._

  val entries: ArrayBuffer[Entry] = ArrayBuffer.empty

  /** Guides under which lines of several levels were seen: their indentation is lost, only their order tells. */
  var unindented: Option[String] = None
  private val awaiting = ArrayBuffer.empty[Awaited]
  private val awaitingAt = mutable.HashMap.empty[Int, ArrayBuffer[Int]]

  /** Whether a sibling announced by `:-` has not come yet. */
  def awaits: Boolean = awaiting.nonEmpty

  /** Whether nothing more need come here: the last node is a leaf and no sibling was announced. */
  def complete: Boolean = awaiting.isEmpty && entries.nonEmpty && last.leaf

  /** Starts the frame's tree with `node`. */
  def plant(node: Int, line: TreeLine): Unit = {
    entries.clear()
    awaiting.clear()
    awaitingAt.clear()
    base = line.guides.length
    val isRoot = line.connector.isEmpty
    entries += new Entry(
      node,
      if (isRoot) line.guides else belowOf(line),
      if (isRoot) base - 1 else base,
      Bodies.isLeafLike(line.body)
    )
  }

  /** Whether `line` is the child printed right below the last line, which was in this frame. Nearly every line is. */
  def continues(line: TreeLine): Boolean =
    entries.nonEmpty && !unindented.contains(line.guides) && !last.leaf && line.guides == last.below

  /** Puts `node` below the last one and returns its parent. No sibling can be awaited there yet. */
  def hangBelowLast(node: Int, line: TreeLine): Int = {
    val above = last
    if (line.connector == MoreFollow) await(entries.size - 1, line.guides)
    push(node, line)
    above.node
  }

  /** Where an undamaged text hangs `line`; `newest` says that the line before it was in this frame. */
  def exact(line: TreeLine, newest: Boolean): Option[Place] = {
    if (entries.isEmpty) return None
    val guides = line.guides
    if (unindented.contains(guides)) return Some(byOrder(line, newest))
    if (newest) {
      if (guides == last.below && !last.leaf) return Some(Place(entries.size - 1))
      if (guides.length == last.below.length + Level.length && guides.startsWith(last.below)) {
        val step = guides.substring(guides.length - Level.length)
        // A leaf has inner children at most: no ordinary ones can follow them.
        if (step == Level || (step == Guide && !last.leaf))
          return Some(Place(entries.size - 1, inner = true, childrenFollow = step == Guide))
      }
    }
    if (awaits && awaiting.last.guides == guides) Some(placeOf(awaiting.size - 1)) else None
  }

  /** A place that awaits a sibling in the column of `line`, though not the deepest one: lines in between are lost. */
  def awaitedAt(line: TreeLine, sameGuides: Boolean): Option[Place] =
    awaitingAt.get(line.guides.length).filter(_.nonEmpty).map(_.last).collect {
      case index if !sameGuides || awaiting(index).guides == line.guides => placeOf(index)
    }

  private def placeOf(index: Int): Place = {
    val found = awaiting(index)
    Place(found.position, inner = found.guides.length > entries(found.position).below.length, fills = index)
  }

  /** Where the next node hangs when indentation says nothing: depth first, a leaf has no children but inner ones. */
  def byOrder(line: TreeLine, newest: Boolean): Place =
    if (!newest && awaits) Place(awaiting.last.position, fills = awaiting.size - 1)
    else if (Bodies.isInnerLike(line.body)) Place(entries.size - 1, inner = true, childrenFollow = !last.leaf)
    else if (!last.leaf) Place(entries.size - 1)
    else if (awaits) Place(awaiting.last.position, fills = awaiting.size - 1)
    else Place(Math.max(entries.size - 2, 0))

  /** The deepest node whose connector stands left of `column`; position -1 where none does. */
  def nearest(column: Int): Place = {
    var low = 0
    var high = entries.size
    while (low < high) {
      val middle = (low + high) / 2
      if (entries(middle).column < column) low = middle + 1 else high = middle
    }
    Place(low - 1)
  }

  /** Puts `node` at `place` and returns its parent. */
  def hang(node: Int, line: TreeLine, place: Place): Int = {
    val parent = entries(place.position)
    entries.remove(place.position + 1, entries.size - place.position - 1)
    while (awaits && awaiting.last.position > place.position) forgetAwaiting()
    val known = settle(place, line.guides)
    if (place.inner && place.childrenFollow && !known) await(place.position, parent.below)
    if (line.connector == MoreFollow) await(place.position, line.guides)
    push(node, line)
    parent.node
  }

  /** Closes the place that is filled and those abandoned with it; whether it was awaited. */
  private def settle(place: Place, guides: String): Boolean = {
    val index =
      if (place.fills >= 0) place.fills
      else {
        val found = awaitingAt.get(guides.length).filter(_.nonEmpty).map(_.last)
        found.filter(awaiting(_).position == place.position).getOrElse(-1)
      }
    if (index >= 0) while (awaiting.size > index) forgetAwaiting()
    index >= 0
  }

  private def await(position: Int, guides: String): Unit = {
    awaitingAt.getOrElseUpdate(guides.length, ArrayBuffer.empty) += awaiting.size
    awaiting += new Awaited(position, guides)
  }

  private def forgetAwaiting(): Unit = {
    val forgotten = awaiting.remove(awaiting.size - 1)
    val there = awaitingAt(forgotten.guides.length)
    there.remove(there.size - 1): Unit
  }

  private def last: Entry = entries(entries.size - 1)

  private def push(node: Int, line: TreeLine): Unit =
    entries += new Entry(node, belowOf(line), Math.max(line.guides.length, last.column), Bodies.isLeafLike(line.body))
}

private object Frame {
  private val Level = "   "
  private val Guide = ":  "
  private val MoreFollow = ":-"

  private final class Awaited(val position: Int, val guides: String)

  private def belowOf(line: TreeLine): String = line.guides + (if (line.connector == MoreFollow) Guide else Level)
}
