package com.clusop.probe

import java.io.{BufferedReader, InputStreamReader, PrintStream}
import java.nio.charset.StandardCharsets.UTF_8
import java.util.concurrent.atomic.AtomicLong

import com.clusop.listener.agent.{AgentFacts, DeliverySetup, LossCounts}
import com.clusop.listener.analysis.Cluster
import com.clusop.listener.deliver.{Deliverer, SeenExecution, StageDone, WorkloadFacts}
import com.clusop.listener.json.{Json, JsonReader, JsonWriter}
import com.clusop.listener.pricing.{Known, Priced, Unpriced}
import com.clusop.listener.settings.Settings
import com.clusop.listener.{Fraction, Reason}

/** The delivery side in a JVM of its own, driven by lines of JSON on stdin, one answer a line: for tests of the dispatcher. Its
  * clock is the machine's plus what a test adds, so that no test waits for a lease.
  */
object DeliveryProbe {
  private val added = new AtomicLong
  private val losses = new LossCounts

  def main(arguments: Array[String]): Unit = {
    val reader = new BufferedReader(new InputStreamReader(System.in, UTF_8))
    val out = new PrintStream(System.out, true, UTF_8.name)
    var deliverer: Deliverer = null
    var line = reader.readLine()
    while (line != null) {
      val asked = JsonReader.read(line) match {
        case Right(found: Json.Obj) => found
        case _                      => Json.obj()
      }
      val answer = text(asked, "do") match {
        case "start" =>
          deliverer = started(asked)
          Json.obj()
        case "executed" =>
          deliverer.executed(seen(asked))
          Json.obj()
        case "stage" =>
          deliverer.stageDone(stage(asked))
          Json.obj()
        case "executors" =>
          deliverer.executors(now, Vector(text(asked, "node") -> number(asked, "slots").toInt))
          Json.obj()
        case "advance" =>
          added.addAndGet(number(asked, "ms"))
          Json.obj()
        case "tell" =>
          deliverer.tell(facts(text(asked, "agent"), text(asked, "breaker"), text(asked, "off")))
          Json.obj()
        case "tick" =>
          deliverer.tick()
          Json.obj()
        case "finish" =>
          val from = System.nanoTime
          deliverer.finish(number(asked, "deadline_ms"))
          Json.obj("took_ms" -> Json.num((System.nanoTime - from) / 1000000L))
        case "call"   => deliverer.call(text(asked, "op"), member(asked, "request"))
        case "status" => deliverer.status
        case other    => throw new IllegalArgumentException(other)
      }
      out.println(JsonWriter.canonical(answer))
      line = reader.readLine()
    }
  }

  private def now: Long = System.currentTimeMillis + added.get

  private def started(asked: Json.Obj): Deliverer = {
    val conf = texts(member(asked, "settings"))
    val settings = Settings.resolve(conf, Map.empty, _ => None)
    val setup = DeliverySetup(text(asked, "agent"), () => settings, () => Json.obj(), losses)
    val made = new Deliverer(setup, () => now, Deliverer.JvmPlaces)
    made.tell(facts(text(asked, "agent"), "", ""))
    made
  }

  private def facts(agent: String, breaker: String, off: String): AgentFacts =
    AgentFacts(agent, now, now, "0.1.0", Vector("pth"), breaker, off, 0L, Vector.empty)

  private def seen(asked: Json.Obj): SeenExecution = {
    val market = MarketJson.read(text(asked, "market")).getOrElse(throw new IllegalArgumentException("no market"))
    val facts = member(asked, "facts")
    val hours: Priced[Fraction] = text(asked, "hours") match {
      case ""    => Unpriced(Reason("no-timeline"))
      case given => Known(Fraction.parse(given))
    }
    val priced = market.cluster.getOrElse(Cluster())
    val named = priced.copy(clusterId = text(facts, "clusterId"), clusterName = text(facts, "clusterName"))
    SeenExecution(
      assessment = RecordAnswer.assessment(market),
      hours = hours,
      cluster = named,
      workload = WorkloadFacts(
        workspace = text(facts, "workspace"),
        jobId = text(facts, "jobId"),
        jobRunId = text(facts, "jobRunId"),
        workloadName = text(facts, "workloadName"),
        taskKey = text(facts, "taskKey"),
        dbr = text(facts, "dbr"),
        imageLabel = text(facts, "imageLabel"),
        sparkVersion = text(facts, "sparkVersion"),
        engine = text(facts, "engine"),
        tags = texts(member(facts, "tags"))
      ),
      owner = text(asked, "owner"),
      callSite = text(asked, "callSite"),
      atMs = now
    )
  }

  private def stage(asked: Json.Obj): StageDone = StageDone(
    startAtMs = number(asked, "start_at_ms"),
    endAtMs = number(asked, "end_at_ms"),
    runMs = Fraction(number(asked, "run_ms")),
    lostMs = Fraction(number(asked, "lost_ms")),
    nativeNs = asked.get("native_ns").map(_ => number(asked, "native_ns")),
    isSql = !asked.get("non_sql").contains(Json.True),
    taskCpus = 1
  )

  private def text(from: Json.Obj, name: String): String = from.get(name) match {
    case Some(Json.Str(found)) => found
    case _                     => ""
  }

  private def number(from: Json.Obj, name: String): Long = from.get(name) match {
    case Some(Json.Num(found)) => java.lang.Long.parseLong(found)
    case _                     => 0L
  }

  private def member(from: Json.Obj, name: String): Json.Obj = from.get(name) match {
    case Some(found: Json.Obj) => found
    case _                     => Json.obj()
  }

  private def texts(from: Json.Obj): Map[String, String] =
    from.members.collect { case (name, Json.Str(found)) => name -> found }.toMap
}
