package com.clusop.listener.deliver

import com.clusop.listener.Reasons
import com.clusop.listener.json.Json

/** Sends lines in batches, halving where the aggregator cannot take one, until every line has arrived, is lost for good, or
  * must wait. Works over places in the list, so that a spool file needs no sequences.
  */
final class Batches(send: Vector[String] => Sent) {

  def deliver(lines: Vector[String]): Batches.Outcome = {
    val arrived = Vector.newBuilder[Int]
    val lost = Vector.newBuilder[(Int, String)]
    val waiting = new java.util.ArrayDeque[(Int, Int)]
    var later: Option[Sent.Later] = None
    if (lines.nonEmpty) waiting.push((0, lines.size))
    while (!waiting.isEmpty && later.isEmpty) {
      val (from, until) = waiting.pop()
      send(lines.slice(from, until)) match {
        case Sent.Acknowledged(refused) =>
          // Only of what was sent: a wrong answer must not invent losses.
          val reasons = refused.flatMap(one => placeOf(lines, from, until, one).map(_ -> reasonOf(one))).toMap
          (from until until).foreach { place =>
            reasons.get(place) match {
              case Some(reason) => lost += place -> reason
              case None         => arrived += place
            }
          }
        case Sent.Halve(reason, isOurs) if until - from == 1 =>
          if (isOurs) lost += from -> reason else later = Some(Sent.Later("endpoint-not-ours"))
        case _: Sent.Halve =>
          val middle = from + (until - from) / 2
          waiting.push((middle, until))
          waiting.push((from, middle))
        case wait: Sent.Later => later = Some(wait)
      }
    }
    Batches.Outcome(arrived.result(), lost.result(), later)
  }

  /** Which line a receipt's refusal means: by agent and sequence, as they stand in the canonical bytes. */
  private def placeOf(lines: Vector[String], from: Int, until: Int, refused: Json.Obj): Option[Int] = {
    val asked = new Request(refused)
    val agent = asked.text("agent")
    val sequence = asked.digits("sequence")
    (from until until).find { place =>
      lines(place).contains("\"agent\":\"" + agent + "\"") && lines(place).contains("\"sequence\":" + sequence + ",")
    }
  }

  /** The refusal's own reason; losses leave in records, where only our own ids may stand. */
  private def reasonOf(refused: Json.Obj): String = {
    val told = new Request(refused).text("reason")
    if (Reasons.contains(told)) told else "refused"
  }
}

object Batches {

  /** `arrived` and `lost` (with reasons) are places in the list; `later` says why the others wait. */
  final case class Outcome(arrived: Vector[Int], lost: Vector[(Int, String)], later: Option[Sent.Later])
}
