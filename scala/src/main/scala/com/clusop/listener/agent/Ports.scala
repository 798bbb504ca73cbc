package com.clusop.listener.agent

import com.clusop.listener.json.Json
import com.clusop.listener.settings.Settings

// Where the agent meets its parts. The agent holds no plan, no price and no record; the parts hold no thread, no lock and no
// Spark registration.

/** Where the events of one SparkContext go: the collector. Called on one bus thread at a time. What it throws is swallowed
  * and counted by the agent; it need not catch anything itself.
  */
trait EventFeed {

  /** One event of Spark's bus. No I/O, no waiting, no contended lock, no parsing. */
  def accept(event: Object): Unit

  /** On the agent's thread, about every second, while open. */
  def tick(): Unit

  /** No event follows: the application ended, or the agent was switched off or its breaker opened (`reason`). Let go of
    * everything that is held. Called on the agent's thread.
    */
  def stop(reason: String): Unit

  /** An estimate of what is held now. Read by the agent's thread at any time; must not wait. */
  def retainedBytes: Long
}

/** Work for the agent's daemon thread "clusop-agent". Lock-free for the caller; a callback may use it. */
trait Work {

  /** Runs `task` later on the agent's thread. `false`: the queue is full or the agent is off; the loss is counted here. */
  def submit(task: Runnable): Boolean
}

/** A task that knows how many finished executions, or stages of none, are lost where it is not done; of any other task it is one. */
abstract class WeighedTask(val lostCount: Long) extends Runnable

/** Counts what was lost, by reason (an id of `reasons.json`). Lock-free; a callback may use it. */
trait Losses {
  def count(reason: String, number: Long): Unit
}

/** Answers an operation of the map's "call". Always an object; a refusal is `{"ok":false,"reason":…}`. */
trait CallHandler {
  def call(op: String, request: Json.Obj): Json.Obj
}

/** What the delivery side gives the agent: one per JVM. `call` gets poll, release, flush, lost, report, hours. */
trait Delivery extends CallHandler {

  /** On the agent's thread, about every second: seal what is due, take back expired leases, send what nobody fetches. */
  def tick(): Unit

  /** On the agent's thread, when an application ended: seal, send or spool or count by reason within `deadlineMs`. */
  def finish(deadlineMs: Long): Unit

  /** Whether `finish` could still bring something out of this JVM (records wait and there is somewhere to put them). */
  def isPending: Boolean
  def retainedBytes: Long

  /** Members for "status": executions by verdict, records waiting, delivered, lost by reason, whether an endpoint is set. */
  def status: Json.Obj

  /** What the agent tells the next AgentState: doors used, whether the breaker is open (its reason or ""). */
  def tell(state: AgentFacts): Unit
}

/** What the agent says of itself. `losses` are cumulative. `breaker` and `off` are reasons, "" while all is well. */
final case class AgentFacts(
    agentId: String,
    startedAtMs: Long,
    armedSinceMs: Long,
    version: String,
    doors: Vector[String],
    breaker: String,
    off: String,
    lateArmedCount: Long,
    losses: Vector[(String, Long)]
)

/** What a feed is built from. `context` is the SparkContext (as Object), null where the listener was made inside its
  * constructor. `settings` and `facts` are asked again at each use: a later arming may fill what was not told. `isLate`: the
  * application ran before we were armed, executions may be under way.
  */
final case class FeedSetup(
    context: Object,
    settings: () => Settings,
    facts: () => Json.Obj,
    work: Work,
    losses: Losses,
    delivery: Delivery,
    isLate: Boolean
)

/** What a delivery is built from. `settings` is asked again at each use: a later arming may fill what was not set. */
final case class DeliverySetup(agentId: String, settings: () => Settings, facts: () => Json.Obj, losses: Losses)

/** How the agent gets its parts. Tests hand in poisoned ones. */
trait Parts {
  def feed(setup: FeedSetup): EventFeed
  def delivery(setup: DeliverySetup): Delivery
}
