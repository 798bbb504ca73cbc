package com.clusop.listener.plan.text

import scala.collection.mutable
import scala.collection.mutable.ArrayBuffer

import com.clusop.listener.plan.{Phase, Plan}

/** Which nodes are in a judged copy, and the chosen phase by owner (`Plan.Root` where the adaptive node itself is lost). */
private[text] final case class Judged(kept: Array[Boolean], chosen: mutable.LinkedHashMap[Int, Phase])

/** Chooses among the copies an adaptive plan is printed in: the final one, else the initial, else the current one. Mirror of
  * `clusop.plan.text.copies`.
  */
private[text] object Copies {
  private val BestFirst = Vector[Phase](Phase.Final, Phase.Initial, Phase.Current)
  private val LeastFinalFirst = Vector[Phase](Phase.Current, Phase.Initial, Phase.Final)

  def judged(nodes: ArrayBuffer[RawNode]): Judged = {
    val chosen = mutable.LinkedHashMap.empty[Int, Phase]
    nodes.foreach { node =>
      node.phase.foreach { phase =>
        if (chosen.get(node.parent).forall(known => BestFirst.indexOf(phase) < BestFirst.indexOf(known)))
          chosen.put(node.parent, phase)
      }
    }
    val kept = new Array[Boolean](nodes.size)
    nodes.indices.foreach { index =>
      val node = nodes(index)
      kept(index) = (node.parent == Plan.Root || kept(node.parent)) && node.phase.forall(_ == chosen(node.parent))
    }
    Judged(kept, chosen.filter { case (owner, _) => owner == Plan.Root || kept(owner) })
  }

  /** The phase that proves least: current before initial before final; static for a plan without adaptive parts. */
  def leastFinal(phases: Iterable[Phase]): Phase = {
    val met = phases.toSet
    LeastFinalFirst.find(met).getOrElse(Phase.Static)
  }
}
