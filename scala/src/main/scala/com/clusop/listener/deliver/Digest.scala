package com.clusop.listener.deliver

import com.clusop.listener.analysis.JudgedPlan
import com.clusop.listener.json.Json
import com.clusop.listener.plan.Scrub

/** A plan's digest: `[depth, kind, name, arguments]` by operator in pre-order, and how many were left out at the end. Mirror of
  * `clusop.analysis.records.digest`.
  */
final case class Digest(entries: Vector[Json], cut: Int) {
  lazy val bytes: Long = HeldBytes.of(Json.arr(entries))
}

object Digest {
  val MaxEntries = 200
  private val MaxRawChars = 256
  private val MaxArgumentChars = 96

  def of(judged: JudgedPlan): Digest = judged.reading.plan match {
    case None       => Digest(Vector.empty, 0)
    case Some(plan) =>
      val entries = plan.operators.take(MaxEntries).zipWithIndex.map { case (operator, index) =>
        Json.arr(
          Vector(
            Json.num(plan.depths(index).toLong),
            Json.str(judged.kinds(index).value),
            Json.str(Gate.operatorName(operator.name)),
            Json.str(arguments(operator.arguments))
          )
        )
      }
      Digest(entries, plan.size - entries.size)
  }

  private def arguments(text: String): String = {
    val scrubbed = Scrub.scrubArguments(Gate.cut(text, MaxRawChars))
    scrubbed.filter(character => character >= ' ' && character <= '~').take(MaxArgumentChars)
  }
}
