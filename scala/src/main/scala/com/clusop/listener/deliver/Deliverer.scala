package com.clusop.listener.deliver

import com.clusop.listener.SignalDispatcher
import com.clusop.listener.agent.{AgentFacts, Delivery, DeliverySetup}
import com.clusop.listener.analysis.{Cluster, Signature}
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
  private val where = new Whereabouts
  private val account = new AgentAccount(where)
  private val holders = new Holders(clock())
  private val ring = new Ring(setup.agentId, count => losses.add("ring-overflow", count))
  private val hours = new Hours((reason, count) => losses.add(reason, count))
  private val rows = new Rows
  private val open = new OpenProblems(Deliverer.MaxOpenProblems, seal)
  private val dispatcher = new SignalDispatcher(setup.agentId, () => options, this, clock)
  private var sealedAtMs = clock()
  private var hasSignal = false
  private var hasNative = false
  private var sentCount = 0L
  private var spooledCount = 0L
  private var isEnded = false
  private var hasLateWord = false
  private val keys = new WorkloadKeys(reason => lost(reason, 1))

  // Since when the agent is quiet; -1 while it is not. Whether what that leaves to say has been sealed.
  private var quietSinceMs = -1L
  private var hasLastWord = false
  @volatile private var isMute = false
  @volatile private var toldWorkspace = ("", "")

  private def options: DeliveryOptions = new DeliveryOptions(setup.settings())

  def executed(seen: SeenExecution): Unit = {
    val chosen = options
    val secret = keys.of(chosen.workloadKeyFile, seen.workload.workspace)
    val workload = Deliverer.workloadOf(seen.workload, secret)
    val problems = Problems.of(seen.assessment, workload)
    val place = Place.of(seen, chosen.allowedTags)
    // What a large plan makes dear is done before the lock is taken, which Python's calls and the JVM's exit wait for.
    val keyed = problems.told.map(problem => OpenProblem.keyOf(problem, place) -> problem)
    keyed.foreach(_._2.plan.fingerprint)
    val needy = lock.synchronized(keyed.filter { case (key, problem) => open.needsDigest(key, problem) })
    needy.foreach(_._2.plan.digest)
    val surroundings = Surroundings.of(seen.cluster, seen.workload, workload)
    lock.synchronized {
      isEnded = false
      where.seen(surroundings, place)
      account.executed(seen.assessment)
      rows.add(seen)
      keyed.foreach { case (key, problem) => open.add(key, problem, place) }
      open.trim(chosen.openMaxBytes)
      losses.add("too-many-problems", problems.leftOut.toLong)
    }
  }

  def runsOn(cluster: Cluster, facts: WorkloadFacts): Unit = {
    // The key of the hashes is read from a file: never under the lock.
    val workload = Deliverer.workloadOf(facts, keys.of(options.workloadKeyFile, facts.workspace))
    val now = Surroundings.of(cluster, facts, workload)
    lock.synchronized(where.told(now))
  }

  def stageDone(done: StageDone): Unit = lock.synchronized {
    if (done.nativeNs.isDefined) hasNative = true
    hours.stageDone(done)
  }

  def executors(atMs: Long, slotsByNodeType: Vector[(String, Int)]): Unit = lock.synchronized {
    if (slotsByNodeType.nonEmpty) isEnded = false
    // Whoever is armed late is told of slots that are there since long: what nobody saw them do is not counted as theirs.
    hours.executors(if (hours.isIdle) atMs max clock() else atMs, slotsByNodeType)
  }

  def lost(reason: String, count: Long): Unit = lock.synchronized(losses.add(reason, count))

  /** No slot is alive any more. Nothing is sealed yet: executions may still wait to be judged, and [[finish]] follows. */
  def applicationEnded(): Unit = executors(clock(), Vector.empty)

  def tell(state: AgentFacts): Unit = lock.synchronized {
    account.tell(state)
    if (state.off.isEmpty) {
      quietSinceMs = -1L
      isMute = false
    } else if (quietSinceMs < 0) {
      quietSinceMs = clock()
      hasLastWord = false
      // Nobody sees any more what slots do: they are not counted as idle.
      hours.executors(quietSinceMs, Vector.empty)
    }
  }

  def tick(): Unit = {
    val nowMs = clock()
    refreshTold()
    val (mayDispatch, isDue) = lock.synchronized {
      ring.expire(nowMs)
      if (quietSinceMs >= 0) sayLastWord(nowMs)
      else {
        if (nowMs - sealedAtMs >= options.sealIntervalMs || nowMs < sealedAtMs) sealDue(nowMs, isEnd = false)
        if (isEnded) sayLateWord(nowMs)
        else if (account.isDue(nowMs, hasSignal, losses)) sealState(nowMs, isFinal = false)
      }
      isMute = isSilent(nowMs)
      (isOurs(nowMs), ring.freeCount > 0)
    }
    if (options.hasSink && mayDispatch && (isDue || dispatcher.mayHaveSpool)) dispatcher.wake()
  }

  /** What was gathered leaves once, and with it the state that says why nothing more will follow. */
  private def sayLastWord(nowMs: Long): Unit = if (!hasLastWord) {
    hasLastWord = true
    sealDue(nowMs, isEnd = true)
    if (!isEnded) sealState(nowMs, isFinal = isWished)
  }

  /** A loss that comes with an acknowledgement after the end: told once, for the record that tells it may be refused too. */
  private def sayLateWord(nowMs: Long): Unit = if (!hasLateWord && account.hasMoreLosses(losses)) {
    hasLateWord = true
    sealState(nowMs, isFinal = true)
  }

  /** Quiet because somebody wants it so, and not by a breaker of our own. */
  private def isWished: Boolean = quietSinceMs >= 0 && account.current.breaker.isEmpty

  /** Switched off, and the time for a last word is over: nothing leaves any more. */
  private def isSilent(nowMs: Long): Boolean =
    isWished && hasLastWord && (nowMs - quietSinceMs >= Deliverer.LastWordMs || nowMs < quietSinceMs)

  /** Whether records are this JVM's to send: nobody fetches them, or the agent is quiet and lends none. */
  private def isOurs(nowMs: Long): Boolean = !isSilent(nowMs) && (quietSinceMs >= 0 || holders.isNobody(nowMs))

  def finish(deadlineMs: Long): Unit = {
    val untilNs = System.nanoTime + deadlineMs * Deliverer.NsPerMs
    refreshTold()
    applicationEnded()
    lock.synchronized {
      sealTheEnd()
      isMute = isSilent(clock())
    }
    if (!isMute) {
      dispatcher.finish(deadlineMs)
      // What was lost while sending: told once more, and only once, for the record that tells it may be refused too.
      val leftMs = (untilNs - System.nanoTime) / Deliverer.NsPerMs
      val hasMore = lock.synchronized(account.hasMoreLosses(losses))
      if (hasMore && leftMs > 0) {
        lock.synchronized(sealState(clock(), isFinal = true))
        dispatcher.finish(leftMs)
      }
    }
  }

  /** Takes no lock: the JVM's exit asks. */
  def isPending: Boolean = !isMute && (ring.count > 0 || open.count > 0) && (options.hasSink || options.spoolDirectory.nonEmpty)

  def retainedBytes: Long = ring.bytes * Deliverer.BytesPerChar + rows.bytes + open.bytes

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
      "holder" -> Json.Bool(holders.current.nonEmpty && !holders.isNobody(clock())),
      "dispatch" -> Json.str(dispatcher.state)
    )
  }

  def call(op: String, request: Json.Obj): Json.Obj = {
    val asked = new Request(request)
    if (op == "flush") refreshTold()
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
    acknowledge(asked)
    val holder = asked.text("holder")
    val isHolder = holder.nonEmpty && holders.isHolder(holder, nowMs)
    val lease =
      if (!isHolder || quietSinceMs >= 0) None
      else {
        val maxRecords = asked.count("max_records", 0, Deliverer.MaxLease, Deliverer.DispatchLease)
        val maxBytes = asked.count("max_bytes", 1, Deliverer.MaxLeaseBytes, Deliverer.MaxLeaseBytes).toLong
        ring.lease(maxRecords, maxBytes, nowMs, withNewest = isEnded, isAway = true)
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

  /** Arrived, or safe in the batcher's spool. It counts whoever holds now: what has arrived has arrived. What was refused of a
    * lease is counted as lost only where the record itself goes by it: an acknowledgement that is repeated, or comes after
    * somebody else has sent the same or the ring has dropped it, counts nothing.
    */
  private def acknowledge(asked: Request): Unit = if (asked.text("ack").nonEmpty) {
    val refused = asked.sequences("refused")
    val (lost, safe) = ring.acknowledge(asked.text("ack")).partition(refused.contains)
    lost.foreach(sequence => losses.add(refused(sequence), 1))
    if (!asked.flag("sent")) spooledCount += safe.size
    else {
      sentCount += safe.size
      if (safe.nonEmpty) dispatcher.forgive()
    }
  }

  private def report(asked: Request): Json.Obj = {
    val shown = rows.of(asked.text("owner"), asked.flag("all") && options.reportAll)
    Json.obj("ok" -> Json.True, "rows" -> Json.arr(shown))
  }

  /** `lease`: that one's records go back at once. Without one the holder leaves, and its leases with it; `gone`: somebody else
    * says so, for the holder ended without a word.
    */
  private def released(asked: Request): Json.Obj = {
    acknowledge(asked)
    if (asked.text("lease").nonEmpty) ring.release(asked.text("lease"))
    else if (asked.text("holder") == holders.current) {
      ring.releaseAll(isGone = asked.flag("gone"))
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
    if (isSilent(nowMs) || (!isEnd && !isOurs(nowMs))) None
    else ring.lease(Deliverer.DispatchLease, Deliverer.MaxLeaseBytes.toLong, nowMs, withNewest = isEnded)
  }
  def isOff: Boolean = lock.synchronized(isWished)
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
  def remainderWithin(bytes: Long): Vector[Sealed] = lock.synchronized {
    val all = ring.all
    val stateBytes = all.lastOption.map(_.line.length + Deliverer.MoreOfState).getOrElse(0)
    val leftOut = all.drop(RecordFiles.fitting(all, bytes - stateBytes))
    if (RecordFiles.fitting(all, bytes) == all.size) all
    else {
      // No room for any other: what remains stays in memory as long as the JVM lives, and the state's sequence tells of it.
      if (leftOut.size == all.size) all.takeRight(1).filter(_.line.length < bytes)
      else {
        // A spool that is full is not why records are missing that the batcher in Python still has: it may have sent them.
        ring.expire(clock())
        val (lent, free) = leftOut.map(_.sequence).partition(ring.isAway)
        gone("spool-full", free)
        gone("lent-at-end", lent)
        sealState(clock(), isFinal = true)
        ring.all
      }
    }
  }
  def spooled(sequences: Vector[Long]): Unit = lock.synchronized {
    spooledCount += ring.settle(sequences)
  }

  /** Reads a file: never under the lock. */
  private def gatedWorkspace(raw: String): String = Gate.orHash(raw, Gate.Workspace, keys.of(options.workloadKeyFile, raw))

  private def refreshTold(): Unit = {
    val told = new Request(setup.facts()).text("workspace")
    if (told != toldWorkspace._1) toldWorkspace = told -> gatedWorkspace(told)
  }

  /** Before anything else is seen only what the armer found tells the workspace. */
  private def knownWorkspace: String = if (where.workspace.nonEmpty) where.workspace else toldWorkspace._2

  private def sealDue(nowMs: Long, isEnd: Boolean): Unit = {
    sealedAtMs = nowMs
    open.sealAll()
    hours.due(nowMs, isEnd).foreach { hour =>
      hour.revision += 1
      hour.isChanged = false
      hour.sealedAtMs = nowMs
      val members = ("cluster" -> Json.str(where.cluster)) +: hour.members(hasNative) :+
        ("armed_since_at_ms" -> Json.num(account.current.armedSinceMs max 0L))
      put(RecordLine.of(RecordLine.envelope("usage-hour", setup.agentId, ring.nextSequence, knownWorkspace) ++ members))
    }
  }

  /** The final state is the last record: what comes after it is followed by another. */
  private def sealTheEnd(): Unit = {
    val nowMs = clock()
    sealDue(nowMs, isEnd = true)
    if (!isEnded) {
      hasLateWord = false
      sealState(nowMs, isFinal = true)
    }
  }

  private def sealState(nowMs: Long, isFinal: Boolean): Unit = {
    val members = account.members(nowMs, losses, places.release, isFinal)
    account.announced(nowMs, losses)
    put(RecordLine.of(RecordLine.envelope("agent-state", setup.agentId, ring.nextSequence, knownWorkspace) ++ members))
    isEnded = isFinal
  }

  private def seal(problem: OpenProblem): Unit = {
    hasSignal = true
    put(problem.line(setup.agentId, ring.nextSequence, options.allowCallSite))
  }

  private def put(line: String): Unit = {
    isEnded = false
    if (line.length <= RecordLine.MaxBytes) ring.seal(line, options.ringMaxRecords) else losses.add("too-large", 1)
  }
}

object Deliverer {
  private val NsPerMs = 1000000L
  private val MaxOpenProblems = 500

  /** So long after it was switched off the JVM may still send what was sealed by then. */
  private val LastWordMs = 5000L

  /** Before Java 9 a text takes two bytes a character. */
  private val BytesPerChar = if (String.valueOf(System.getProperty("java.specification.version")).startsWith("1.")) 2L else 1L
  private val MaxLease = 1000
  private val DispatchLease = 100
  private val MaxLeaseBytes = 1000000

  /** So many bytes a final state may grow by, when it tells one more loss. */
  private val MoreOfState = 256

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
