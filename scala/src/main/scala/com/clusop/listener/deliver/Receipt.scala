package com.clusop.listener.deliver

import com.clusop.listener.json.{Json, JsonReader}

/** The aggregator's answer to a batch. Mirror of `_receipt` in `clusop.runtime.transport.http`: it speaks of every record that
  * was sent or of none, for what it is silent about may be lost.
  */
private[deliver] object Receipt {

  /** What it refuses for good; none where it is no receipt, or one for another number of records. */
  def refusedOf(body: String, sent: Int): Option[Vector[Json.Obj]] = JsonReader.read(body) match {
    case Right(receipt: Json.Obj) if receipt.get("clusop_receipt").contains(Json.Num("1")) =>
      val refused = receipt.get("refused") match {
        case Some(Json.Arr(items)) => items
        case _                     => Vector.empty
      }
      val told = for (accepted <- number(receipt, "accepted"); known <- number(receipt, "known")) yield accepted + known
      if (told.contains(sent.toLong - refused.size)) Some(refused.collect { case one: Json.Obj => one }) else None
    case _ => None
  }

  /** A count; one of more digits than any batch has records fits no sum. */
  private def number(receipt: Json.Obj, name: String): Option[Long] = receipt.get(name) match {
    case Some(Json.Num(text)) if text.nonEmpty && text.length <= MaxDigits && text.forall(c => c >= '0' && c <= '9') =>
      Some(java.lang.Long.parseLong(text))
    case _ => None
  }

  private val MaxDigits = 9
}
