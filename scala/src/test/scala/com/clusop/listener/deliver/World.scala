package com.clusop.listener.deliver

import com.clusop.listener.agent.{AgentFacts, DeliverySetup, LossCounts}
import com.clusop.listener.json.Json
import com.clusop.listener.settings.Settings

/** A deliverer without Spark and Python around it, and with a clock that stands still. `conf` is without its prefix. */
private final class World(conf: (String, String)*) {
  import Sightings.{read, text}

  var nowMs: Long = 1000000L
  @volatile var asked: () => Unit = () => ()
  private val told = conf.map { case (key, value) => s"spark.clusop.$key" -> value }.toMap
  private val settings = Settings.resolve(told, Map.empty, _ => None)
  private def settled(): Settings = {
    asked()
    settings
  }
  private val setup = DeliverySetup(Sightings.AgentId, () => settled(), () => Json.obj(), new LossCounts)
  val deliverer = new Deliverer(setup, () => nowMs, Deliverer.JvmPlaces)
  tell()

  def tell(off: String = "", breaker: String = ""): Unit = {
    val losses = Vector("callback-error" -> 2L)
    deliverer.tell(AgentFacts(Sightings.AgentId, nowMs, nowMs, "0.1.0", Vector("pth"), breaker, off, 0L, losses))
  }
  def poll(holder: String = "a", ack: String = ""): Json.Obj = {
    val asked =
      Vector("holder" -> Json.str(holder), "max_records" -> Json.num(100L), "ack" -> Json.str(ack), "sent" -> Json.True)
    deliverer.call("poll", Json.Obj(asked))
  }
  def lines(answer: Json.Obj): Vector[String] = answer.get("records") match {
    case Some(Json.Arr(items)) => items.collect { case Json.Str(line) => line }
    case _                     => Vector.empty
  }
  def records(answer: Json.Obj): Vector[Json.Obj] = answer.get("records") match {
    case Some(Json.Arr(lines)) => lines.collect { case Json.Str(line) => read(line) }
    case _                     => Vector.empty
  }

  /** What is sealed and has not left, whoever may send it. */
  def waiting: Vector[Json.Obj] = deliverer.remainder.map(one => read(one.line))

  /** The lease that may be had now; the dispatcher's own thread may hold it until its endpoint has refused. */
  def taken(): Lease = {
    val untilNs = System.nanoTime + 30L * 1000 * 1000 * 1000
    var lease = deliverer.take(nowMs, isEnd = false)
    while (lease.isEmpty && System.nanoTime < untilNs) {
      Thread.`yield`()
      lease = deliverer.take(nowMs, isEnd = false)
    }
    lease.getOrElse(throw new AssertionError("nothing was lent"))
  }
  def slotMs: Vector[Option[Json]] = waiting.filter(text(_, "record") == "usage-hour").map(_.get("slot_ms"))
  def flush(): Unit = deliverer.call("flush", Json.obj()): Unit
  def signals(): Vector[Json.Obj] = {
    flush()
    val answer = poll()
    poll(ack = text(answer, "lease"))
    records(answer).filter(text(_, "record") == "signal")
  }
}
