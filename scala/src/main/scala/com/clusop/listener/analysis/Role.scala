package com.clusop.listener.analysis

import com.clusop.listener.plan.{Chars, Kind, Operator, Plan}

/** Whose execution it is: the user's, the table format's own, or a command (DESIGN §4, "Internal executions"). What an execution
  * *reads* decides. Mirror of `clusop.analysis.role`.
  */
private[analysis] object RoleOf {
  private val FileActionColumns = Set("path", "partitionValues", "size", "modificationTime", "dataChange")
  private val LogActionColumns = Set("add", "remove", "metaData", "protocol", "txn")
  private val HeaderScan = "Scan text"
  private val HeaderProbeSteps: Set[String] = {
    val steps = Set("CollectLimit", "Filter", "Project", "LocalLimit", "GlobalLimit")
    steps ++ steps.map("Photon" + _) ++ steps.map("Comet" + _) + HeaderScan
  }
  private val LogFolder = "_delta_log"

  /** The role of a run. `texts` are other readings of the same plans whose arguments may be fuller. */
  def of(plans: Vector[JudgedPlan], texts: Vector[Plan], verdict: Verdict): Role =
    if (verdict == Verdict.Command) Role.Command
    else if ((plans.flatMap(_.reading.plan) ++ texts).exists(readsOnlyTableLog)) Role.Internal
    else if (plans.exists(isHeaderProbe)) Role.Internal
    else if (plans.nonEmpty && plans.forall(isCommandOnly)) Role.Command
    else Role.User

  private def isCommandOnly(judged: JudgedPlan): Boolean = judged.kinds.nonEmpty && judged.kinds.forall {
    case Kind.Command | Kind.Logical | Kind.Wrapper => true
    case _                                          => false
  }

  /** Every leaf reads Delta's log or its table state; local rows may help, but alone only where they are file actions. */
  private def readsOnlyTableLog(plan: Plan): Boolean = {
    var readsLog = false
    val leaves = plan.operators.indices.iterator
      .filter(index => plan.children(index).isEmpty)
      .map(index => plan.operators(index))
      .filter(operator => operator.name != "ReusedExchange" && operator.name != "ReusedSubquery")
    leaves.forall { leaf =>
      if (leaf.name == "LocalTableScan") {
        readsLog = readsLog || hasColumns(leaf.arguments, FileActionColumns)
        true
      } else {
        val isLog = (leaf.name == "Scan ExistingRDD" && hasColumns(leaf.arguments, LogActionColumns)) || readsLogFiles(leaf)
        if (isLog) readsLog = true
        isLog
      }
    } && readsLog
  }

  private def readsLogFiles(leaf: Operator): Boolean =
    !leaf.name.endsWith("CDFRelation") &&
      (leaf.arguments.contains("Delta Table State") || leaf.arguments.contains("DeltaLogFileIndex") ||
        namesLogFolder(leaf.arguments))

  private def namesLogFolder(arguments: String): Boolean = {
    var at = arguments.indexOf(LogFolder)
    while (at >= 0) {
      val end = at + LogFolder.length
      val isAlone = end == arguments.length || !Chars.isWord(arguments.charAt(end))
      if (isAlone && at > 0 && (arguments.charAt(at - 1) == '/' || arguments.charAt(at - 1) == '\\')) return true
      at = arguments.indexOf(LogFolder, at + 1)
    }
    false
  }

  /** Whether all these columns are named in the arguments, each with its number (`add#12`). */
  private def hasColumns(arguments: String, wanted: Set[String]): Boolean = {
    var missing = wanted
    var at = arguments.indexOf('#')
    while (at >= 0 && missing.nonEmpty) {
      if (at + 1 < arguments.length && Chars.isDigit(arguments.charAt(at + 1))) {
        var begin = at
        while (begin > 0 && Chars.isWord(arguments.charAt(begin - 1))) begin -= 1
        while (begin < at && Chars.isDigit(arguments.charAt(begin))) begin += 1
        missing -= arguments.substring(begin, at)
      }
      at = arguments.indexOf('#', at + 1)
    }
    missing.isEmpty
  }

  /** The one-row read by which Spark finds the header and schema of text files. */
  private def isHeaderProbe(judged: JudgedPlan): Boolean = judged.reading.plan match {
    case Some(plan) if plan.operators.exists(_.name == HeaderScan) =>
      val work = plan.operators.indices.iterator.collect {
        case index if !isPassedOver(judged.kinds(index)) && !plan.operators(index).name.endsWith("Stage") =>
          plan.operators(index)
      }.toVector
      work.exists(_.name == HeaderScan) && work.forall(operator => HeaderProbeSteps(operator.name)) &&
      work.exists(operator => operator.name.endsWith("Limit") && namesOne(operator.arguments)) &&
      work.exists(_.arguments.contains("length(trim(value"))
    case _ => false
  }

  private def isPassedOver(kind: Kind): Boolean = kind == Kind.Wrapper || kind == Kind.Boundary

  /** Whether a 1 stands alone in the arguments. */
  private def namesOne(arguments: String): Boolean = {
    def isWordAt(index: Int): Boolean = index >= 0 && index < arguments.length && Chars.isWord(arguments.charAt(index))
    arguments.indices.exists(at => arguments.charAt(at) == '1' && !isWordAt(at - 1) && !isWordAt(at + 1))
  }
}
