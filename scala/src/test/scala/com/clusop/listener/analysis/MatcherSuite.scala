package com.clusop.listener.analysis

import org.scalatest.funsuite.AnyFunSuite

import com.clusop.listener.plan.{Operator, Plan}

/** The operator a line means: the search must find what trying each one finds, half a character never counts. */
class MatcherSuite extends AnyFunSuite {
  private def matcher(arguments: String*): Matcher = {
    val operators = arguments.indices.map(at => Operator("Project", at - 1, arguments = arguments(at))).toVector
    new Matcher(Plan(operators), operators.indices.toVector)
  }

  test("ids do not count and the last of equals is meant") {
    val found = matcher("[a#1, b#22L]", "[b#2]", "[a#7, c#8]", "[a#9, b#10L]")
    assert(found.find("Project", "[a#300, b#4L]").contains(3))
    assert(found.find("Project", "[b#5]").contains(1))
    assert(found.find("Project", "").contains(3))
    assert(found.find("Filter", "[b#5]").isEmpty)
  }

  test("two characters that begin with the same half share nothing") {
    // U+1F600 and U+1F601: one UTF-16 unit in common, no character; so the last operator is meant, as in Python.
    assert(matcher("\ud83d\ude01", "b").find("Project", "\ud83d\ude00").contains(1))
  }

  test("search finds what trying every operator finds") {
    val chance = new scala.util.Random(7)
    val letters = Vector("a", "b", "[", "é", "\ud83d\ude00", "\ud83d\ude01", "\uff21")
    def text(): String = Vector.fill(chance.nextInt(5))(letters(chance.nextInt(letters.size))).mkString
    (1 to 2000).foreach { _ =>
      val arguments = Vector.fill(2 + chance.nextInt(8))(text())
      val wanted = text() + "a"
      val shared = arguments.map { one =>
        one.codePoints.toArray.zip(wanted.codePoints.toArray).takeWhile(pair => pair._1 == pair._2).length
      }
      assert(matcher(arguments: _*).find("Project", wanted).contains(shared.lastIndexOf(shared.max)), s"$arguments $wanted")
    }
  }
}
