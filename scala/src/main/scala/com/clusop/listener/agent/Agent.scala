package com.clusop.listener.agent

import java.lang.ref.WeakReference
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import java.util.function.Consumer

import com.clusop.listener.Reason
import com.clusop.listener.json.Json
import com.clusop.listener.settings.Settings
import org.apache.spark.SparkContext

/** The one agent of a JVM: arms contexts, one feed each, and goes quiet for good when told or when its breaker opens. Arming
  * is done under one lock that nobody waits for long and no callback takes.
  */
final class Agent(parts: Parts, val identity: Identity, environment: String => Option[String], pace: Pace) {
  val losses = new LossCounts
  val killFile = new KnownFile(pace.lookMs, KillSwitches.look)
  private val tokenFile = new KnownFile(pace.lookMs, TokenFile.isReadable)
  val leaving = new Leaving(() => System.nanoTime)
  private val arming = new ReentrantLock
  private val slots = new Slots
  private val doorsUsed = new DoorsUsed
  @volatile private var settings = Settings.resolve(Map.empty, Map.empty, environment)
  @volatile private var told = Json.obj()
  @volatile private var fileProblems = Vector.empty[Reason]

  /** When a JVM that exits stops waiting for us; 0 while it does not exit. */
  @volatile private var exitUntilNs = 0L

  /** The last context that was looked at and not armed: only a door asks again. */
  @volatile private var passedOver = new WeakReference[SparkContext](null)

  val delivery: Delivery = parts.delivery(DeliverySetup(identity.agentId, () => settings, () => told, losses))
  private val life = new AgentLife(this, pace)
  val thread = new AgentThread(pace.queueCapacity, pace.tickMs, pace.maxThreadStarts, losses, life)
  val quiet = new Quiet(thread, slots)
  private val feeds = new Feeds(parts, this, slots, life, () => settings, () => told, pace.nowMs)

  def settingsInForce: Settings = settings
  def maxErrors: Long = settings.count("spark.clusop.budget.maxErrors")
  def maxBytes: Long = settings.count("spark.clusop.budget.maxBytes")
  def cpuShare: Double = settings.ratio("spark.clusop.budget.cpuShare")
  def retainedBytes: Long = delivery.retainedBytes + slots.all.map(_.guard.retainedBytes).sum
  def errorCount: Int = life.errorCount
  def problems: Vector[Reason] =
    settings.problems ++ KillSwitches.problem(settings, killFile) ++ fileProblems ++ TokenInClear.problem(settings)

  /** Whether records have anywhere to go: without that the JVM's exit waits for nothing. */
  def hasOutlet: Boolean = Agent.Outlets.exists(key => settings.text(key).nonEmpty)

  /** Whether something may still come out of this JVM that is not out yet. An open breaker is told by the last state, which the
    * application's end brings.
    */
  def isUnfinished: Boolean = thread.isAlive && (hasOpenEnds || thread.waitingCount > 0 || delivery.isPending)

  // A context that is being stopped says so before it tells of the application's end.
  private def hasOpenEnds: Boolean =
    slots.all.exists(_.guard.isOpen) || life.isEnding || life.isFinishing || (quiet.breaker.nonEmpty && slots.live.nonEmpty)

  /** How long a last delivery may take: no longer than the exit that waits for it. */
  def finishMs: Long = {
    val leftMs = if (exitUntilNs == 0) pace.finishMs else (exitUntilNs - System.nanoTime) / Agent.NsPerMs - Agent.ExitReserveMs
    Math.max(Agent.LeastFinishMs, Math.min(pace.finishMs, leftMs))
  }

  /** The JVM exits and waits for us until then. A thread that died would leave what was sealed behind. */
  def exitBy(untilNs: Long): Unit = {
    exitUntilNs = if (untilNs == 0) 1 else untilNs
    thread.reviveForTheEnd()
  }

  /** The exit cannot wait for the end of a context any longer. */
  def finishNow(): Unit = if (slots.all.nonEmpty) life.applicationEnded()

  def allSlots: Vector[Slot] = slots.all
  def doors: Vector[String] = doorsUsed.names
  def forget(slot: Slot): Unit = slots.give(slot)

  /** What the next AgentState says. */
  def facts: AgentFacts = AgentFacts(
    identity.agentId,
    identity.startedAtMs,
    feeds.armedSinceMs,
    identity.version,
    doors,
    quiet.breaker,
    quiet.reason.map(_.id).getOrElse(""),
    losses.of("armed-late"),
    losses.all
  )

  /** A context that came up since: each gets its feed, also where no door opens for it. On the agent's thread. */
  def followContexts(): Unit = SparkSide.activeContext().foreach { context =>
    if (slots.of(context).isEmpty && (passedOver.get ne context))
      attach(AttachRequest("", Map.empty, Json.obj()), Some(context)) match {
        case NotArmed(_) => passedOver = new WeakReference(context)
        case _           => ()
      }
  }

  /** What must succeed before any other work of the agent's thread; if it fails the agent is quiet from the start. */
  def begin(first: Runnable): Unit = thread.submit(new Runnable {
    override def run(): Unit =
      try first.run()
      catch {
        case failure: Throwable =>
          quiet.go(Reason("damaged-jar", s": $failure"))
          throw failure
      }
  }): Unit

  /** Arms `context` for whoever asks. */
  def attach(request: AttachRequest, context: Option[SparkContext]): Armed = underLock {
    settle(request, context.map(SparkSide.confOf))
    mayArm(request.isExplicit) match {
      case Some(reason) => NotArmed(reason)
      case None         =>
        context match {
          case None                       => NotArmed(Reason("no-spark-context"))
          case Some(one) if one.isStopped => NotArmed(Reason("context-stopped"))
          case Some(one)                  => feeds.arm(one, request.door)
        }
    }
  }

  /** For a listener that Spark makes inside its context's constructor, or a person before there is one: where its events go. */
  def enter(listener: Object, place: ShimPlace, conf: Map[String, String]): Either[Reason, Consumer[Object]] = {
    var sink: Consumer[Object] = null
    val armed = underLock {
      settle(AttachRequest(place.door, Map.empty, Json.obj()), Some(conf))
      mayArm(isExplicit = false) match {
        case Some(reason) => NotArmed(reason)
        case None         =>
          sink =
            if (place.isInContextConstructor) feeds.early(listener, place.door)
            else new Waiting(() => feeds.admit(listener, place.door))
          ArmedNow
      }
    }
    armed match {
      case NotArmed(reason) => Left(reason)
      case _                => Right(sink)
    }
  }

  /** Why nothing may be armed now; none if it may. An explicit wish ends the quiet, but no switch that is still off. */
  private def mayArm(isExplicit: Boolean): Option[Reason] = {
    val off = KillSwitches.before(settings, killFile)
    if (off.nonEmpty && slots.live.nonEmpty) off.foreach(quiet.go)
    if (off.isEmpty && isExplicit && quiet.reason.nonEmpty) {
      life.forgive()
      feeds.sinceNow()
      quiet.end()
    }
    off.orElse(quiet.reason).orElse {
      if (thread.revive()) None
      else {
        quiet.go(Reason("agent-thread-died"))
        quiet.reason
      }
    }
  }

  /** Settings: cluster conf first, then the first armer; a later armer fills what was left open. */
  private def settle(request: AttachRequest, conf: Option[Map[String, String]]): Unit = {
    val base = conf.map(settings.under).getOrElse(settings)
    settings = if (request.settings.isEmpty) base else base.filledBy(request.settings)
    told = Json.Obj(told.members ++ request.facts.members.filter { case (name, _) => told.get(name).isEmpty })
    fileProblems = TokenFile.problem(settings, tokenFile).toVector
    doorsUsed.used(request.door)
  }

  private def underLock(work: => Armed): Armed =
    if (!isLocked) NotArmed(Reason("agent-busy"))
    else
      try work
      finally arming.unlock()

  private def isLocked: Boolean =
    // The untimed one first: the timed one throws on a thread that is being cancelled, and takes the customer's cancel away.
    arming.tryLock() || (
      try arming.tryLock(pace.lockWaitMs, TimeUnit.MILLISECONDS)
      catch {
        case _: InterruptedException =>
          Thread.currentThread.interrupt()
          false
      }
    )
}

object Agent {
  val ExitMs = 2000L
  private val NsPerMs = 1000000L
  private val ExitReserveMs = 100L
  private val LeastFinishMs = 200L
  private val Outlets = Vector("spark.clusop.endpoint", "spark.clusop.directory", "spark.clusop.spool.directory")

  /** The agent as it runs in a driver. */
  def live(jarSha256: String): Agent =
    new Agent(LiveParts, Identity.fresh(jarSha256, System.currentTimeMillis), name => Option(System.getenv(name)), Pace())
}
