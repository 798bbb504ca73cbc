package com.clusop.listener.analysis

import java.util.regex.Pattern

import com.clusop.listener.plan.{Dialect, Kind, Operator}

/** A cause told by structure. */
private[analysis] final case class StructuralCause(cause: String, detail: String = "", functions: Vector[String] = Vector.empty)

/** What the structure says: the cause an operator has by its name, its place and its arguments. Mirror of
  * `clusop.analysis.causes.structure`.
  */
private[analysis] object Structure {
  private val Stateful = Vector(
    "StateStore",
    "SessionWindowStateStore",
    "StreamingSymmetricHashJoin",
    "StreamingDeduplicate",
    "StreamingGlobalLimit",
    "FlatMapGroupsWithState",
    "FlatMapGroupsInPandasWithState",
    "TransformWithState",
    "UpdatingSessions",
    "MergingSessions"
  )
  private val Objects = Set(
    "AppendColumns",
    "AppendColumnsWithObject",
    "CoGroup",
    "DeserializeToObject",
    "FlatMapGroupsInR",
    "MapElements",
    "MapGroups",
    "MapPartitions",
    "MapPartitionsInR",
    "ObjectProducer",
    "SerializeFromObject",
    "Scan ExistingRDD",
    "ExternalRDDScan"
  )
  // Spark writes the class of a Hive function behind a number sign.
  private val UdfCalls = Vector("UDF(", "scalaudf(") ++
    Vector("HiveSimpleUDF", "HiveGenericUDF", "HiveGenericUDTF", "HiveUDAFFunction").flatMap(name =>
      Vector(name + "(", name + "#")
    )
  private val NullGuard = "if (isnull("
  private val DeltaFiles = Pattern.compile(
    "(?:Tahoe|PreparedDelta|Delta)[A-Za-z0-9_]*FileIndex|DeltaCDFRelation|__delta_internal|_change_type#"
  )
  private val DeletionVectors = Pattern.compile("__delta_internal_is_row_deleted|DeletionVector", Pattern.CASE_INSENSITIVE)
  private val ExpressionHosts = Set(
    "Expand",
    "Filter",
    "Generate",
    "HashAggregate",
    "ObjectHashAggregate",
    "Project",
    "RunningWindowFunction",
    "Sort",
    "SortAggregate",
    "TakeOrderedAndProject",
    "Window"
  )
  private val NativeInEveryEngine = Set("Project", "Filter", "HashAggregate")
  private val ShownFunctions = 5

  /** Whether an operator of this name keeps a stream's state. */
  def isStateful(name: String): Boolean = Stateful.exists(beginning => name.startsWith(beginning))

  /** The cause an operator has wherever it stands; nothing where its place decides. */
  def inherentCause(operator: Operator, kind: Kind, spoken: Dialect): Option[StructuralCause] = {
    val name = operator.name
    val arguments = operator.arguments
    if (isStateful(name)) Some(StructuralCause("stateful-streaming"))
    else if (kind == Kind.Python) Some(StructuralCause(if (name.startsWith("BatchEvalPython")) "python-udf" else "pandas-udf"))
    else if (kind == Kind.Marginal) Some(StructuralCause("marginal-operator"))
    else if (name == "InMemoryTableScan") Some(StructuralCause("cached-table"))
    else if (ExpressionHosts(name) && callsScalaUdf(arguments)) Some(StructuralCause("scala-udf"))
    else if (Objects(name) && kind != Kind.RowSource) Some(StructuralCause("rdd-or-dataset-api"))
    else if (name.startsWith("Scan ") && name != "Scan ExistingRDD" && kind == Kind.Jvm && readsDelta(name, arguments)) {
      val detail =
        if (DeletionVectors.matcher(arguments).find()) " (deletion vectors)"
        else if (name.contains("CDF")) " (change data feed)"
        else ""
      Some(StructuralCause("delta-feature", detail))
    } else if (spoken.neverNative(name)) Some(StructuralCause("unsupported-operator", s": $name"))
    else None
  }

  /** The cause of an operator at the bottom of an island, by structure alone. */
  def structuralCause(operator: Operator, kind: Kind, spoken: Dialect): StructuralCause =
    inherentCause(operator, kind, spoken).getOrElse(causeByPlace(operator, kind, spoken))

  private def causeByPlace(operator: Operator, kind: Kind, spoken: Dialect): StructuralCause = {
    val name = operator.name
    lazy val functions =
      if (ExpressionHosts(name)) Functions.candidateFunctions(operator.arguments, spoken.lackingFunctions) else Vector.empty
    if (kind == Kind.RowExchange) StructuralCause("row-round-trip")
    else if (name == "SortMergeJoin")
      StructuralCause("unsupported-operator", " (SortMergeJoin: probably a join hint or a setting that prefers it)")
    else if (functions.nonEmpty && !spoken.hasVendorFunctions && !functions.exists(Functions.isBuiltIn))
      // A named Scala or Java UDF is printed like any function; Spark has none of that name.
      StructuralCause("scala-udf", "", functions)
    else if (functions.nonEmpty)
      StructuralCause("unsupported-expression", s": ${functions.take(ShownFunctions).mkString(", ")}", functions)
    else if (NativeInEveryEngine(name))
      // Something inside must be the reason, and nothing tells what.
      StructuralCause("unexplained")
    else if (name == "ObjectHashAggregate" || name == "SortAggregate")
      StructuralCause("unsupported-expression", " (an aggregate function that needs JVM objects)")
    else StructuralCause("unsupported-operator", s": $name")
  }

  private def readsDelta(name: String, arguments: String): Boolean =
    name.contains("Delta") || DeltaFiles.matcher(arguments).find()

  /** A call of a Scala or Hive UDF, or the null guard Spark puts around one, on one line. */
  private def callsScalaUdf(arguments: String): Boolean =
    UdfCalls.exists(call => begins(arguments, call, before => before == '.' || Functions.isLetter(before)) >= 0) || {
      var at = begins(arguments, NullGuard, Functions.isLetter)
      var found = false
      while (at >= 0 && !found) {
        val call = arguments.indexOf("UDF(", at + NullGuard.length)
        val end = arguments.indexOf('\n', at)
        found = call >= 0 && (end < 0 || call < end)
        at = if (call < 0) -1 else begins(arguments, NullGuard, Functions.isLetter, at + 1)
      }
      found
    }

  /** Where `word` first stands from `from` on without a character before it that would make it part of another. */
  private def begins(text: String, word: String, joins: Char => Boolean, from: Int = 0): Int = {
    var at = text.indexOf(word, from)
    while (at > 0 && joins(text.charAt(at - 1))) at = text.indexOf(word, at + 1)
    at
  }
}
