package com.clusop.listener

import com.clusop.listener.json.{Json, JsonReader}

/** One entry of `reasons.json`. Mirror of `clusop.reasons.CatalogueEntry`. */
final case class ReasonEntry(
    id: String,
    kind: String,
    sentence: String,
    instead: String = "",
    before: String = "",
    after: String = ""
)

/** The catalogue of every refusal, doubt and cause, and their sentences for people. Mirror of `clusop.reasons`. */
object Reasons {

  /** All reasons there are, by id. The only place that reads `reasons.json`. */
  lazy val catalogue: Map[String, ReasonEntry] = JsonReader.read(Resource.text("reasons.json")) match {
    case Right(document: Json.Obj) => entries(document).map(entry => entry.id -> entry).toMap
    case other                     => throw new IllegalStateException(s"reasons.json: $other")
  }

  def contains(id: String): Boolean = catalogue.contains(id)

  /** The reason as one sentence for a person. */
  def sentence(reason: Reason): String = entry(reason.id).sentence.replace("{detail}", reason.detail)

  /** What to do instead, for a cause. */
  def instead(id: String): String = entry(id).instead

  private def entry(id: String): ReasonEntry =
    catalogue.getOrElse(id, throw new IllegalStateException(s"reason '$id' is not in reasons.json"))

  private def entries(document: Json.Obj): Vector[ReasonEntry] = document.get("reasons") match {
    case Some(Json.Arr(items)) =>
      items.collect { case one: Json.Obj =>
        ReasonEntry(
          text(one, "id"),
          text(one, "kind"),
          text(one, "sentence"),
          text(one, "instead"),
          text(one, "before"),
          text(one, "after")
        )
      }
    case _ => Vector.empty
  }

  private def text(from: Json.Obj, name: String): String = from.get(name) match {
    case Some(Json.Str(found)) => found
    case _                     => ""
  }
}
