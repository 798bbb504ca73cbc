package com.clusop.listener.plan

import java.nio.charset.StandardCharsets.UTF_8
import java.security.MessageDigest
import java.util.Arrays

/** A stable hash of a plan's shape; no argument goes into it. Mirror of `clusop.plan.fingerprint`, where its formula is told. */
object Fingerprint {
  private val Version = "plan-1"
  private val DigestBytes = 16
  private val Hexadecimal = "0123456789abcdef"

  /** `plan-1:` and 32 hexadecimal digits. */
  def of(plan: Plan): String = {
    val below = new Array[List[Array[Byte]]](plan.size)
    val holders = new Array[List[Array[Byte]]](plan.size)
    Arrays.fill(below.asInstanceOf[Array[AnyRef]], Nil)
    Arrays.fill(holders.asInstanceOf[Array[AnyRef]], Nil)
    var roots: List[Array[Byte]] = Nil
    val sha = MessageDigest.getInstance("SHA-256")
    plan.operators.indices.reverse.foreach { index =>
      val operator = plan.operators(index)
      val name = Chars.clean(operator.name).getBytes(UTF_8)
      sha.update(s"${name.length}:".getBytes(UTF_8))
      sha.update(name)
      sha.update(s"|${operator.link.value}|".getBytes(UTF_8))
      // Children were met last to first, so that prepending put them in order.
      below(index).foreach(each => sha.update(each))
      sha.update('|'.toByte)
      holders(index).sortWith((one, other) => compare(one, other) < 0).foreach(each => sha.update(each))
      val found = sha.digest()
      if (operator.parent == Plan.Root) roots = found :: roots
      else if (operator.link == Link.Subquery) holders(operator.parent) = found :: holders(operator.parent)
      else below(operator.parent) = found :: below(operator.parent)
      below(index) = Nil
      holders(index) = Nil
    }
    roots.foreach(each => sha.update(each))
    s"$Version:${hexadecimal(sha.digest())}"
  }

  /** The order of Python's bytes: unsigned. */
  private def compare(one: Array[Byte], other: Array[Byte]): Int = {
    var index = 0
    while (index < one.length && one(index) == other(index)) index += 1
    if (index == one.length) 0 else Integer.compare(one(index) & 0xff, other(index) & 0xff)
  }

  private def hexadecimal(digest: Array[Byte]): String = {
    val built = new java.lang.StringBuilder
    digest.iterator.take(DigestBytes).foreach { each =>
      built.append(Hexadecimal.charAt((each >> 4) & 15)).append(Hexadecimal.charAt(each & 15))
    }
    built.toString
  }
}
