package com.clusop.listener.agent

import java.util.function.Consumer

import com.clusop.listener.json.{Json, JsonWriter}
import com.clusop.listener.{Reason, Reasons}
import org.apache.spark.SparkConf

/** What a shim enters by: decides whether it is the feed, leads to one that is there, or stays idle. The shim calls its
  * constructor by reflection and catches all it throws.
  */
private[agent] final class ConfDoor(listener: Object, conf: Object) extends Consumer[Object] {
  private val sink: Consumer[Object] = ConfDoor.enter(listener, conf)

  override def accept(event: Object): Unit = if (sink != null) sink.accept(event)
}

private[agent] object ConfDoor {

  /** Somebody's wish to be left alone is no news. */
  private val Silent = Set("switched-off", "kill-file", "disarmed")

  private def enter(listener: Object, conf: Object): Consumer[Object] = {
    val place = ShimPlace.ofThisThread
    Boot.serving() match {
      case Own(agent, _) =>
        val entered = enterOwn(agent, listener, place, confOf(conf))
        entered.left.foreach(reason => if (!Silent(reason.id)) StderrLine.say("not armed: " + Reasons.sentence(reason)))
        if (entered.isRight && agent.problems.nonEmpty) StderrLine.say(agent.problems.map(Reasons.sentence).mkString(" "))
        entered.fold(_ => null, sink => sink)
      case Foreign(map) =>
        val request = Json.obj("op" -> Json.str("attach"), "context" -> Json.str(""), "door" -> Json.str(place.door))
        Registry.ask(map, Registry.Call, JsonWriter.canonical(request)): Unit
        null
    }
  }

  private def enterOwn(
      agent: Agent,
      listener: Object,
      place: ShimPlace,
      conf: Map[String, String]
  ): Either[Reason, Consumer[Object]] = {
    val active = if (place.isInContextConstructor) None else SparkSide.activeContext()
    active match {
      case None          => agent.enter(listener, place, conf)
      case Some(context) =>
        agent.attach(AttachRequest(place.door, Map.empty, Json.obj()), Some(context)) match {
          case NotArmed(reason) => Left(reason)
          case _                => Right(null)
        }
    }
  }

  private def confOf(conf: Object): Map[String, String] = conf match {
    case handed: SparkConf => handed.getAll.toMap
    case _                 => new SparkConf(true).getAll.toMap
  }
}
