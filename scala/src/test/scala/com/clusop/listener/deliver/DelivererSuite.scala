package com.clusop.listener.deliver

import com.clusop.listener.analysis.{RunStatus, Verdict}
import com.clusop.listener.json.Json
import org.scalatest.funsuite.AnyFunSuite

class DelivererSuite extends AnyFunSuite {
  import Sightings.{number, read, seen, text}

  test("sightings of one problem become one signal with sums, first and last seen") {
    val world = new World()
    world.deliverer.executed(seen(runMs = 1000, islandMs = 400, atMs = 5000))
    world.deliverer.executed(seen(runMs = 3000, islandMs = 300, atMs = 9000, queryId = "9"))
    val Vector(found) = world.signals()
    assert(number(found, "runs") == 2)
    assert(number(found, "start_at_ms") == 4000)
    assert(number(found, "end_at_ms") == 9000)
    assert(text(found, "hours") == "0.2")
    assert(number(found.get("time").collect { case one: Json.Obj => one }.get, "island_ms") == 700)
    assert(found.get("findings").toString.contains("0.175"))
    assert(found.get("locator").toString.contains("9"))
  }

  test("no sighting joins a record that has its sequence: the next one makes a new signal") {
    val world = new World()
    world.deliverer.executed(seen())
    world.flush()
    val first = world.poll()
    world.deliverer.executed(seen())
    world.flush()
    val again = world.deliverer.call("release", Json.obj("holder" -> Json.str("a"), "lease" -> Json.str(text(first, "lease"))))
    assert(again.get("ok").contains(Json.True))
    val lines = world.lines(world.poll())
    assert(lines.startsWith(world.lines(first)))
    assert(world.records(world.poll()).isEmpty)
    assert(lines.count(_.contains("\"runs\":1,")) == 2)
  }

  test("what differs in verdict or place is not summed, but is the same problem") {
    val world = new World()
    world.deliverer.executed(seen())
    world.deliverer.executed(seen(verdict = Verdict.Partial))
    val facts = WorkloadFacts(workspace = "1", workloadName = "nightly", engine = "photon", dbr = "15.4")
    world.deliverer.executed(seen(facts = facts))
    val found = world.signals()
    assert(found.size == 3)
    assert(found.map(text(_, "signature")).distinct.size == 1)
  }

  test("failed and native executions make no signal and are counted") {
    val world = new World()
    world.deliverer.executed(seen(status = RunStatus.Failed))
    world.deliverer.executed(seen(verdict = Verdict.Native))
    assert(world.signals().isEmpty)
    assert(world.deliverer.status.get("executions").contains(Json.obj("fallback" -> Json.num(1L), "native" -> Json.num(1L))))
  }

  test("more open problems than fit are sealed early, none is lost") {
    val world = new World()
    (0 until 600).foreach(index => world.deliverer.executed(seen(facts = WorkloadFacts(workspace = "1", taskKey = s"t$index"))))
    assert(world.deliverer.waitingCount == 100)
    world.flush()
    assert(world.deliverer.waitingCount >= 600)
  }

  test("signals are sealed by the clock") {
    val world = new World("sealIntervalMs" -> "60000")
    world.deliverer.executed(seen())
    world.deliverer.tick()
    assert(world.deliverer.waitingCount == 0)
    world.nowMs += 60000
    world.deliverer.tick()
    assert(world.deliverer.waitingCount == 2)
  }

  test("one holder at a time; an acknowledgement counts from anybody") {
    val world = new World()
    world.deliverer.executed(seen())
    world.flush()
    val mine = world.poll("a")
    val other = world.poll("b")
    assert(other.get("standby").contains(Json.True))
    assert(world.records(other).isEmpty)
    world.nowMs += 31000
    val taken = world.poll("b")
    assert(world.records(taken) == world.records(mine))
    world.poll("a", ack = text(mine, "lease"))
    assert(world.deliverer.waitingCount == 0)
    assert(world.deliverer.status.get("delivered").contains(Json.num(1L)))
  }

  test("the ring drops the oldest and the next state says how many") {
    val world = new World("ring.maxRecords" -> "10")
    (0 until 30).foreach { index =>
      world.deliverer.executed(seen(facts = WorkloadFacts(workspace = "1", taskKey = s"t$index")))
      world.flush()
    }
    world.deliverer.finish(0)
    val states = world.records(world.poll()).filter(text(_, "record") == "agent-state")
    assert(states.last.get("final").contains(Json.True))
    val losses = states.last.get("losses").collect { case found: Json.Obj => found }.get
    assert(number(losses, "ring-overflow") == 20)
    assert(number(losses, "callback-error") == 2)
  }

  test("a state is sealed after a minute, on a change of weight at most each ten minutes, and once at the end") {
    val world = new World("sealIntervalMs" -> "3600000")
    world.deliverer.tick()
    assert(world.deliverer.waitingCount == 0)
    world.nowMs += 60000
    world.deliverer.tick()
    assert(world.deliverer.waitingCount == 1)
    world.tell(breaker = "too-many-errors")
    world.nowMs += 599000
    world.deliverer.tick()
    assert(world.deliverer.waitingCount == 1)
    world.nowMs += 1000
    world.deliverer.tick()
    assert(world.deliverer.waitingCount == 2)
    world.nowMs += 1200000
    world.deliverer.tick()
    assert(world.deliverer.waitingCount == 2)
    world.deliverer.finish(0)
    world.deliverer.finish(0)
    assert(world.deliverer.waitingCount == 3)
  }

  test("losses told by the batcher are counted under ids only") {
    val world = new World()
    world.deliverer.call("lost", Json.obj("reason" -> Json.str("spool-full"), "count" -> Json.num(3L)))
    world.deliverer.call("lost", Json.obj("reason" -> Json.str("a secret sentence"), "count" -> Json.num(2L)))
    assert(world.deliverer.status.get("losses").contains(Json.obj("agent-error" -> Json.num(2L), "spool-full" -> Json.num(3L))))
  }

  test("a report shows the caller's own work unless the owner of the cluster allows all") {
    def rows(world: World, all: Boolean): Int =
      world.deliverer.call("report", Json.obj("owner" -> Json.str("me"), "all" -> Json.Bool(all))).get("rows") match {
        case Some(Json.Arr(items)) => items.size
        case _                     => -1
      }
    val closed = new World()
    val open = new World("report.all" -> "true")
    for (world <- Vector(closed, open); owner <- Vector("me", "other")) world.deliverer.executed(seen(owner = owner))
    assert(rows(closed, all = true) == 1)
    assert(rows(open, all = false) == 1)
    assert(rows(open, all = true) == 2)
  }

  test("a record of a huge plan is cut to 8 KiB around its cause, and says what was cut") {
    val world = new World()
    world.deliverer.executed(seen(operators = 5000, arguments = "(keys=[a#1], functions=[sum(a#1), count(1), max(b#2)])" * 4))
    world.flush()
    val lines = world.poll().get("records").collect { case Json.Arr(items) => items.collect { case Json.Str(line) => line } }.get
    assert(lines.forall(_.length <= RecordLine.MaxBytes))
    val found = read(lines.head)
    val digest = found.get("digest").collect { case Json.Arr(items) => items }.get
    assert(number(found, "digest_cut") == 5000 - digest.size)
    assert(digest.toString.contains("BatchEvalPython"))
  }

  test("nothing but gated text stands in any record or is told of an execution elsewhere than in its owner's report") {
    val secrets = Vector("dapi0123456789abcdef", "jane@corp.example", "/Volumes/hr/payroll", "hunter2", "IBAN DE8937")
    secrets.foreach { secret =>
      val world = new World("allow.tags" -> "team")
      val tags = Map(secret -> secret, "owner" -> secret, "team" -> "a")
      val facts = WorkloadFacts(secret, secret, secret, secret, secret, secret, secret, secret, secret, tags)
      val place = com.clusop.listener.analysis.Cluster(
        cloud = secret,
        product = secret,
        tier = secret,
        clusterId = secret,
        clusterName = secret,
        driverNodeType = secret,
        workerNodeType = secret,
        availability = secret,
        region = secret
      )
      world.deliverer.executors(world.nowMs, Vector(secret -> 1))
      val arguments = s"[$secret(x#1), '$secret' AS $secret#2]"
      val planted = seen(arguments = arguments, description = secret, facts = facts, cluster = place)
      world.deliverer.executed(planted.copy(callSite = secret))
      world.deliverer.lost(secret, 1)
      world.tell(off = secret, breaker = secret)
      world.nowMs += 60000
      world.deliverer.tick()
      world.deliverer.finish(0)
      assert(world.waiting.nonEmpty)
      val answer = world.waiting.toString
      // A short plain word is an identifier: a task key or workspace the owner chose.
      val isWord = secret.length < 20 && secret.forall(character => character.isLetterOrDigit)
      assert(answer.contains(secret) == isWord, secret)
      assert(world.records(world.poll("b")).isEmpty)
    }
  }

  test("a call site leaves as base name and line, and only where it is allowed") {
    val (closed, open) = (new World(), new World("allow.callSite" -> "true"))
    Vector(closed, open).foreach(_.deliverer.executed(seen()))
    assert(!closed.signals().toString.contains("load.py"))
    val shown = open.signals().toString
    assert(shown.contains("load.py:7"))
    assert(!shown.contains("ann"))
  }

  test("thousands of findings of one query make few problems, and the rest is counted") {
    val world = new World()
    world.deliverer.executed(Sightings.many(1000))
    assert(world.deliverer.status.get("gathering").contains(Json.num(Problems.MaxProblems.toLong)))
    assert(world.deliverer.status.get("losses").contains(Json.obj("too-many-problems" -> Json.num(1000L - Problems.MaxProblems))))
    val found = world.signals()
    assert(found.size == Problems.MaxProblems)
    assert(found.forall(number(_, "findings_cut") > 900))
  }

  test("whether something waits is told without the lock: the JVM's exit asks") {
    import java.util.concurrent.{CountDownLatch, TimeUnit}
    val world = new World("endpoint" -> "http://127.0.0.1:9")
    world.deliverer.executed(seen())
    val (inside, done) = (new CountDownLatch(1), new CountDownLatch(1))
    val sealing = new Thread(new Runnable { def run(): Unit = world.flush() })
    // The settings are asked for while a problem is sealed, under the lock.
    world.asked = () =>
      if (Thread.currentThread eq sealing) {
        inside.countDown()
        done.await(30, TimeUnit.SECONDS)
      }
    sealing.start()
    assert(inside.await(30, TimeUnit.SECONDS))
    @volatile var told = false
    val asking = new Thread(new Runnable {
      def run(): Unit = told = world.deliverer.isPending && world.deliverer.retainedBytes > 0
    })
    asking.start()
    asking.join(5000)
    val wasTold = told
    done.countDown()
    Vector(sealing, asking).foreach(_.join(30000))
    assert(wasTold)
  }

  test("what is held is counted as it is: a plan once for all its problems, each plan by its size") {
    val arguments = "(keys=[a#1], functions=[sum(a#1), count(1), max(b#2)])"
    val one = new World()
    one.deliverer.executed(Sightings.many(Problems.MaxProblems))
    assert(one.deliverer.retainedBytes > 64 * 10 * 1024)
    assert(one.deliverer.retainedBytes < 64 * 10 * 1024 + 200 * 1024)
    val large = new World()
    (0 until 20).foreach { index =>
      val facts = WorkloadFacts(workspace = "1", taskKey = s"t$index")
      large.deliverer.executed(seen(operators = 200, arguments = arguments, facts = facts))
    }
    assert(large.deliverer.retainedBytes > 20 * 60 * 1024)
  }

  test("problems of large plans are sealed early rather than outgrow their part of the budget") {
    val world = new World("budget.maxBytes" -> "4194304")
    (0 until 40).foreach { index =>
      world.deliverer.executed(seen(operators = 200, facts = WorkloadFacts(workspace = "1", taskKey = s"t$index")))
    }
    assert(world.deliverer.waitingCount > 20)
    assert(world.deliverer.retainedBytes - world.deliverer.remainder.map(_.line.length).sum < 4194304 / 8 + 1024 * 1024)
    world.flush()
    assert(world.signals().size + world.waiting.size >= 40)
  }

  test("whoever is armed late counts no slot before, and disarming and arming adds nothing twice") {
    val world = new World()
    val earlier = world.nowMs - 900000
    world.deliverer.executors(earlier, Vector("i3.xlarge" -> 1))
    world.deliverer.executors(earlier - 50000, Vector("i3.xlarge" -> 2))
    world.nowMs += 1000
    world.tell(off = "disarmed")
    world.nowMs += 10000
    world.tell()
    world.deliverer.executors(earlier, Vector("i3.xlarge" -> 1))
    world.deliverer.executors(earlier - 50000, Vector("i3.xlarge" -> 2))
    world.nowMs += 1000
    world.flush()
    assert(world.slotMs == Vector(Some(Json.obj("i3.xlarge" -> Json.num(4000L)))))
  }

  test("hours and states of an application without a query are a known cluster's") {
    val world = new World()
    val place = com.clusop.listener.analysis.Cluster(clusterId = "1122-334455-abc12def")
    world.deliverer.runsOn(place, WorkloadFacts(workspace = "1234567890", sparkVersion = "3.5.0", dbr = "15.4"))
    world.deliverer.executors(world.nowMs, Vector("i3.xlarge" -> 4))
    world.nowMs += 1000
    world.deliverer.runsOn(com.clusop.listener.analysis.Cluster(), WorkloadFacts())
    world.deliverer.finish(0)
    assert(world.waiting.map(text(_, "record")) == Vector("usage-hour", "agent-state"))
    assert(world.waiting.forall(one => text(one, "cluster") == "1122-334455-abc12def" && text(one, "workspace") == "1234567890"))
    assert(text(world.waiting.last, "spark") == "3.5.0")
  }

  test("after a breaker what is sealed and the state that tells it are the JVM's to send, once; slots end") {
    val world = new World("endpoint" -> "http://127.0.0.1:9", "timeoutMs" -> "100")
    world.deliverer.executors(world.nowMs, Vector("i3.xlarge" -> 1))
    world.deliverer.executed(seen())
    assert(world.poll("python").get("standby").contains(Json.False))
    assert(world.deliverer.take(world.nowMs, isEnd = false).isEmpty)
    world.nowMs += 1000
    world.tell(off = "over-cpu-budget", breaker = "over-cpu-budget")
    world.deliverer.tick()
    val answer = world.poll("python")
    assert(answer.get("off").contains(Json.True))
    assert(world.records(answer).isEmpty)
    assert(world.waiting.map(text(_, "record")) == Vector("signal", "usage-hour", "agent-state"))
    assert(text(world.waiting.last, "breaker") == "over-cpu-budget")
    assert(world.waiting.last.get("final").contains(Json.False))
    world.nowMs += 3600000
    world.deliverer.tick()
    world.poll("python")
    val lease = world.taken()
    assert(lease.records.size == 3)
    world.deliverer.arrived(lease, lease.records.map(_.sequence))
    world.nowMs += 3600000
    world.deliverer.tick()
    world.flush()
    assert(world.waiting.isEmpty)
    world.deliverer.finish(0)
    assert(world.waiting.map(text(_, "record")) == Vector("agent-state"))
    assert(world.waiting.last.get("final").contains(Json.True))
  }

  test("after a switch one last word may leave at once; then nothing does, until it is switched on again") {
    val world = new World("endpoint" -> "http://127.0.0.1:9", "timeoutMs" -> "100")
    world.deliverer.executed(seen())
    world.tell(off = "kill-file")
    world.deliverer.tick()
    assert(world.waiting.map(text(_, "record")) == Vector("signal", "agent-state"))
    assert(text(world.waiting.last, "off") == "kill-file")
    assert(world.waiting.last.get("final").contains(Json.True))
    val lease = world.taken()
    assert(lease.records.size == 2)
    world.deliverer.giveBack(lease)
    world.nowMs += 5000
    world.deliverer.tick()
    assert(world.deliverer.take(world.nowMs, isEnd = true).isEmpty)
    assert(world.records(world.poll()).isEmpty)
    assert(!world.deliverer.isPending)
    world.deliverer.finish(2000)
    assert(world.deliverer.waitingCount == 2)
    world.tell()
    assert(world.deliverer.isPending)
    assert(world.records(world.poll()).size == 2)
  }
}
