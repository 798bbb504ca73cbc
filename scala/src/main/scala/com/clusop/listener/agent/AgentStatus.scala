package com.clusop.listener.agent

import com.clusop.listener.Reasons
import com.clusop.listener.json.Json
import com.clusop.listener.settings.Setting
import org.apache.spark.SparkContext

/** What "status" answers: the agent as people want to see it. No setting's secret is shown; files are named, never read. */
private[agent] object AgentStatus {

  def of(agent: Agent): Json.Obj = {
    val facts = agent.facts
    Answers.yes(
      (agent.identity.about.members ++ Vector(
        "armed" -> Answers.bool(agent.allSlots.exists(slot => slot.isLive && slot.guard.isOpen)),
        "off" -> Json.str(facts.off),
        "off_sentence" -> Json.str(agent.quiet.reason.map(Reasons.sentence).getOrElse("")),
        "breaker" -> Json.str(facts.breaker),
        "doors" -> Json.arr(facts.doors.map(Json.str)),
        "started_at_ms" -> Json.num(facts.startedAtMs),
        "armed_since_ms" -> (if (facts.armedSinceMs == 0) Json.Null else Json.num(facts.armedSinceMs)),
        "late_armed" -> Json.num(facts.lateArmedCount),
        "contexts" -> Json.arr(agent.allSlots.map(feed)),
        "losses" -> Json.Obj(facts.losses.map { case (reason, count) => reason -> Json.num(count) }),
        "errors" -> Json.num(agent.errorCount.toLong),
        "retained_bytes" -> Json.num(agent.retainedBytes),
        "work_waiting" -> Json.num(agent.thread.waitingCount.toLong),
        "thread_alive" -> Answers.bool(agent.thread.isAlive),
        "thread_starts" -> Json.num(agent.thread.starts.toLong),
        "cpu_ms" -> Json.num(agent.thread.spentCpuNs / 1000000),
        "spark_version" -> Json.str(org.apache.spark.SPARK_VERSION),
        "scala_version" -> Json.str(scala.util.Properties.versionNumberString),
        "java_version" -> Json.str(String.valueOf(System.getProperty("java.version"))),
        "live_plans" -> Answers.bool(SparkSide.hasLivePlans),
        "settings" -> Json.arr(agent.settingsInForce.inForce.map(setting)),
        "problems" -> Json.arr(agent.problems.map(reason => Json.str(Reasons.sentence(reason)))),
        "delivery" -> agent.delivery.status
      )): _*
    )
  }

  private def feed(slot: Slot): Json = Json.obj(
    "app" -> Json.str(slot.context.map((context: SparkContext) => SparkSide.appIdOf(context)).getOrElse(slot.app)),
    "queue" -> Json.str(if (slot.queue == SparkSide.QueueName) "own" else slot.queue),
    "door" -> Json.str(slot.door),
    "state" -> Json.str(if (!slot.isLive) "ended" else if (slot.guard.isOpen) "open" else "quiet"),
    "armed_at_ms" -> Json.num(slot.armedAtMs),
    "late" -> Answers.bool(slot.isLate)
  )

  private def setting(one: Setting): Json = Json.obj(
    "key" -> Json.str(one.declaration.key),
    "value" -> Json.str(withoutUser(one)),
    "from" -> Json.str(one.from)
  )

  /** A URL may carry a name and a password before its host. */
  private def withoutUser(one: Setting): String =
    if (one.declaration.kind != "url") one.value
    else {
      val at = one.value.lastIndexOf('@')
      val scheme = one.value.indexOf("://")
      if (at < 0 || scheme < 0) one.value else one.value.substring(0, scheme + 3) + one.value.substring(at + 1)
    }
}
