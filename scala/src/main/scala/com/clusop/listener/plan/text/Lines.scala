package com.clusop.listener.plan.text

import java.util.regex.Pattern

import com.clusop.listener.plan.Chars

/** The lines of a text, and what was removed before them, in words. */
private[text] final case class CleanLines(lines: Array[String], damages: Vector[String])

/** Splits a text into lines and frees each from what was put before it: comment signs, quotes, numbers, bullets, bold, tabs.
  * Mirror of `clusop.plan.text.lines`.
  */
private[text] object Lines {
  private val MaxLayers = 4
  private val TabbedBranch = Pattern.compile("[ :]*\\t[ \\t:]*[+:]- ")
  private val TabbedOrNot = Pattern.compile("[ \\t:]*[+:]- ")
  private val TabWidths = Vector(8, 4, 3)
  private val DefaultTab = 8
  private val Indent = 3
  private val Markup = Vector("**", "__", "`", "~~~")
  private val WrappedInMarkup =
    Pattern.compile("([ :]*(?:[+:]- )?(?:\\*(?:\\([0-9]+\\))? ?)?)(__|`)(?=[A-Z*=(])")
  private val Bold = "bold markers"

  def clean(text: String, steps: Steps): CleanLines = {
    var lines = split(text)
    var damages = Vector.empty[String]
    var layers = 0
    var layer = Prefix.voted(lines)
    while (layers < MaxLayers && layer.nonEmpty) {
      steps.add(text.length + lines.length)
      layer.foreach { prefix =>
        lines = lines.map { line =>
          val end = prefix.end(line)
          if (end < 0) line else line.substring(end)
        }
        damages = damages :+ prefix.damage
      }
      layers += 1
      if (layers < MaxLayers) layer = Prefix.voted(lines)
    }
    steps.add(text.length + lines.length)
    if (text.indexOf('\t') >= 0) {
      steps.add(text.length)
      val tabbed = lines.exists(TabbedBranch.matcher(_).lookingAt())
      lines = withoutTabs(lines, if (tabbed) tabWidth(lines) else DefaultTab)
      if (tabbed) damages = damages :+ "tabs"
    }
    if (Markup.exists(text.contains(_))) {
      steps.add(text.length)
      val freed = lines.map(withoutMarkup)
      if (freed.exists(_._2)) damages = damages :+ Bold
      lines = freed.map(_._1)
    }
    CleanLines(lines, damages.distinct)
  }

  /** The lines without trailing blanks. */
  private def split(text: String): Array[String] = {
    val lines = Array.newBuilder[String]
    var from = 0
    var end = text.indexOf('\n')
    while (end >= 0) {
      lines += text.substring(from, Chars.lastFilled(text, from, end))
      from = end + 1
      end = text.indexOf('\n', from)
    }
    lines += text.substring(from, Chars.lastFilled(text, from, text.length))
    lines.result()
  }

  /** The width under which the tree is most regular. */
  private def tabWidth(lines: Array[String]): Int = {
    val branches = lines.filter(TabbedOrNot.matcher(_).lookingAt())
    TabWidths.tail.foldLeft((TabWidths.head, regularity(branches, TabWidths.head))) { (best, width) =>
      val found = regularity(branches, width)
      if (found > best._2) (width, found) else best
    }._1
  }

  private def regularity(lines: Array[String], width: Int): Int = {
    val columns = lines.map(line => expanded(line, leadingEnd(line), width).length)
    columns.indices.count { index =>
      val above = columns(Math.max(index - 1, 0))
      (columns(index) - columns(0)) % Indent == 0 && columns(index) <= above + 2 * Indent
    }
  }

  private def withoutTabs(lines: Array[String], width: Int): Array[String] = lines.map { line =>
    if (line.indexOf('\t') < 0) line
    else {
      val end = leadingEnd(line)
      expanded(line, end, width) + line.substring(end).replace('\t', ' ')
    }
  }

  private def leadingEnd(line: String): Int = {
    var end = 0
    while (end < line.length && " \t:".indexOf(line.charAt(end).toInt) >= 0) end += 1
    end
  }

  /** The first `end` characters of a line with their tabs expanded. */
  private def expanded(line: String, end: Int, width: Int): String = {
    val built = new java.lang.StringBuilder
    var index = 0
    while (index < end) {
      if (line.charAt(index) == '\t') {
        var blanks = width - built.length % width
        while (blanks > 0) {
          built.append(' ')
          blanks -= 1
        }
      } else built.append(line.charAt(index))
      index += 1
    }
    built.toString
  }

  /** A line without markup, and whether bold signs were removed. */
  private def withoutMarkup(line: String): (String, Boolean) = {
    val stripped = Chars.stripLeft(line)
    if (stripped.startsWith("```") || stripped.startsWith("~~~")) return ("", false)
    val bold = line.contains("**") && !line.contains("/**")
    val bare = if (bold) line.replace("**", "") else line
    val matcher = WrappedInMarkup.matcher(bare)
    if (!matcher.lookingAt()) (bare, bold)
    else {
      val rest = bare.substring(matcher.end)
      val sign = matcher.group(2)
      val at = rest.indexOf(sign)
      val closed = if (at < 0) rest else rest.substring(0, at) + rest.substring(at + sign.length)
      (matcher.group(1) + closed, true)
    }
  }
}
