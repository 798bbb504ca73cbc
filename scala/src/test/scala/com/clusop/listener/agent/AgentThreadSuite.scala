package com.clusop.listener.agent

import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.{CountDownLatch, TimeUnit}

import org.scalatest.funsuite.AnyFunSuite

class AgentThreadSuite extends AnyFunSuite {
  private object Nothing extends Runnable { def run(): Unit = () }

  private def idle: AgentThread.Life = new AgentThread.Life {
    def tick: Runnable = Nothing
    def isEnding: Boolean = false
    def end: Runnable = Nothing
    def failed(failure: Throwable): Unit = ()
    def died(): Unit = ()
  }

  private final class Mortal extends AgentThread.Life {
    val deaths = new AtomicInteger
    def tick: Runnable = Nothing
    def isEnding: Boolean = false
    def end: Runnable = Nothing
    def failed(failure: Throwable): Unit = ()
    def died(): Unit = deaths.incrementAndGet(): Unit
  }

  /** By name: the class is marked for removal from the JDK. */
  private object Deadly extends Runnable {
    def run(): Unit = throw Class.forName("java.lang.ThreadDeath").getConstructor().newInstance().asInstanceOf[Throwable]
  }

  private def soon(holds: => Boolean): Unit = {
    val untilNs = System.nanoTime + 10L * 1000 * 1000 * 1000
    while (!holds && System.nanoTime < untilNs) Thread.sleep(1)
    assert(holds)
  }

  test("a thread that died is found by the first task that no longer fits, and by none before it has been started") {
    val life = new Mortal
    val thread = new AgentThread(2, 1000, 1, new LossCounts, life)
    (1 to 3).foreach(_ => thread.submit(Nothing))
    assert((life.deaths.get, thread.hasDied) == ((0, false)))
    thread.revive()
    soon(thread.waitingCount == 0)
    thread.submit(Deadly)
    soon(thread.hasDied)
    assert(Vector.fill(3)(thread.submit(Nothing)) == Vector(true, true, false))
    assert(life.deaths.get == 1)
  }

  test("at the end a thread that died too often is started once more, and one that never was is not") {
    val thread = new AgentThread(2, 1000, 1, new LossCounts, new Mortal)
    thread.reviveForTheEnd()
    assert((thread.starts, thread.isAlive) == ((0, false)))
    thread.revive()
    thread.submit(Deadly)
    soon(thread.hasDied)
    assert(!thread.revive())
    thread.submit(Nothing)
    thread.reviveForTheEnd()
    soon(thread.waitingCount == 0)
    assert(thread.isAlive)
  }

  test("what does not fit is refused and counted; what was accepted is run in order") {
    val losses = new LossCounts
    val thread = new AgentThread(2, 1000, 3, losses, idle)
    val done = new CountDownLatch(2)
    val task = new Runnable { def run(): Unit = done.countDown() }
    assert(Vector(thread.submit(task), thread.submit(task), thread.submit(task)) == Vector(true, true, false))
    assert((losses.of("work-queue-full"), thread.waitingCount) == ((1L, 2)))
    assert(thread.revive() && thread.revive() && thread.starts == 1)
    assert(done.await(10, TimeUnit.SECONDS))
    assert(thread.isAlive)
    thread.refuse()
    assert(!thread.submit(task) && losses.of("went-quiet") == 1)
  }

  test("what is dropped is counted as executions and stages, not as tasks") {
    val losses = new LossCounts
    val thread = new AgentThread(4, 1000, 3, losses, idle)
    def weighing(count: Long): Runnable = new WeighedTask(count) { def run(): Unit = () }
    Vector(weighing(32), weighing(0), Nothing).foreach(thread.submit(_))
    thread.drop("exit-deadline")
    assert((losses.of("exit-deadline"), thread.waitingCount) == ((33L, 0)))
    thread.refuse()
    thread.submit(weighing(7))
    thread.submit(weighing(0))
    assert(losses.of("went-quiet") == 7)
  }

  test("a task offered while the thread sleeps wakes it long before its next tick") {
    val thread = new AgentThread(10, 3600000, 3, new LossCounts, idle)
    thread.revive()
    (1 to 200).foreach { _ =>
      val done = new CountDownLatch(1)
      thread.submit(new Runnable { def run(): Unit = done.countDown() })
      assert(done.await(10, TimeUnit.SECONDS))
    }
  }
}
