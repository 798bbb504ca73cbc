package com.clusop.listener.plan

import com.clusop.listener.json.Json

/** A node of SparkPlanInfo in the JSON of an event. */
private[plan] final class JsonPlanInfo(node: Json.Obj) extends PlanInfoEntry {
  def nodeName: String = JsonPlanInfo.text(node, "nodeName")
  def simpleString: String = JsonPlanInfo.text(node, "simpleString")

  def children: InfoChildren = node.get("children") match {
    case Some(Json.Arr(items)) =>
      InfoChildren(items.map {
        case found: Json.Obj => Some(new JsonPlanInfo(found))
        case _               => None
      })
    case found => InfoChildren(Vector.empty, broken = found.exists(_ != Json.Null))
  }

  def metrics: InfoMetrics = node.get("metrics") match {
    case Some(Json.Arr(items)) =>
      val listed = items.take(PlanInfoEntry.MaxMetrics)
      val read = listed.flatMap(JsonPlanInfo.metric)
      InfoMetrics(read, listed.size - read.size)
    case found => InfoMetrics(Vector.empty, if (found.exists(_ != Json.Null)) 1 else 0)
  }
}

private[plan] object JsonPlanInfo {
  private val MaxIdChars = 20

  /** The plan info in a JSON value, or in the event it stands in. */
  def of(document: Json): Option[PlanInfoEntry] = {
    val info = document match {
      case event: Json.Obj if event.get("nodeName").isEmpty =>
        event.get("sparkPlanInfo").collect { case inner: Json.Obj => inner }.getOrElse(event)
      case other => other
    }
    info match {
      case found: Json.Obj =>
        val name = found.get("nodeName")
        (if (name.isEmpty) found.get("simpleString") else name).collect { case Json.Str(_) => new JsonPlanInfo(found) }
      case _ => None
    }
  }

  private def text(node: Json.Obj, name: String): String = node.get(name) match {
    case Some(Json.Str(found)) => Chars.clean(found)
    case _                     => ""
  }

  private def metric(entry: Json): Option[Metric] = entry match {
    case found: Json.Obj =>
      found.get("accumulatorId").flatMap(accumulatorId).map { id =>
        PlanInfoEntry.metric(text(found, "name"), text(found, "metricType"), id)
      }
    case _ => None
  }

  /** An integer of 64 bits; the lowest one is left out, as it has no positive twin. */
  private def accumulatorId(value: Json): Option[Long] = value match {
    case Json.Num(digits) if digits.length <= MaxIdChars && digits.forall(each => each == '-' || Chars.isDigit(each)) =>
      val id = new java.math.BigInteger(digits)
      if (id.bitLength < 64 && id.longValue != Long.MinValue) Some(id.longValue) else None
    case _ => None
  }
}
