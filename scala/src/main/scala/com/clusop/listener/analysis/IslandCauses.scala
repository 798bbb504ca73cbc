package com.clusop.listener.analysis

import scala.collection.mutable

import com.clusop.listener.Reason
import com.clusop.listener.plan.{Kind, Link, Plan}

/** Causes inside islands: the cause sits at the lowest operator, what stands above it inherits. An operator that could never be
  * native (a UDF, an object operator) is a cause of its own wherever it stands. Mirror of the islands' part of
  * `clusop.analysis.causes.find`.
  */
private[analysis] final class IslandCauses(graph: Graph) {
  import IslandCauses._

  private val plan = graph.plan
  private val judged = graph.judged
  private val named: Map[Int, EngineCause] =
    graph.engine.filterNot(_.isSymptom).flatMap(entry => entry.index.map(index => index -> entry)).toMap

  def findings(): Vector[Finding] = {
    val lowest = Islands.lowest(plan, judged.kinds, judged.islandOf)
    if (lowest.isEmpty) Vector.empty
    else {
      val hasNative = judged.kinds.indices.exists(index => (judged.kinds(index) eq Kind.Native) && judged.ran(index))
      val members = Array.fill(lowest.size)(Vector.newBuilder[Int])
      judged.islandOf.indices.foreach { index =>
        val number = judged.islandOf(index)
        if (number != Islands.Outside) members(number) += index
      }
      val blame = new Blame(plan, judged, named.keySet)
      val chosen = lowest.indices.iterator.map { number =>
        chosenOf(members(number).result(), lowest(number), lowest(number).iterator.map(blame.of).toSet, hasNative)
      }.toVector
      inherit(chosen)
      chosen.indices.iterator.flatMap(number => chosen(number).map(draft => graph.finished(draft, Some(number)))).toVector
    }
  }

  private def chosenOf(inside: Vector[Int], lowest: Vector[Int], blamed: Set[Int], hasNative: Boolean): Vector[Draft] = {
    val drafts = draftsOf(inside, blamed)
    if (!drafts.forall(draft => Guesses(draft.cause))) drafts
    else
      heldBack(inside, lowest) match {
        case Some(source)       => Vector(source)
        case None if !hasNative => Vector(wholePlan(drafts.head, inside))
        case None               => drafts
      }
  }

  private def draftsOf(inside: Vector[Int], blamed: Set[Int]): Vector[Draft] = {
    val drafts = mutable.LinkedHashMap.empty[String, Draft]
    inside.sortBy(index => (!blamed(index), -plan.depths(index), index)).foreach { index =>
      val operator = plan.operators(index)
      val byStructure =
        if (blamed(index)) Some(Structure.structuralCause(operator, judged.kinds(index), graph.spoken))
        else Structure.inherentCause(operator, judged.kinds(index), graph.spoken)
      draftOf(index, byStructure, exact(byStructure, named.get(index))).foreach { draft =>
        drafts.get(draft.cause) match {
          case None        => drafts.put(draft.cause, draft)
          case Some(known) =>
            known.inherited += index
            if (known.says.isEmpty) known.says = draft.says
            known.functions ++= draft.functions
        }
      }
    }
    val explained = drafts.valuesIterator.filter(_.cause != "unexplained").toVector
    if (explained.isEmpty) drafts.valuesIterator.toVector else explained
  }

  /** The row source that keeps a whole island on the JVM, where the engine takes no rows over and nothing else explains it. */
  private def heldBack(inside: Vector[Int], lowest: Vector[Int]): Option[Draft] =
    if (!graph.spoken.rowSourcesHoldBack || inside.exists(index => graph.spoken.neverNative(plan.operators(index).name))) None
    else
      sourcesBelow(lowest).headOption.map { source =>
        val draft = Draft.ofSource(source, plan.operators(source).name)
        draft.inherited ++= inside
        draft
      }

  /** The row sources right below these operators; none where one of them has none, or has other inputs that do not wait for it.
    */
  private def sourcesBelow(lowest: Vector[Int]): Vector[Int] = {
    val found = lowest.map { index =>
      val below = inputsOf(index)
      val rows = below.filter(child => judged.kinds(child) eq Kind.RowSource)
      // One input of a join is enough, unless the engine itself says what is wrong with the join.
      val isEnough = SeveralInputs(plan.operators(index).name) && !named.contains(index)
      if (isEnough || rows.size == below.size) rows else Vector.empty
    }
    if (found.exists(_.isEmpty)) Vector.empty else found.flatten
  }

  /** What an operator reads, seen through boundaries, wrappers and exchanges. */
  private def inputsOf(index: Int): Vector[Int] = {
    val found = Vector.newBuilder[Int]
    val waiting = new java.util.ArrayDeque[Int]
    plan.dataChildren(index).foreach(child => waiting.push(child))
    while (!waiting.isEmpty) {
      val child = waiting.pop()
      if (Islands.isBridge(judged.kinds(child))) plan.dataChildren(child).foreach(below => waiting.push(below))
      else found += child
    }
    found.result()
  }

  /** The engine's words with the cause the operator shows, where they say less: "not supported" of a pandas or stateful operator,
    * or, from an engine that has no functions of its own, of a Hive or named Scala UDF as of any expression. Where it names a
    * function that Spark has, that is what keeps it out.
    */
  private def exact(byStructure: Option[StructuralCause], byEngine: Option[EngineCause]): Option[EngineCause] =
    for (told <- byEngine) yield byStructure match {
      case Some(known) if Exact(known.cause) && saysLess(told, known) => told.copy(cause = known.cause, detail = known.detail)
      case _                                                          => told
    }

  private def saysLess(told: EngineCause, known: StructuralCause): Boolean =
    told.cause == "unsupported-operator" ||
      (known.cause == "scala-udf" && told.cause == "unsupported-expression" && !graph.spoken.hasVendorFunctions &&
        !told.functions.exists(Functions.isBuiltIn))

  /** What the witnesses say of one operator together; nothing where neither says anything. */
  private def draftOf(index: Int, byStructure: Option[StructuralCause], byEngine: Option[EngineCause]): Option[Draft] =
    byEngine match {
      case None =>
        byStructure.map { known =>
          val draft = new Draft(index, known.cause, known.detail, Vector(Witness.Structure))
          draft.functions ++= known.functions
          draft
        }
      case Some(told) =>
        val isGuess = byStructure.forall(known => Guesses(known.cause) && known.cause != told.cause)
        val agrees = byStructure.exists(_.cause == told.cause)
        val witnesses = if (!isGuess && agrees) Vector(Witness.Structure, Witness.Engine) else Vector(Witness.Engine)
        val disagreement =
          if (isGuess || agrees) None
          else
            byStructure.map { known =>
              val words = s"the engine names ${told.cause}, the operator looks like ${known.cause}."
              Reason("explanation-disagrees", words)
            }
        val draft = new Draft(index, told.cause, told.detail, witnesses, disagreement, told.says)
        draft.functions ++= (if (told.functions.nonEmpty) told.functions else byStructure.toVector.flatMap(_.functions))
        Some(draft)
    }

  private def wholePlan(first: Draft, inside: Vector[Int]): Draft = {
    val draft = new Draft(first.index, "whole-plan-jvm", witnesses = Vector(Witness.Structure), says = first.says)
    draft.functions ++= first.functions
    draft.inherited ++= inside.filter(_ != first.index)
    draft
  }

  /** Give every other member of an island to the cause below it, else to the island's first cause. One pass for all. */
  private def inherit(chosen: Vector[Vector[Draft]]): Unit = {
    val byIndex = new Array[Draft](plan.size)
    val taken = new Array[Boolean](plan.size)
    for (drafts <- chosen; draft <- drafts) {
      byIndex(draft.index) = draft
      taken(draft.index) = true
      draft.inherited.foreach(index => taken(index) = true)
    }
    val owner = new Array[Draft](plan.size)
    var index = plan.size - 1
    while (index >= 0) {
      val operator = plan.operators(index)
      val draft = if (byIndex(index) != null) byIndex(index) else owner(index)
      val isLinked = operator.parent != Plan.Root && operator.link == Link.Child
      if (draft != null && isLinked && owner(operator.parent) == null) owner(operator.parent) = draft
      val number = judged.islandOf(index)
      if (number != Islands.Outside && !taken(index)) {
        val below = owner(index)
        val inherits = if (below != null && judged.islandOf(below.index) == number) below else chosen(number).head
        inherits.inherited += index
      }
      index -= 1
    }
  }
}

private object IslandCauses {
  private val Guesses = Set("unexplained", "unsupported-operator", "whole-plan-jvm")

  /** Causes that an operator's name or arguments prove. */
  private val Exact = Set(
    "cached-table",
    "delta-feature",
    "pandas-udf",
    "python-udf",
    "rdd-or-dataset-api",
    "scala-udf",
    "stateful-streaming"
  )
  private val SeveralInputs = Set("BroadcastHashJoin", "ShuffledHashJoin", "SortMergeJoin", "Union")
}
