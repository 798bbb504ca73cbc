package com.clusop.listener.deliver

import com.clusop.listener.SignalDispatcher
import com.clusop.listener.agent.{AgentFacts, Delivery, DeliverySetup}
import com.clusop.listener.analysis.{RunStatus, Signature, StageTimes}
import com.clusop.listener.json.Json

/** The delivery side of the agent: gathers sightings, seals records into the ring, lends them, and lets the dispatcher send what
  * nobody fetches.
  *
  * One plain lock guards all state. The agent's thread, the dispatcher's and threads of Python's calls take it; a thread of
  * Spark's bus never does.
  */
final class Deliverer(setup: DeliverySetup, clock: () => Long, places: Deliverer.Places) extends Delivery with Sink with Outbox {
  def this(setup: DeliverySetup) = this(setup, () => System.currentTimeMillis, Deliverer.JvmPlaces)

  private val lock = new Object
  private val losses = new Tally()
  private val account = new AgentAccount
  private val holders = new Holders(clock())
  private val ring = new Ring(setup.agentId, count => losses.add("ring-overflow", count))
  private val hours = new Hours((reason, count) => losses.add(reason, count))
  private val rows = new Rows
  private val open = new OpenProblems(Deliverer.MaxOpenProblems, seal)
  private val dispatcher = new SignalDispatcher(setup.agentId, () => options, this, clock)
  private var sealedAtMs = clock()
  private var hasSignal = false
  private var hasNative = false
  private var workspace = ""
  private var cluster = ""
  private var release = Vector.empty[(String, Json)]
  private var sentCount = 0L
  private var spooledCount = 0L
  private var isEnded = false

  private def options: DeliveryOptions = new DeliveryOptions(setup.settings())

  def executed(seen: SeenExecution): Unit = {
    val chosen = options
    val secret = chosen.workloadKey(seen.workload.workspace)
    val workload = Deliverer.workloadOf(seen.workload, secret)
    val problems = Problems.of(seen.assessment, workload)
    val place = Place.of(seen, chosen.allowedTags)
    lock.synchronized {
      isEnded = false
      remember(seen, workload)
      account.executed(seen.assessment)
      countFailed(seen)
      rows.add(seen)
      problems.foreach(open.add(_, place))
    }
  }

  def stageDone(done: StageDone): Unit = lock.synchronized {
    if (done.nativeNs.isDefined) hasNative = true
    hours.stageDone(done)
  }

  def executors(atMs: Long, slotsByNodeType: Vector[(String, Int)]): Unit =
    lock.synchronized(hours.executors(atMs, slotsByNodeType))

  def lost(reason: String, count: Long): Unit = lock.synchronized(losses.add(reason, count))

  def applicationEnded(): Unit = lock.synchronized(sealEverything(isFinal = true))

  def tell(state: AgentFacts): Unit = lock.synchronized(account.tell(state))

  def tick(): Unit = {
    val nowMs = clock()
    val shouldDispatch = lock.synchronized {
      ring.expire(nowMs)
      if (nowMs - sealedAtMs >= options.sealIntervalMs || nowMs < sealedAtMs) sealDue(nowMs, isEnd = false)
      if (account.isDue(nowMs, hasSignal, losses)) sealState(nowMs, isFinal = false)
      holders.isNobody(nowMs) && ring.freeCount > 0
    }
    if (options.hasSink && (shouldDispatch || (isOrphaned && dispatcher.hasSpool))) dispatcher.wake()
  }

  private def isOrphaned: Boolean = lock.synchronized(holders.isNobody(clock()))

  def finish(deadlineMs: Long): Unit = {
    applicationEnded()
    dispatcher.finish(deadlineMs)
  }

  def isPending: Boolean =
    lock.synchronized(ring.count > 0 || open.count > 0) && (options.hasSink || options.spoolDirectory.nonEmpty)

  def retainedBytes: Long = lock.synchronized(ring.bytes + rows.bytes + open.count * Deliverer.OpenProblemBytes)

  def status: Json.Obj = lock.synchronized {
    val chosen = options
    Json.obj(
      "executions" -> account.executionsJson,
      "unknown" -> account.unknownJson,
      "waiting" -> Json.num(ring.count.toLong),
      "gathering" -> Json.num(open.count.toLong),
      "delivered" -> Json.num(sentCount),
      "spooled" -> Json.num(spooledCount),
      "losses" -> losses.json,
      "endpoint" -> Json.Bool(chosen.endpoint.nonEmpty),
      "directory" -> Json.Bool(chosen.directory.nonEmpty),
      "spool" -> Json.Bool(chosen.spoolDirectory.nonEmpty),
      "holder" -> Json.Bool(holders.current.nonEmpty),
      "dispatch" -> Json.str(dispatcher.state)
    )
  }

  def call(op: String, request: Json.Obj): Json.Obj = {
    val asked = new Request(request)
    lock.synchronized(op match {
      case "poll"    => poll(asked)
      case "release" => released(asked)
      case "flush"   => flushed()
      case "lost"    => lostByBatcher(asked)
      case "report"  => report(asked)
      case "hours"   => Json.obj("ok" -> Json.True, "hours" -> Json.arr(hours.all.map(hour => Json.Obj(hour.members(hasNative)))))
      case other     => Json.obj("ok" -> Json.False, "reason" -> Json.str("unknown-op"), "detail" -> Json.str(other))
    })
  }

  private def poll(asked: Request): Json.Obj = {
    val nowMs = clock()
    ring.expire(nowMs)
    // Arrived, or safe in the batcher's spool. An acknowledgement counts whoever holds now: what has arrived has arrived.
    if (asked.text("ack").nonEmpty) {
      val count = ring.acknowledge(asked.text("ack"))
      if (asked.flag("sent")) sentCount += count else spooledCount += count
    }
    val holder = asked.text("holder")
    val isHolder = holder.nonEmpty && holders.isHolder(holder, nowMs)
    val lease =
      if (!isHolder) None
      else {
        val maxRecords = asked.count("max_records", 0, Deliverer.MaxLease, Deliverer.DispatchLease)
        ring.lease(maxRecords, asked.count("max_bytes", 1, Deliverer.MaxLeaseBytes, Deliverer.MaxLeaseBytes).toLong, nowMs)
      }
    Json.obj(
      "ok" -> Json.True,
      "lease" -> Json.str(lease.map(_.id).getOrElse("")),
      "expires_ms" -> Json.num(Ring.LeaseMs),
      "records" -> Json.arr(lease.map(_.records.map(record => Json.str(record.line))).getOrElse(Vector.empty)),
      "waiting" -> Json.num(ring.freeCount.toLong),
      "standby" -> Json.Bool(!isHolder),
      "off" -> Json.Bool(account.current.off.nonEmpty)
    )
  }

  private def report(asked: Request): Json.Obj = {
    val shown = rows.of(asked.text("owner"), asked.flag("all") && options.reportAll)
    Json.obj("ok" -> Json.True, "rows" -> Json.arr(shown))
  }

  /** `lease`: that one's records go back at once. Without one the holder leaves, and its leases with it. */
  private def released(asked: Request): Json.Obj = {
    if (asked.text("lease").nonEmpty) ring.release(asked.text("lease"))
    else if (asked.text("holder") == holders.current) {
      ring.releaseAll()
      holders.release(asked.text("holder"))
    }
    Json.obj("ok" -> Json.True, "waiting" -> Json.num(ring.freeCount.toLong))
  }

  private def flushed(): Json.Obj = {
    sealDue(clock(), isEnd = true)
    Json.obj("ok" -> Json.True, "waiting" -> Json.num(ring.freeCount.toLong))
  }

  private def lostByBatcher(asked: Request): Json.Obj = {
    losses.add(asked.text("reason"), asked.count("count", 0, Int.MaxValue, 1).toLong)
    Json.obj("ok" -> Json.True)
  }

  // What the dispatcher takes and settles.

  def take(nowMs: Long, isEnd: Boolean): Option[Lease] = lock.synchronized {
    ring.expire(nowMs)
    if (isEnd || holders.isNobody(nowMs)) ring.lease(Deliverer.DispatchLease, Deliverer.MaxLeaseBytes.toLong, nowMs) else None
  }
  def arrived(lease: Lease, sequences: Vector[Long]): Unit = lock.synchronized {
    sentCount += ring.settle(sequences)
  }
  def gone(reason: String, sequences: Vector[Long]): Unit = lock.synchronized(losses.add(reason, ring.settle(sequences).toLong))
  def giveBack(lease: Lease): Unit = lock.synchronized(ring.release(lease.id))
  def count(reason: String, number: Long): Unit = lost(reason, number)
  def waitingCount: Int = lock.synchronized(ring.count)
  def isLent: Boolean = lock.synchronized {
    ring.expire(clock())
    ring.hasLease
  }
  def remainder: Vector[Sealed] = lock.synchronized(ring.all)
  def spooled(sequences: Vector[Long]): Unit = lock.synchronized {
    spooledCount += ring.settle(sequences)
  }

  private def remember(seen: SeenExecution, workload: Workload): Unit = {
    workspace = workload.workspace
    cluster = Gate.matching(seen.cluster.clusterId, Gate.Cluster)
    release = Vector(
      "spark" -> Json.str(Gate.matching(seen.workload.sparkVersion, Gate.Spark)),
      "dbr" -> Json.str(Gate.matching(seen.workload.dbr, Gate.Dbr))
    )
  }

  /** Before the first execution only what the armer found tells the workspace. */
  private def knownWorkspace: String =
    if (workspace.nonEmpty) workspace
    else {
      val told = new Request(setup.facts()).text("workspace")
      Gate.orHash(told, Gate.Workspace, options.workloadKey(told))
    }

  private def countFailed(seen: SeenExecution): Unit = {
    val observed = seen.assessment.diagnosis.observed
    if (observed.status == RunStatus.Failed) observed.times match {
      case times: StageTimes =>
        times.stages.foreach { stage =>
          val start = stage.submittedAtMs.getOrElse(seen.atMs)
          hours.failed(start, stage.completedAtMs.getOrElse(seen.atMs), stage.runMs, seen.cluster.taskCpus)
        }
      case _ => ()
    }
  }

  private def sealDue(nowMs: Long, isEnd: Boolean): Unit = {
    sealedAtMs = nowMs
    open.sealAll()
    hours.due(nowMs, isEnd).foreach { hour =>
      hour.revision += 1
      hour.isChanged = false
      hour.sealedAtMs = nowMs
      val members = ("cluster" -> Json.str(cluster)) +: hour.members(hasNative) :+
        ("armed_since_at_ms" -> Json.num(account.current.armedSinceMs max 0L))
      put(RecordLine.of(RecordLine.envelope("usage-hour", setup.agentId, ring.nextSequence, knownWorkspace) ++ members))
    }
  }

  private def sealEverything(isFinal: Boolean): Unit = {
    val nowMs = clock()
    sealDue(nowMs, isEnd = true)
    if (!isEnded) sealState(nowMs, isFinal)
    isEnded = isFinal
  }

  private def sealState(nowMs: Long, isFinal: Boolean): Unit = {
    val known = if (release.isEmpty) Vector("spark" -> Json.str(""), "dbr" -> Json.str("")) else release
    val members = ("cluster" -> Json.str(cluster)) +: account.members(nowMs, losses, known ++ places.release, isFinal)
    account.announced(nowMs, losses)
    put(RecordLine.of(RecordLine.envelope("agent-state", setup.agentId, ring.nextSequence, knownWorkspace) ++ members))
  }

  private def seal(problem: OpenProblem): Unit = {
    hasSignal = true
    put(problem.line(setup.agentId, ring.nextSequence, options.allowCallSite))
  }

  private def put(line: String): Unit =
    if (line.length <= RecordLine.MaxBytes) ring.seal(line, options.ringMaxRecords) else losses.add("too-large", 1)
}

object Deliverer {
  private val MaxOpenProblems = 500
  private val OpenProblemBytes = 12L * 1024
  private val MaxLease = 1000
  private val DispatchLease = 100
  private val MaxLeaseBytes = 1000000

  /** Facts of the JVM for AgentState. */
  trait Places {
    def release: Vector[(String, Json)]
  }

  object JvmPlaces extends Places {
    def release: Vector[(String, Json)] = Vector(
      "scala" -> Json.str(Gate.matching(scala.util.Properties.versionNumberString, Gate.Release)),
      "java" -> Json.str(Gate.matching(String.valueOf(System.getProperty("java.version")), Gate.Release))
    )
  }

  /** Whose work it is, through the gates. */
  def workloadOf(facts: WorkloadFacts, secret: Array[Byte]): Workload = Workload(
    workspace = Gate.orHash(facts.workspace, Gate.Workspace, secret),
    key = Signature.workloadKey(facts.workloadName, Gate.matching(facts.jobId, Gate.JobId), secret),
    taskKey = Gate.orHash(facts.taskKey, Gate.TaskKey, secret),
    secretKey = secret
  )
}
