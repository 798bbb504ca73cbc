package com.clusop.listener.analysis

import scala.collection.mutable

import com.clusop.listener.Resource
import com.clusop.listener.json.{Json, JsonReader}
import com.clusop.listener.plan.Chars

/** Function names in an operator's arguments: the candidates when an expression kept it off the engine. Mirror of
  * `clusop.analysis.causes.functions`. A character beyond ASCII counts as a letter, whatever it is.
  */
object Functions {
  private val MaxScannedChars = 4096
  private val Phases = Vector("partial_", "merge_", "finalmerge_", "final_")

  // What every native engine has, and words of plan syntax that look like calls. From the engine's public lists of supported
  // expressions: comparison, arithmetic, conditionals, casts, common aggregates and string functions.
  private val Everywhere: Set[String] = (
    "abs alias and array as avg case cast ceil coalesce concat contains count date date_add date_sub datediff day dayofmonth " +
      "decimal dense_rank endswith exists first first_value floor greatest hash hashpartitioning hour if ifnull in " +
      "inmemoryfileindex inset isnotnull isnull knownfloatingpointnormalized knownnotnull last last_value least length " +
      "lengthofjsonarray like list ltrim map max min minute month negative normalizenanandzero not nvl or pmod positive " +
      "precise_timestamp_conversion preparedeltafileindex promote_precision rangepartitioning rank round row_number rtrim " +
      "second set some specifiedwindowframe splitpart sqrt startswith stddev_samp struct named_struct substr substring sum " +
      "trim tuple unscaledvalue checkoverflow makedecimal upper lower when windowspecdefinition xxhash64 year " +
      "roundrobinpartitioning singlepartition dynamicpruningexpression dynamicpruning explode outer posexplode keys functions " +
      "output limit hashedrelationbroadcastmode paths path"
  ).split(' ').toSet

  /** A function's name as it is compared: letters of ASCII in lower case, any other as it is. */
  def functionName(written: String): String = {
    val built = new java.lang.StringBuilder(written.length)
    written.foreach(found => built.append(if (Chars.isCapital(found)) (found + 32).toChar else found))
    built.toString
  }

  /** All function names called in `arguments`, lower case, aggregate phases (`partial_`) dropped, in order, once each. */
  def functionsOf(arguments: String): Vector[String] =
    if (arguments.indexOf('(') < 0) Vector.empty
    else {
      val text = withoutStrings(Chars.cut(arguments, MaxScannedChars))
      val seen = mutable.LinkedHashSet.empty[String]
      var begin = 0
      var index = 0
      while (index < text.length) {
        val found = text.charAt(index)
        if (!isLetter(found)) {
          if (found == '(' && index > begin && isCall(text, begin))
            seen += withoutPhase(functionName(text.substring(begin, index)))
          begin = index + 1
        }
        index += 1
      }
      seen.toVector
    }

  /** Functions that may be what the engine lacks: all that are not native everywhere, and those it is known to lack. */
  def candidateFunctions(arguments: String, lacking: Set[String] = Set.empty): Vector[String] =
    functionsOf(arguments).filter(name => !Everywhere(name) || lacking(name))

  /** Names of the functions Spark itself has, lower case. The only place that reads `spark_functions.json`. */
  lazy val sparkFunctions: Set[String] = JsonReader.read(Resource.text("spark_functions.json")) match {
    case Right(document: Json.Obj) =>
      document.get("functions") match {
        case Some(Json.Arr(items)) => items.collect { case Json.Str(name) => name }.toSet
        case _                     => Set.empty
      }
    case other => throw new IllegalStateException(s"spark_functions.json: $other")
  }

  private lazy val asProfilesWrite: Set[String] = sparkFunctions.map(_.replace("_", ""))

  /** Whether Spark itself has this function; a profile writes `collectlist` for `collect_list`. */
  def isBuiltIn(function: String): Boolean = sparkFunctions(function) || asProfilesWrite(function)

  /** What a name consists of. */
  private[analysis] def isLetter(found: Char): Boolean = found >= 0x80 || Chars.isWord(found)

  /** Whether `text` is one name. */
  private[analysis] def isName(text: String): Boolean = text.nonEmpty && text.forall(isLetter)

  private def isCall(text: String, begin: Int): Boolean =
    !Chars.isDigit(text.charAt(begin)) && (begin == 0 || ".#$`".indexOf(text.charAt(begin - 1).toInt) < 0)

  private def withoutPhase(name: String): String = Phases.find(phase => name.startsWith(phase)) match {
    case Some(phase) => name.substring(phase.length)
    case None        => name
  }

  /** What stands between two quotes is left out. */
  private def withoutStrings(text: String): String = {
    var open = text.indexOf('\'')
    if (open < 0) text
    else {
      val built = new java.lang.StringBuilder(text.length)
      var from = 0
      var close = text.indexOf('\'', open + 1)
      while (open >= 0 && close >= 0) {
        built.append(text, from, open).append("''")
        from = close + 1
        open = text.indexOf('\'', from)
        close = if (open < 0) -1 else text.indexOf('\'', open + 1)
      }
      built.append(text, from, text.length).toString
    }
  }
}
