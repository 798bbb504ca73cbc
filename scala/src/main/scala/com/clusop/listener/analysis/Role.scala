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
  private val DeltaClasses = Seq("org.apache.spark.sql.delta.", "com.databricks.sql.transaction.tahoe.")
  private val ObjectSteps = Set(
    "DeserializeToObject",
    "SerializeFromObject",
    "MapElements",
    "MapPartitions",
    "MapGroups",
    "AppendColumns",
    "AppendColumnsWithObject"
  )
  // None of them reads a file: what runs above them works on what the driver had in hand.
  private val FromTheDriver =
    Set("Range", "PhotonRange", "LocalTableScan", "PhotonLocalTableScan", "Scan", "Scan ExistingRDD", "InMemoryTableScan")

  /** The role of a run. `texts` are other readings of the same plans whose arguments may be fuller. */
  def of(plans: Vector[JudgedPlan], texts: Vector[Plan], verdict: Verdict): Role =
    if (verdict == Verdict.Command) Role.Command
    else if ((plans.flatMap(_.reading.plan) ++ texts).exists(plan => readsOnlyTableLog(plan) || worksOnTableObjects(plan)))
      Role.Internal
    else if (plans.exists(isHeaderProbe)) Role.Internal
    else if (plans.nonEmpty && plans.forall(isCommandOnly)) Role.Command
    else Role.User

  private def isCommandOnly(judged: JudgedPlan): Boolean = judged.kinds.nonEmpty && judged.kinds.forall {
    case Kind.Command | Kind.Logical | Kind.Wrapper => true
    case _                                          => false
  }

  private def leavesOf(plan: Plan): Iterator[Operator] = plan.operators.indices.iterator
    .filter(index => plan.children(index).isEmpty)
    .map(index => plan.operators(index))
    .filter(operator => operator.name != "ReusedExchange" && operator.name != "ReusedSubquery")

  /** Delta's own listings and histories: no leaf reads a file, and typed steps handle Delta's own classes or its file actions.
    * MERGE's and DELETE's real work has such steps too, above a scan of the table: that is the user's.
    */
  private def worksOnTableObjects(plan: Plan): Boolean =
    leavesOf(plan).forall(leaf => FromTheDriver(leaf.name) || namesLog(leaf.arguments)) &&
      plan.operators.exists { operator =>
        ObjectSteps(operator.name) &&
        (DeltaClasses.exists(operator.arguments.contains(_)) || hasFields(operator.arguments, FileActionColumns))
      }

  /** Whether all these words stand behind a dot in the arguments (`_1.path`). */
  private def hasFields(arguments: String, wanted: Set[String]): Boolean = {
    var missing = wanted
    var at = arguments.indexOf('.')
    while (at >= 0 && missing.nonEmpty) {
      var end = at + 1
      while (end < arguments.length && Chars.isWord(arguments.charAt(end))) end += 1
      missing -= arguments.substring(at + 1, end)
      at = arguments.indexOf('.', at + 1)
    }
    missing.isEmpty
  }

  /** Every leaf reads Delta's log or its table state; local rows may help, but alone only where they are file actions. */
  private def readsOnlyTableLog(plan: Plan): Boolean = {
    var readsLog = false
    leavesOf(plan).forall { leaf =>
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

  private def readsLogFiles(leaf: Operator): Boolean = !leaf.name.endsWith("CDFRelation") && namesLog(leaf.arguments)

  private def namesLog(arguments: String): Boolean =
    arguments.contains("Delta Table State") || arguments.contains("DeltaLogFileIndex") || namesLogFolder(arguments)

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
