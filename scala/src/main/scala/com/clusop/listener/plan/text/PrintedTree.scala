package com.clusop.listener.plan.text

import scala.collection.mutable.ArrayBuffer

import com.clusop.listener.plan.{Chars, Phase}

/** The lines of one tree, collected until it is known where it ends. `headed`: a heading stood right above it. */
private[text] final class PrintedTree(val headed: Boolean, val host: Option[Int] = None, val hosting: String = "") {
  val lines: ArrayBuffer[String] = ArrayBuffer.empty
}

/** Reads the lines of one printed tree: tells branches, roots, markers, wrapped arguments and prose apart. Mirror of
  * `clusop.plan.text.printed`. Null among branches: a line without connector.
  */
private[text] object PrintedTree {

  /** The tree that `printed` shows; a tree without nodes where it shows none. */
  def read(printed: PrintedTree, steps: Steps): RawTree = {
    var tree = new RawTree(printed.host, printed.hosting)
    val shown = printed.lines.iterator.map(Branches.of).toArray
    printed.lines.foreach(line => steps.add(line.length + 1))
    var lines = printed.lines.toArray
    var branches = shown
    if (shown.forall(_ == null)) {
      IndentedTree.read(lines).foreach { found =>
        lines = found.lines
        branches = found.branches
        tree.irregular = true
      }
    }
    val start = startOf(lines, branches, printed.headed)
    if (start >= 0) {
      grow(lines, branches, start, tree, flat = false)
      if (tree.irregular && isFlat(shown)) {
        tree = new RawTree(printed.host, printed.hosting)
        tree.irregular = true
        lines.foreach(line => steps.add(line.length + 1))
        grow(lines, branches, start, tree, flat = true)
      }
    }
    tree
  }

  /** Whether every line starts at the margin: the indentation is lost, the order of the lines is all there is. */
  private def isFlat(shown: Array[TreeLine]): Boolean = {
    val named = shown.filter(branch => branch != null && Bodies.namesSomething(branch.body))
    named.length > 1 && !named.exists(_.guides.startsWith(" "))
  }

  private def grow(lines: Array[String], branches: Array[TreeLine], start: Int, tree: RawTree, flat: Boolean): Unit = {
    val reader = new TreeReader(tree, flat)
    var number = start
    while (number < lines.length && !tree.tooLarge) {
      reader.take(lines(number), branches(number))
      number += 1
    }
    if (number == lines.length) reader.finish()
  }

  /** The line at which the tree begins, -1 where there is none. */
  private def startOf(lines: Array[String], branches: Array[TreeLine], headed: Boolean): Int = {
    val first = lines.indexWhere(_.nonEmpty)
    val firstBranch = lines.indices.find(number => lines(number).nonEmpty && branches(number) != null).getOrElse(-1)
    if (headed && first >= 0 && branches(first) == null && Bodies.namesSomething(Chars.strip(lines(first)))) first
    else if (firstBranch < 0) lines.indexWhere(line => line.nonEmpty && standsAlone(line))
    else {
      val above = lines.lastIndexWhere(_.nonEmpty, firstBranch - 1)
      val isRoot = above >= 0 && Bodies.looksLikeOperator(Chars.strip(lines(above))) &&
        IndentedTree.indentOf(lines(above)) <= branches(firstBranch).guides.length
      if (isRoot) above else firstBranch
    }
  }

  /** Whether a line is a whole plan of one operator: it shows columns with ids, or an operator number. */
  private def standsAlone(line: String): Boolean = {
    val body = Chars.strip(line)
    Bodies.looksLikeOperator(body) && {
      (body.indexOf('#') >= 0 && body.indexOf('[') >= 0) || Bodies.splitNumber(OperatorText(None, body)).number.nonEmpty
    }
  }
}

/** Takes the lines of a tree in order and tells the grower what each of them is. */
private final class TreeReader(tree: RawTree, flat: Boolean) {
  private val grower = new Grower(tree, flat)
  private val loose = ArrayBuffer.empty[String]
  private var afterBlank = false

  /** Reads one line; `branch` is what it is if it has a connector, else null. */
  def take(line: String, branch: TreeLine): Unit =
    if (line.isEmpty) afterBlank = tree.nodes.nonEmpty && !grower.rootExpected
    else if (!plant(line, branch) && tree.nodes.nonEmpty && !grower.rootExpected) {
      // Prose below the tree is not part of it; lines between branches are.
      if (!afterBlank) loose += line
    } else {
      loose.clear()
      afterBlank = false
    }

  private def plant(line: String, branch: TreeLine): Boolean =
    phaseOf(if (branch != null) branch.body else line) match {
      case Some(phase) =>
        grower.marker(if (branch != null) branch else Branches.root(line), phase)
        true
      case None if branch != null && Bodies.namesSomething(branch.body) =>
        if (loose.nonEmpty) wrap()
        grower.branch(branch)
        true
      case None if branch == null && grower.rootExpected && Bodies.namesSomething(Chars.strip(line)) =>
        grower.root(Branches.root(line))
        true
      case None => false
    }

  private def phaseOf(text: String): Option[Phase] =
    if (text.nonEmpty && "=* ".indexOf(text.charAt(0).toInt) >= 0) Headings.phaseMarker(Chars.strip(text, "* ")) else None

  /** Ends the tree: what its last operator leaves open is missing. */
  def finish(): Unit = {
    if (loose.nonEmpty && tree.nodes.nonEmpty && isUnbalanced(tree.nodes.last.body)) wrap()
    if (grower.unfinished) tree.truncatedBottom = true
  }

  /** Lines without connector that stand between branches are arguments of the operator above, wrapped. */
  private def wrap(): Unit = {
    tree.wrapped = true
    loose.foreach { line =>
      var from = 0
      while (from < line.length && (line.charAt(from) == ' ' || line.charAt(from) == ':')) from += 1
      tree.nodes.last.extend(line.substring(from))
    }
    loose.clear()
  }

  private def isUnbalanced(body: String): Boolean =
    body.count("([{".indexOf(_) >= 0) > body.count(")]}".indexOf(_) >= 0) && !body.endsWith("...")
}
