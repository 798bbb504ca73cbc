package com.clusop.listener.plan.text

import java.util.regex.Pattern

import scala.collection.mutable
import scala.collection.mutable.ArrayBuffer

import com.clusop.listener.plan.{Chars, Naming}

/** The detail block of one operator: its name, its codegen number and its lines, joined and bounded. */
private[text] final class Detail(val name: String, val codegen: Option[Int]) {
  val lines: ArrayBuffer[String] = ArrayBuffer.empty
  private var chars = 0

  /** Takes one more line of the block while there is room. */
  def add(line: String): Unit =
    if (chars < Naming.MaxArgumentChars && lines.size < Detail.MaxLines) {
      lines += Chars.cut(Chars.strip(line), Naming.MaxArgumentChars)
      chars += Chars.length(line)
    }

  /** The block's lines as arguments. */
  def text: String = lines.mkString("; ")
}

private object Detail {
  private val MaxLines = 200
}

/** A physical plan's printed trees, the plan itself first, and the detail blocks by operator number. */
private[text] final class Physical(headed: Boolean) {
  val trees: ArrayBuffer[PrintedTree] = ArrayBuffer(new PrintedTree(headed))
  val details: mutable.LinkedHashMap[Int, Detail] = mutable.LinkedHashMap.empty
}

/** Takes the lines below `== Physical Plan ==` apart: the tree, formatted mode's detail blocks, its subqueries' trees. Mirror of
  * `clusop.plan.text.physical`.
  */
private[text] object Physical {
  private val MaxIndent = 8
  private val CodegenId = Pattern.compile("\\[codegen id : ([0-9]{1,9})\\]")
  private val Hosted = Pattern.compile(
    "\\s*Subquery:\\s?[0-9]+\\s+Hosting operator id\\s?=\\s?([0-9]{1,9})(?:\\s+Hosting Expression\\s?=\\s?(.*))?",
    Pattern.UNIX_LINES
  )
  private val DetailStarts = Vector(
    "Output",
    "Input",
    "Arguments",
    "Condition",
    "Keys",
    "Functions",
    "Results",
    "Batched",
    "Location",
    "Left keys"
  )

  /** Trees shown inside detail blocks (of a cached relation) are arguments there. */
  def divide(lines: ArrayBuffer[String], steps: Steps, headed: Boolean): Physical = {
    val section = new Physical(headed)
    var tree = section.trees(0)
    var detail: Detail = null
    var afterBlank = true
    lines.foreach { line =>
      steps.add(line.length + 1)
      val opened = detailOpening(line)
      // A wrapped argument can begin like a block, as in `(3) AND isnotnull(…`.
      if (opened >= 0 && (afterBlank || Bodies.looksLikeOperator(line.substring(opened)))) {
        tree = null
        detail = open(line, opened, section)
        afterBlank = false
      } else {
        afterBlank = line.isEmpty
        val hosted = if (line.contains("Subquery:")) Hosted.matcher(line) else null
        if (hosted != null && hosted.lookingAt()) {
          val expression = if (hosted.group(2) == null) "" else hosted.group(2)
          tree = new PrintedTree(true, Some(hosted.group(1).toInt), Chars.strip(expression))
          section.trees += tree
          detail = null
        } else if (line.startsWith("=====", Chars.pastSpaces(line, 0))) {
          // Exchanges that adaptive execution optimised away are shown as trees too; they belong to no plan.
          detail = null
          tree = null
        } else if (tree != null) tree.lines += line
        else if (line.isEmpty) detail = null
        else if (detail != null) detail.add(line)
      }
    }
    section
  }

  /** What is left where the detail blocks were pasted without their tree: operators that nothing connects. */
  def treeOfDetails(details: mutable.LinkedHashMap[Int, Detail]): RawTree = {
    val tree = new RawTree
    tree.truncatedTop = true
    tree.truncatedBottom = true
    details.foreach { case (number, detail) =>
      if (Bodies.looksLikeOperator(detail.name) && detail.lines.exists(isDetailLine))
        tree.nodes += new RawNode(s"${detail.name} ($number)")
    }
    tree
  }

  private def open(line: String, opened: Int, section: Physical): Detail = {
    val matcher = CodegenId.matcher(line)
    val isInScope = matcher.find(opened)
    val name = Chars.strip(line, opened, if (isInScope) matcher.start else line.length)
    val detail = new Detail(name, if (isInScope) Some(matcher.group(1).toInt) else None)
    val number = line.substring(line.indexOf('(') + 1, opened - 2).toInt
    if (!section.details.contains(number)) section.details.put(number, detail)
    detail
  }

  /** Behind the number of a block's first line, `(3) `; -1 for any other line. */
  private def detailOpening(line: String): Int = {
    var from = 0
    while (from < line.length && from < MaxIndent && line.charAt(from) == ' ') from += 1
    val close = Naming.closeOfNumber(line, from)
    val name = close + 2
    val isOpening = close >= 0 && name < line.length && line.charAt(close + 1) == ' ' &&
      (Chars.isCapital(line.charAt(name)) || line.charAt(name) == '*')
    if (isOpening) name else -1
  }

  private def isDetailLine(line: String): Boolean = DetailStarts.exists { start =>
    line.startsWith(start) && (line.length == start.length || !Chars.isWord(line.charAt(start.length)))
  }
}
