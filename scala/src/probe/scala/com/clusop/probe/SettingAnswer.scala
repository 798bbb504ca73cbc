package com.clusop.probe

import com.clusop.listener.json.{Json, JsonReader, JsonWriter}
import com.clusop.listener.settings.{Declaration, Reading}

/** What the texts of a question are as values of a kind of setting. Mirror of `tests/vectors/answers/setting_answer.py`. */
object SettingAnswer {

  def of(text: String): String = JsonWriter.canonical(JsonReader.read(text) match {
    case Right(asked: Json.Obj) =>
      (asked.get("kind"), asked.get("texts")) match {
        case (Some(Json.Str(kind)), Some(Json.Arr(texts))) => Json.arr(texts.map(one => answer(kind, one)))
        case _                                             => refused
      }
    case _ => refused
  })

  private val refused: Json = Json.obj("refused" -> Json.str("no-setting"))

  private def answer(kind: String, text: Json): Json = text match {
    case Json.Str(told) =>
      Reading.plain(Declaration("", "", kind, "", Some(100L), Some(60000L), ""), told) match {
        case Right(plain) => Json.obj("value" -> Json.str(if (kind == "ratio") exact(plain) else plain))
        case Left(fault)  => Json.obj("fault" -> Json.str(fault))
      }
    case _ => Json.Null
  }

  private def exact(plain: String): String = {
    val value = new java.math.BigDecimal(plain)
    if (value.signum == 0) "0" else value.stripTrailingZeros.toPlainString
  }
}
