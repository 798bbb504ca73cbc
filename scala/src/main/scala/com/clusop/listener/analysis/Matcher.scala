package com.clusop.listener.analysis

import java.util.regex.Pattern
import java.util.{HashMap => JavaMap}

import com.clusop.listener.json.CodePointOrder
import com.clusop.listener.plan.{Chars, Plan}

/** Which operator a line of the engine's words means, among `members` (those off the engine): the same name, the arguments
  * closest. Mirror of `clusop.analysis.causes.matching`; looked up by search, not by trial.
  */
private[analysis] final class Matcher(plan: Plan, members: Vector[Int]) {
  import Matcher._

  private lazy val groups: Map[String, Group] =
    members.groupBy(index => plan.operators(index).name).map { case (name, same) => name -> new Group(plan, same) }

  /** The operator of this name whose arguments begin most like `arguments`; the last of several. */
  def find(name: String, arguments: String): Option[Int] = groups.get(name).map(_.closest(arguments))
}

private object Matcher {
  private val ComparedChars = 400
  private val Id = Pattern.compile("#[0-9]+L?|(?<![A-Za-z0-9_])plan_id=[0-9]+|(?<![A-Za-z0-9_])id=#?[0-9]+")

  /** Ids differ between a tree and the reasons given for it. */
  private def compared(arguments: String): String = Chars.cut(Id.matcher(arguments).replaceAll(""), ComparedChars)

  /** Operators of one name, and the texts of their arguments in order. */
  final class Group(plan: Plan, same: Vector[Int]) {
    private lazy val lastOf: JavaMap[String, Int] = {
      val found = new JavaMap[String, Int]
      same.foreach(index => found.put(compared(plan.operators(index).arguments), index))
      found
    }
    private lazy val texts: Array[String] = {
      val found = lastOf.keySet.toArray(new Array[String](0))
      java.util.Arrays.sort(found, CodePointOrder)
      found
    }
    private val lastByBeginning = new JavaMap[String, Int]

    def closest(arguments: String): Int =
      if (arguments.isEmpty || same.size == 1) same.last
      else {
        val wanted = compared(arguments)
        val at = firstFrom(wanted)
        // In order, the texts that share most with a text stand next to it.
        val before = if (at > 0) common(texts(at - 1), wanted) else 0
        val behind = if (at < texts.length) common(texts(at), wanted) else 0
        lastWith(wanted.substring(0, Math.max(before, behind)))
      }

    private def lastWith(beginning: String): Int = {
      if (!lastByBeginning.containsKey(beginning)) {
        var last = -1
        var at = firstFrom(beginning)
        while (at < texts.length && texts(at).startsWith(beginning)) {
          last = Math.max(last, lastOf.get(texts(at)))
          at += 1
        }
        lastByBeginning.put(beginning, last)
      }
      lastByBeginning.get(beginning)
    }

    private def firstFrom(text: String): Int = {
      val at = java.util.Arrays.binarySearch(texts, text, CodePointOrder)
      if (at >= 0) at else -at - 1
    }

    /** The length of the common beginning; never half a character. */
    private def common(one: String, other: String): Int = {
      val shortest = Math.min(one.length, other.length)
      var count = 0
      while (count < shortest && one.charAt(count) == other.charAt(count)) count += 1
      if (count > 0 && count < shortest && Character.isHighSurrogate(one.charAt(count - 1))) count - 1 else count
    }
  }
}
