package com.clusop.listener.analysis

import java.util.regex.Pattern

import com.clusop.listener.plan.{Chars, Explanation, ExplanationBlock, Named, Naming, Plan}

/** A cause in the engine's words. `operator` is the name it points at, `index` the operator found; `isSymptom` marks a block that
  * only follows from another.
  */
private[analysis] final case class EngineCause(
    cause: String,
    operator: String,
    index: Option[Int],
    detail: String,
    functions: Vector[String],
    says: String,
    isSymptom: Boolean = false
)

/** What the engine itself says: its explanation's blocks and live reasons, matched to operators. Mirror of
  * `clusop.analysis.causes.engine_words`.
  */
private[analysis] object EngineWords {
  // `\b` and `\w` of Java and Python differ; these are ASCII's, with every other character a letter.
  private val Udf = Pattern.compile("(?:^|[ \\t\\n\\x0B\\f\\r`(])(?:scalaudf|UDF)(?![A-Za-z0-9_])", Pattern.CASE_INSENSITIVE)
  private val Expression = "xpression "
  private val LiveEndings = Vector(" is", " are").flatMap(verb => Vector(" not supported", " not fully compatible").map(verb + _))
  private val UnsupportedList = Pattern.compile(
    "(?:[Uu]nsupported (?:Spark )?(?:(?:aggregate|group) )?(?:functions?|expression\\(s\\)|expressions?|arguments)" +
      "|[Dd]istinct aggregate not supported)(?:(?:: | for:? )([^\\n]*))?"
  )
  private val NoExpression =
    Pattern.compile("not enabled|disabled|aggregation mode|[Uu]nsupported (?:Spark |Comet )?(?:operator|partitioning)")
  // Engines have these: what is said of one that stayed outside is about an expression in it (a data type, ANSI mode, options).
  private val InsideIsTheReason = Set(
    "Expand",
    "Filter",
    "HashAggregate",
    "ObjectHashAggregate",
    "Project",
    "Sort",
    "SortAggregate",
    "TakeOrderedAndProject"
  )
  private val Hump = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])")
  private val Out = "unsupported-operator"

  /** Comet 1 says so of a final aggregate above one that it left to the JVM: the reason is below. */
  private val Follows = "requires a Comet child"
  private val PythonNodes = Vector("BatchEvalPython", "ArrowEvalPython", "MapInPandas", "MapInArrow", "FlatMapGroupsInPandas")
  private val ObjectNodes = Set("Scan ExistingRDD", "MapElements", "MapPartitions", "DeserializeToObject", "SerializeFromObject")
  private val RowNodes = Vector("Scan csv", "Scan json", "Scan text", "Scan JDBCRelation", "LocalTableScan")

  /** All causes the engine names, matched to operators among `members` (those off the engine). */
  def causes(
      plan: Plan,
      explanation: Explanation,
      liveWords: Vector[(String, String)],
      members: Vector[Int]
  ): Vector[EngineCause] = {
    val matcher = new Matcher(plan, members)
    val found = explanation.blocks.map(block => ofBlock(matcher, block))
    // An exchange is unsupported only because its consumer is: a symptom beside any other block.
    val hasOthers = found.exists(entry => !entry.operator.endsWith("Exchange"))
    val told =
      if (hasOthers) found.map(entry => if (entry.operator.endsWith("Exchange")) entry.copy(isSymptom = true) else entry)
      else found
    val live = liveWords.map { case (line, sentence) => ofLive(matcher, line, sentence) }
    // Of several sentences about one operator, one that only says that it is out yields to those that say why.
    val explained = live.filter(_.cause != Out).flatMap(_.index).toSet
    told ++ live.filter(entry => entry.cause != Out || !entry.index.exists(explained))
  }

  private def ofBlock(matcher: Matcher, block: ExplanationBlock): EngineCause = {
    val isNode = block.subjectKind == "node"
    val reference = if (block.reference.nonEmpty) block.reference else if (isNode) block.subject else ""
    val named = split(reference)
    val index = matcher.find(named.name, named.arguments)
    val says = Chars.folded(s"${block.subject} ${block.detail}")
    if (isNode) {
      val node = split(block.subject).name
      EngineCause(causeOfNode(node), if (named.name.isEmpty) node else named.name, index, s": $node", Vector.empty, says)
    } else if (Udf.matcher(block.detail).find() || Udf.matcher(block.subject).find())
      EngineCause("scala-udf", named.name, index, "", Vector.empty, says)
    else {
      val candidates = Functions.candidateFunctions(block.subject)
      val functions = if (candidates.nonEmpty) candidates else Functions.functionsOf(block.subject).take(1)
      val told = (expressionNamed(block.detail).toVector ++ functions).distinct
      val isWord = (block.subjectKind == "aggregate" || block.subjectKind == "expression") && Functions.isName(block.subject)
      val ordered = if (told.isEmpty && isWord) Vector(Functions.functionName(block.subject)) else told
      EngineCause("unsupported-expression", named.name, index, ordered.headOption.map(": " + _).getOrElse(""), ordered, says)
    }
  }

  /** The name behind the first "expression" or "Expression" that a name follows. */
  private def expressionNamed(detail: String): Option[String] = {
    var at = detail.indexOf(Expression)
    while (at >= 0) {
      val isBegun = at > 0 && (detail.charAt(at - 1) == 'e' || detail.charAt(at - 1) == 'E')
      val behind = at + Expression.length
      val from = if (behind < detail.length && detail.charAt(behind) == '`') behind + 1 else behind
      var end = from
      while (end < detail.length && Functions.isLetter(detail.charAt(end))) end += 1
      if (isBegun && end > from) return Some(Functions.functionName(detail.substring(from, end)))
      at = detail.indexOf(Expression, at + 1)
    }
    None
  }

  private def causeOfNode(node: String): String =
    if (Structure.isStateful(node)) "stateful-streaming"
    else if (PythonNodes.exists(name => node.startsWith(name)))
      if (node.startsWith("BatchEvalPython")) "python-udf" else "pandas-udf"
    else if (ObjectNodes(node)) "rdd-or-dataset-api"
    else if (node == "InMemoryTableScan") "cached-table"
    else if (node == "Coalesce") "marginal-operator"
    else if (RowNodes.exists(name => node.startsWith(name))) "row-source"
    else "unsupported-operator"

  private def ofLive(matcher: Matcher, line: String, sentence: String): EngineCause = {
    val named = split(line)
    val index = matcher.find(named.name, named.arguments)
    val subject = subjectOf(sentence)
    def isClass = subject.nonEmpty && Chars.isCapital(subject.charAt(0)) && Functions.isName(subject)
    if (sentence.contains(Follows)) EngineCause(Out, named.name, index, "", Vector.empty, sentence, isSymptom = true)
    else if (Udf.matcher(sentence).find()) EngineCause("scala-udf", named.name, index, "", Vector.empty, sentence)
    else if (subject.isEmpty) ofOtherWords(named.name, index, sentence)
    else if (subject.replace("Exec", "") == named.name || isClass)
      EngineCause(causeOfNode(subject.stripSuffix("Exec")), named.name, index, s": $subject", Vector.empty, sentence)
    else if (named.name.nonEmpty && subject.startsWith(named.name + " ")) {
      val node = split(subject).name
      EngineCause(causeOfNode(node), named.name, index, s": $node", Vector.empty, sentence)
    } else ofExpression(named.name, index, called(subject), sentence)
  }

  /** A sentence that does not say of something that it is not supported. */
  private def ofOtherWords(name: String, index: Option[Int], sentence: String): EngineCause = {
    val told = UnsupportedList.matcher(sentence)
    if (told.lookingAt()) {
      // Classes of expressions by their names: ElementAt is element_at.
      val subject = Chars.strip(Option(told.group(1)).getOrElse(""))
      ofExpression(name, index, called(Hump.matcher(subject).replaceAll("_")), sentence)
    } else if (!InsideIsTheReason(name) || NoExpression.matcher(sentence).find())
      EngineCause(Out, name, index, "", Vector.empty, sentence)
    else
      ofExpression(name, index, words(sentence).filter(one => one.indexOf('_') >= 0 && Functions.sparkFunctions(one)), sentence)
  }

  private def words(sentence: String): Vector[String] = {
    val found = new java.util.LinkedHashSet[String]
    var begin = 0
    var index = 0
    while (index <= sentence.length) {
      if (index == sentence.length || !Functions.isLetter(sentence.charAt(index))) {
        if (index > begin) found.add(sentence.substring(begin, index))
        begin = index + 1
      }
      index += 1
    }
    found.toArray(new Array[String](0)).toVector
  }

  private def called(subject: String): Vector[String] = {
    val functions = Functions.functionsOf(subject)
    if (functions.nonEmpty) functions
    else if (Functions.isName(subject)) Vector(Functions.functionName(subject))
    else Vector.empty
  }

  private def ofExpression(name: String, index: Option[Int], functions: Vector[String], sentence: String): EngineCause =
    EngineCause("unsupported-expression", name, index, functions.headOption.map(": " + _).getOrElse(""), functions, sentence)

  /** What stands before "is not supported"; at least one character. */
  private def subjectOf(sentence: String): String = {
    val ends = LiveEndings.map(ending => sentence.indexOf(ending, 1)).filter(_ > 0)
    if (ends.isEmpty) "" else Chars.strip(sentence.substring(0, ends.min))
  }

  private def split(line: String): Named = {
    val stripped = Chars.strip(line)
    Naming.canonicalName(stripped.substring(Naming.codegenPrefixEnd(stripped)))
  }
}
