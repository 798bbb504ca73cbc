package com.clusop.listener.agent

import com.clusop.listener.json.{Json, JsonWriter}
import org.apache.spark.SparkContext

/** What the Python door leads to: this loader's agent, or the one that is there already. */
object DoorKeeper {
  def answer(context: Object, request: String): String = AttachRequest.parse(request) match {
    case Left(reason) => JsonWriter.canonical(Answers.no(reason))
    case Right(asked) =>
      Boot.serving() match {
        case Own(agent, router) =>
          val running = context match {
            case one: SparkContext => Some(one)
            case _                 => SparkSide.activeContext()
          }
          JsonWriter.canonical(router.answerTo(agent.attach(AttachRequest.of(asked), running)))
        case Foreign(map) =>
          val forwarded = Json.Obj(asked.members :+ ("op" -> Json.str("attach")))
          Registry.ask(map, Registry.Call, JsonWriter.canonical(forwarded)).getOrElse {
            JsonWriter.canonical(Answers.no(com.clusop.listener.Reason("bad-request", ": what is published is no agent")))
          }
      }
  }
}
