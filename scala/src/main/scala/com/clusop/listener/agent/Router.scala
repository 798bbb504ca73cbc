package com.clusop.listener.agent

import com.clusop.listener.json.{Json, JsonWriter}
import com.clusop.listener.{Reason, Reasons}

/** The map's "call": one request, one answer, never a throw. What the agent does not answer itself the delivery does. */
final class Router(agent: Agent) extends CallHandler {

  def answer(text: String): String =
    try
      JsonWriter.canonical(AttachRequest.parse(text) match {
        case Left(reason)   => Answers.no(reason)
        case Right(request) => call(Router.member(request, "op"), request)
      })
    catch {
      case failure: Throwable =>
        // Also an error of the JVM's: the caller is Python, which can do nothing about it either.
        try agent.losses.count("agent-error", 1)
        catch { case _: Throwable => () }
        Router.Failed.replace("{}", Router.nameOf(failure))
    }

  override def call(op: String, request: Json.Obj): Json.Obj = op match {
    case "attach" => attach(request)
    case "status" => AgentStatus.of(agent)
    case "disarm" =>
      val by = Router.member(request, "reason")
      agent.quiet.go(Reason("disarmed", if (by.isEmpty) "" else s": $by"))
      Answers.yes()
    case "exit" =>
      val leftMs = Router.number(request, "left_ms", Agent.ExitMs)
      agent.leaving.told(Router.member(request, "holder"), leftMs, Math.min(leftMs, Router.number(request, "least_ms", 0)))
      Answers.yes()
    case "retire" =>
      agent.quiet.go(Reason("superseded"))
      Answers.yes()
    case _ =>
      // A thread that died is found here: nothing else looks.
      if (agent.quiet.reason.isEmpty && !agent.thread.revive()) agent.quiet.go(Reason("agent-thread-died"))
      agent.delivery.call(op, request)
  }

  def attach(request: Json.Obj): Json.Obj = {
    val asked = AttachRequest.of(request)
    answerTo(agent.attach(asked, SparkSide.activeContext()))
  }

  def answerTo(armed: Armed): Json.Obj = {
    val problems = agent.problems.map(reason =>
      Json.obj("reason" -> Json.str(reason.id), "detail" -> Json.str(Reasons.sentence(reason)))
    )
    val said = Vector(
      "doors" -> Json.arr(agent.doors.map(Json.str)),
      "problems" -> Json.arr(problems)
    )
    val about = agent.identity.about.members
    armed match {
      case NotArmed(reason) =>
        Answers.withMembers(
          Answers.no(reason),
          about ++ said :+ ("armed" -> Json.False)
        )
      case now =>
        Answers.withMembers(
          Answers.yes("armed" -> Json.True, "before" -> Answers.bool(now == ArmedBefore), "reason" -> Json.str("")),
          about ++ said
        )
    }
  }
}

private[agent] object Router {
  private val Digits = 10
  private val Failed = """{"detail":"{}","ok":false,"reason":"agent-error"}"""

  private def nameOf(failure: Throwable): String = failure.getClass.getName.filter(c => c.isLetterOrDigit || c == '.' || c == '$')

  /** Milliseconds, at most those of an exit; `otherwise` where none are told. */
  private def number(request: Json.Obj, name: String, otherwise: Long): Long = request.get(name) match {
    case Some(Json.Num(digits)) if digits.length < Digits && digits.nonEmpty && digits.forall(c => c >= '0' && c <= '9') =>
      Math.min(java.lang.Long.parseLong(digits), Agent.ExitMs)
    case _ => otherwise
  }

  def member(request: Json.Obj, name: String): String = request.get(name) match {
    case Some(Json.Str(text)) => text
    case _                    => ""
  }
}
