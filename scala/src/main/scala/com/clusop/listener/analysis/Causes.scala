package com.clusop.listener.analysis

import scala.collection.mutable

import com.clusop.listener.plan.{Dialect, Explanation, ExplanationVerdict, Kind, Link, Plan}
import com.clusop.listener.{Reason, Reasons}

/** Findings of one graph: where operators left the engine and why, from the structure and the engine's own words. Mirror of
  * `clusop.analysis.causes.find`; what happens inside the islands is in [[IslandCauses]].
  */
private[analysis] object Causes {
  private val QuietSources = Set("LocalTableScan", "Range", "EmptyRelation", "Scan OneRowRelation")

  /** All findings of one judged graph, islands first, row sources last. `explanation` is the engine's, wherever it was read;
    * `liveWords` its reasons on the live plan.
    */
  def find(
      judged: JudgedPlan,
      graph: Int,
      spoken: Dialect,
      explanation: Explanation,
      liveWords: Vector[(String, String)]
  ): Vector[Finding] = judged.reading.plan match {
    case Some(plan) if isToldOf(judged.verdict) =>
      val outside = judged.kinds.indices.iterator
        .filter(index => judged.ran(index) && (judged.kinds(index) ne Kind.Native) && (judged.kinds(index) ne Kind.Logical))
        .toVector
      val engine = EngineWords.causes(plan, explanation, liveWords, outside)
      val shown = new Graph(graph, plan, judged, spoken, explanation, engine)
      val islands = new IslandCauses(shown).findings()
      val claimed = islands.iterator.map(_.operator).toSet
      islands ++ loneExchanges(shown) ++ rowSources(shown, claimed)
    case _ => Vector.empty
  }

  private def isToldOf(verdict: Verdict): Boolean =
    verdict == Verdict.Fallback || verdict == Verdict.Partial || verdict == Verdict.Native

  /** The JVM's own shuffles that stand between native operators only. */
  private def loneExchanges(graph: Graph): Vector[Finding] = {
    val judged = graph.judged
    val exchanges =
      if (judged.verdict != Verdict.Fallback) Vector.empty
      else
        judged.kinds.indices.iterator.filter { index =>
          (judged.kinds(index) eq Kind.RowExchange) && judged.ran(index) &&
          Judge.isJvmWork(graph.plan.operators(index).name, judged.kinds(index), graph.spoken)
        }.toVector
    if (exchanges.isEmpty) Vector.empty
    else {
      val near = nextToIsland(graph.plan, judged)
      val said = graph.engine.flatMap(entry => entry.index.map(index => index -> entry.says)).toMap
      exchanges.filterNot(near).map { index =>
        val draft = new Draft(index, "row-round-trip", witnesses = Vector(Witness.Structure), says = said.getOrElse(index, ""))
        graph.finished(draft, None)
      }
    }
  }

  /** Whether an operator is a bridge that leads to an island, up or down. */
  private def nextToIsland(plan: Plan, judged: JudgedPlan): Vector[Boolean] = {
    val up = new Array[Boolean](plan.size)
    val down = Array.tabulate(plan.size)(index => judged.islandOf(index) != Islands.Outside)
    def isLinked(index: Int) = plan.operators(index).parent != Plan.Root && plan.operators(index).link == Link.Child
    plan.operators.indices.foreach { index =>
      if (isLinked(index)) {
        val parent = plan.operators(index).parent
        up(index) = judged.islandOf(parent) != Islands.Outside || (Islands.isBridge(judged.kinds(parent)) && up(parent))
      }
    }
    var index = plan.size - 1
    while (index > 0) {
      if (isLinked(index) && down(index)) {
        val parent = plan.operators(index).parent
        if (Islands.isBridge(judged.kinds(parent))) down(parent) = true
      }
      index -= 1
    }
    plan.operators.indices.iterator.map(at => up(at) || down(at)).toVector
  }

  /** One finding per kind of row source that explains no island: named apart, never a fallback. */
  private def rowSources(graph: Graph, claimed: Set[String]): Vector[Finding] = {
    val groups = mutable.LinkedHashMap.empty[String, Draft]
    graph.judged.kinds.indices.foreach { index =>
      if ((graph.judged.kinds(index) eq Kind.RowSource) && graph.judged.ran(index)) {
        val name = graph.plan.operators(index).name
        if (!QuietSources(name) && !claimed(name)) {
          groups.get(name) match {
            case Some(draft) => draft.inherited += index
            case None        => groups.put(name, Draft.ofSource(index, name))
          }
        }
      }
    }
    groups.valuesIterator.map(draft => graph.finished(draft, None, isSource = true)).toVector
  }
}

/** What all steps look at: one judged graph and what the engine says of it. */
private[analysis] final class Graph(
    val number: Int,
    val plan: Plan,
    val judged: JudgedPlan,
    val spoken: Dialect,
    val explanation: Explanation,
    val engine: Vector[EngineCause]
) {
  def finished(draft: Draft, island: Option[Int], isSource: Boolean = false): Finding = {
    // Python work is a known blind spot of the explanation and a row source none of its business: no contradiction.
    val isSilent = isSource || Graph.BlindSpots(draft.cause)
    val contradicts = explanation.verdict == ExplanationVerdict.Fully && !isSilent && draft.disagreement.isEmpty
    Finding(
      cause = draft.cause,
      operator = plan.operators(draft.index).name,
      graph = number,
      index = draft.index,
      detail = Reasons.sentence(Reason(draft.cause, draft.detail)),
      island = island,
      functions = draft.functions.toVector,
      engineSays = draft.says,
      witnesses = draft.witnesses,
      disagreement = if (contradicts) Some(Graph.FullySupported) else draft.disagreement,
      inherited = draft.inherited.toVector.sorted
    )
  }
}

private object Graph {
  private val BlindSpots = Set("python-udf", "pandas-udf", "marginal-operator")
  private val FullySupported = Reason("explanation-disagrees", "the engine calls the query fully supported.")
}

/** A finding in the making. */
private[analysis] final class Draft(
    val index: Int,
    val cause: String,
    val detail: String = "",
    val witnesses: Vector[Witness] = Vector.empty,
    val disagreement: Option[Reason] = None,
    var says: String = ""
) {
  val functions: mutable.LinkedHashSet[String] = mutable.LinkedHashSet.empty
  val inherited: mutable.ArrayBuffer[Int] = mutable.ArrayBuffer.empty
}

private[analysis] object Draft {

  /** A row source as a cause of its own. */
  def ofSource(index: Int, name: String): Draft = {
    val cause = if (name == "InMemoryTableScan") "cached-table" else "row-source"
    new Draft(index, cause, witnesses = Vector(Witness.Structure))
  }
}
