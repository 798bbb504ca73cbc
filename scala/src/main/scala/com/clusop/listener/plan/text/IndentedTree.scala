package com.clusop.listener.plan.text

import com.clusop.listener.plan.Chars

/** Lines and branches of a tree that has no connectors. */
private[text] final case class Indented(lines: Array[String], branches: Array[TreeLine])

/** A tree whose connectors are lost, told by its indentation alone: each line an operator, the first the least indented. Mirror
  * of `_indented_only` in `clusop.plan.text.printed`.
  */
private[text] object IndentedTree {

  def read(lines: Array[String]): Option[Indented] = {
    val cleaned = lines.map(withoutDash)
    val operators =
      cleaned.indices.filter(number => cleaned(number).nonEmpty && Bodies.looksLikeOperator(Chars.strip(cleaned(number)))).toArray
    val isTree = operators.length > 1 &&
      operators.exists(number => !Bodies.isLeafLike(Chars.strip(cleaned(number)))) &&
      operators.last - operators.head == operators.length - 1 && {
        val top = indentOf(cleaned(operators.head))
        operators.tail.forall(number => indentOf(cleaned(number)) > top)
      }
    if (!isTree) None
    else {
      val branches = new Array[TreeLine](lines.length)
      operators.tail.foreach { number =>
        val guides = new Array[Char](indentOf(cleaned(number)))
        java.util.Arrays.fill(guides, ' ')
        branches(number) = TreeLine(new String(guides), "+-", Chars.strip(cleaned(number)))
      }
      Some(Indented(cleaned, branches))
    }
  }

  def indentOf(line: String): Int = Chars.firstFilled(line, 0, line.length)

  private def withoutDash(line: String): String = {
    val at = indentOf(line)
    if (line.startsWith("- ", at)) line.substring(0, at) + "  " + line.substring(at + 2) else line
  }
}
