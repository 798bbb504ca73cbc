package com.clusop.listener.settings

import com.clusop.listener.Resource
import com.clusop.listener.json.{Json, JsonReader}

/** One setting as `settings.json` declares it. `default` is text, as a user would write it. */
final case class Declaration(
    key: String,
    env: String,
    kind: String,
    default: String,
    least: Option[Long],
    most: Option[Long],
    doc: String
)

/** All settings, in the order of `settings.json`: the same file the Python runtime reads. */
object Declaration {
  val Prefix = "spark.clusop."

  lazy val all: Vector[Declaration] = read(Resource.text("settings.json"))

  def read(text: String): Vector[Declaration] = JsonReader.read(text) match {
    case Right(document: Json.Obj) =>
      document.get("settings") match {
        case Some(list: Json.Arr) => list.items.collect { case one: Json.Obj => declared(one) }
        case _                    => throw new IllegalStateException("settings.json has no list of settings")
      }
    case _ => throw new IllegalStateException("settings.json is no JSON object")
  }

  private def declared(one: Json.Obj): Declaration =
    Declaration(
      textOf(one.get("key")),
      textOf(one.get("env")),
      textOf(one.get("type")),
      textOf(one.get("default")),
      one.get("least").map(textOf2Long),
      one.get("most").map(textOf2Long),
      textOf(one.get("doc"))
    )

  private def textOf2Long(value: Json): Long = java.lang.Long.parseLong(textOf(Some(value)))

  private def textOf(value: Option[Json]): String = value match {
    case Some(Json.Str(text))  => text
    case Some(Json.Num(text))  => text
    case Some(Json.Bool(flag)) => if (flag) "true" else "false"
    case _                     => ""
  }
}
