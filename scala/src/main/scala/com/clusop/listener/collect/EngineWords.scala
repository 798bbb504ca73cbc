package com.clusop.listener.collect

import java.util.regex.{Matcher, Pattern}

import com.clusop.listener.plan.Chars

/** Comet's own reasons for one live plan. It tells them nowhere else: not in the event log, not in the plan's text. */
private[collect] object EngineWords {
  private val Explainer = "org.apache.comet.ExtendedExplainInfo"
  private val Node = Pattern.compile("^[\\s:|+*-]*(?:\\(\\d+\\)\\s*)?([A-Za-z]\\w*)")
  // Comet 1 adds remarks of its own ("a native implementation is available") behind the reasons.
  private val Reasons = Pattern.compile("\\[COMET: (.*?)\\](?:\\s*\\[COMET-INFO: .*\\])?\\s*$")
  private val Listed = Pattern.compile("\\w+")
  private val InBrackets = Pattern.compile("\\([^()]*\\)|\\[[^\\[\\]]*\\]")
  // As signs that no plan prints.
  private val Shown = "(),[]"
  private val Hidden = "\u0001\u0002\u0003\u0004\u0005"
  // Comet joins its reasons with ", " and writes commas inside them: these are the places where a sentence goes on.
  private val Between = Pattern.compile("(?<!it anyway)(?<!more information), (?!\\d)")
  private val ExpressionId = Pattern.compile("#\\d+L?\\b")
  private val LongestArguments = 100
  private val MostWords = 200
  private val LongestWord = 1000

  /** The (operator, reason) pairs Comet tells of this query's executed plan, asked by reflection through the plan's own class
    * loader. Throws whatever goes wrong there.
    */
  def ask(query: AnyRef): Vector[(String, String)] = {
    val plan = Getter.ExecutedPlan.of(query)
    if (plan == null) Vector.empty
    else {
      val explainer = loaded(plan).getConstructor().newInstance().asInstanceOf[AnyRef]
      val ways = explainer.getClass.getMethods.filter(_.getName == "generateExtendedInfo")
      ways.find(way => way.getParameterTypes.length == 1 && way.getParameterTypes.apply(0).isInstance(plan)) match {
        case Some(way) => parse(String.valueOf(way.invoke(explainer, plan)))
        case None      => Vector.empty
      }
    }
  }

  private def loaded(plan: AnyRef): Class[_] =
    try Class.forName(Explainer, true, plan.getClass.getClassLoader)
    catch {
      // A jar that came with `spark.jars` alone is seen by the session's loader only.
      case absent: ClassNotFoundException =>
        sessionLoader(plan) match {
          case null   => throw absent
          case loader => Class.forName(Explainer, true, loader)
        }
    }

  private def sessionLoader(plan: AnyRef): ClassLoader = {
    val session = new Getter("session").of(plan)
    val state = new Getter("sharedState").of(session)
    new Getter("jarClassLoader").of(state) match {
      case loader: ClassLoader => loader
      case _                   => null
    }
  }

  /** The pairs in the verbose tree of `ExtendedExplainInfo`. Mirror of `clusop.certify.comet_words.parse_extended_info`. */
  def parse(text: String): Vector[(String, String)] = {
    val found = new java.util.LinkedHashSet[(String, String)]
    text.split("\\r\\n|\\n|\\r").foreach { line =>
      val node = Node.matcher(line)
      val said = Reasons.matcher(line)
      if (node.find() && said.find()) {
        val plain = ExpressionId.matcher(withoutStatistics(said.group(1))).replaceAll("")
        sentences(plain).foreach { reason =>
          if (found.size < MostWords) found.add((node.group(1), Chars.cut(reason, LongestWord)))
        }
      }
    }
    val words = Vector.newBuilder[(String, String)]
    val each = found.iterator
    while (each.hasNext) words += each.next()
    words.result()
  }

  /** The reasons in a joined text. A comma inside brackets joins nothing, however deep they are, nor does one in a list of
    * functions.
    */
  private def sentences(text: String): Vector[String] = {
    var hidden = text
    var before = ""
    while (hidden != before) {
      before = hidden
      val inside = InBrackets.matcher(hidden)
      val rewritten = new StringBuffer
      while (inside.find())
        inside.appendReplacement(rewritten, Matcher.quoteReplacement(translated(inside.group(), Shown, Hidden)))
      hidden = inside.appendTail(rewritten).toString
    }
    val told = Vector.newBuilder[String]
    var last: String = null
    Between.split(hidden).map(reason => translated(reason, Hidden, Shown)).foreach { reason =>
      // One more name of a list: "Incompatible aggregate function(s): collect_set, count".
      if (last != null && last.contains("function(s): ") && Listed.matcher(reason).matches()) last = s"$last, $reason"
      else if (!reason.isEmpty) {
        if (last != null) told += last
        last = reason
      }
    }
    if (last != null) told += last
    told.result()
  }

  private def translated(text: String, from: String, to: String): String = {
    val changed = new java.lang.StringBuilder(text)
    text.indices.foreach { at =>
      val known = from.indexOf(text.charAt(at).toInt)
      if (known >= 0) changed.setCharAt(at, to.charAt(known))
    }
    changed.toString
  }

  /** Long bracketed arguments (a Delta relation prints its whole snapshot) as `(…)`. */
  private def withoutStatistics(text: String): String = {
    val kept = new java.lang.StringBuilder
    var opened = 0
    var depth = 0
    var index = 0
    while (index < text.length) {
      val character = text.charAt(index)
      if (character == '(') {
        if (depth == 0) opened = kept.length
        depth += 1
      }
      kept.append(character)
      if (character == ')' && depth > 0) {
        depth -= 1
        if (depth == 0 && kept.length - opened > LongestArguments) cut(kept, opened, "(…)")
      } else if (index == text.length - 1 && depth > 0 && kept.length - opened > LongestArguments) cut(kept, opened, "(…")
      index += 1
    }
    kept.toString
  }

  private def cut(kept: java.lang.StringBuilder, from: Int, sign: String): Unit = {
    kept.setLength(from)
    kept.append(sign)
  }
}
