package com.clusop.listener.deliver

import java.nio.charset.StandardCharsets.UTF_8

import com.clusop.listener.analysis.{Cluster, Epoch, Uptime}
import com.clusop.listener.json.Json
import org.scalatest.funsuite.AnyFunSuite

/** What a state says of whose work it is and on what it runs, and when it says so. */
class SurroundingsSuite extends AnyFunSuite {
  import Sightings.{seen, text}

  private val Asked = Vector("workload", "task_key", "engine", "image", "compute")
  private val Image = "release__18.1.x-snapshot-photon-scala2.13__databricks-universe__18.1.3__fd26dce__x"

  private def made(): World = new World("sealIntervalMs" -> "3600000")
  private def states(of: World): Vector[Json.Obj] = of.waiting.filter(text(_, "record") == "agent-state")

  /** The states that wait so many ms later. */
  private def statesAfter(ms: Long, of: World): Vector[Json.Obj] = {
    of.nowMs += ms
    of.deliverer.tick()
    states(of)
  }

  private val job = Cluster(
    cloud = "AWS",
    product = "JOBS_COMPUTE",
    clusterId = "1122-334455-abc12def",
    clusterName = "job-42-run-7-of jane",
    driverNodeType = "i3.xlarge",
    workerNodeType = "i3.2xlarge",
    uptime = Uptime.Elastic,
    epochs = Vector(Epoch(0, 100000000L, 16, 2))
  )
  private val facts =
    WorkloadFacts(
      workspace = "1",
      jobId = "42",
      workloadName = "nightly",
      taskKey = "load",
      imageLabel = Image,
      engine = "photon"
    )
  private def keyed(key: String): String = Gate.keyedHash(key, "clusop-workload-key-1:1".getBytes(UTF_8))

  private def shape(of: Json.Obj): Json.Obj = of.get("shape") match {
    case Some(found: Json.Obj) => found
    case other                 => throw new AssertionError(s"no shape: $other")
  }

  test("a first state that knows nothing says so; what became known is told by a later one, and by the final one") {
    val world = made()
    val Vector(first) = statesAfter(60000, world)
    assert(Asked.map(text(first, _)) == Vector("", "", "", "", ""))
    assert(first.get("shape").contains(Json.Null))
    world.deliverer.runsOn(job, facts)
    assert(statesAfter(599000, world).size == 1)
    val Vector(_, second) = statesAfter(1000, world)
    val told = Vector("job:42", "load", "photon", Image, s"job:42:${keyed("of jane")}")
    assert(Asked.map(text(second, _)) == told)
    assert(text(shape(second), "worker_node_type") == "i3.2xlarge")
    assert(shape(second).get("workers").contains(Json.Null))
    assert(statesAfter(1200000, world).size == 2)
    world.deliverer.finish(0)
    assert(states(world).last.get("final").contains(Json.True))
    assert(Asked.map(text(states(world).last, _)) == told)
  }

  test("how many workers there were is told over all executions, and by what was seen of them alone is no news") {
    val world = made()
    world.deliverer.runsOn(job, facts)
    world.deliverer.executed(seen(cluster = job, facts = facts))
    statesAfter(60000, world): Unit
    world.deliverer.executed(seen(cluster = job.copy(epochs = Vector(Epoch(0, 100000000L, 64, 8))), facts = facts))
    assert(statesAfter(1200000, world).map(shape(_).get("workers")) == Vector(Some(Json.arr(Vector(Json.num(2L), Json.num(2L))))))
    world.deliverer.finish(0)
    val last = shape(states(world).last)
    assert(last.get("workers").contains(Json.arr(Vector(Json.num(2L), Json.num(8L)))))
    assert(last.get("slots").contains(Json.arr(Vector(Json.num(16L), Json.num(64L)))))
  }

  test("what is known stays where less is told later, but a task goes with its workload, and one of another job is no news") {
    val world = made()
    world.deliverer.runsOn(job, facts)
    world.deliverer.runsOn(Cluster(), WorkloadFacts())
    world.deliverer.executed(seen(facts = WorkloadFacts(workspace = "1", jobId = "43", taskKey = "other", engine = "comet")))
    statesAfter(60000, world): Unit
    assert(Asked.map(text(states(world).last, _)).take(4) == Vector("job:42", "load", "photon", Image))
    world.deliverer.runsOn(job, facts.copy(taskKey = ""))
    world.deliverer.finish(0)
    assert(Vector("workload", "task_key").map(text(states(world).last, _)) == Vector("job:42", ""))
  }

  test("an application without a job goes by its name's keyed hash; without either it has no workload") {
    val (named, nameless) = (made(), made())
    named.deliverer.runsOn(Cluster(), WorkloadFacts(workspace = "1", workloadName = "nightly 2026-11-29"))
    nameless.deliverer.runsOn(Cluster(), WorkloadFacts(workspace = "1"))
    Vector(named, nameless).foreach(statesAfter(60000, _))
    assert(text(states(named).last, "workload") == s"name:${keyed("nightly")}")
    assert(text(states(nameless).last, "workload") == "")
  }

  test("an all-purpose cluster is itself, whoever works on it; of other compute nothing is decided") {
    val told = Vector("ALL_PURPOSE_COMPUTE", "DLT_COMPUTE", "").map { product =>
      val world = made()
      world.deliverer.runsOn(job.copy(product = product), facts)
      text(statesAfter(60000, world).last, "compute")
    }
    assert(told == Vector("cluster:1122-334455-abc12def", "", ""))
  }

  test("no name that people gave stands in a state") {
    val secret = "IBAN DE8937 of jane@corp.example"
    val world = made()
    val place = Cluster(
      cloud = secret,
      product = "JOBS_COMPUTE",
      tier = secret,
      clusterId = secret,
      clusterName = s"job-42-run-7-$secret",
      driverNodeType = secret,
      workerNodeType = secret,
      availability = secret,
      region = secret
    )
    val planted = WorkloadFacts(secret, secret, secret, secret, secret, secret, secret, secret, secret, Map(secret -> secret))
    world.deliverer.runsOn(place, planted)
    statesAfter(60000, world): Unit
    val state = states(world).last
    assert(text(state, "compute").startsWith("job:42:"))
    assert(text(state, "workload").startsWith("name:"))
    assert(text(state, "task_key").startsWith("~"))
    val line = state.toString
    Vector(secret, "IBAN", "jane", "corp").foreach(part => assert(!line.contains(part), part))
  }
}
