package com.clusop.listener.agent

import java.util.concurrent.{CountDownLatch, TimeUnit}

import org.scalatest.funsuite.AnyFunSuite

class AgentThreadSuite extends AnyFunSuite {
  private object Nothing extends Runnable { def run(): Unit = () }

  private def idle: AgentThread.Life = new AgentThread.Life {
    def tick: Runnable = Nothing
    def isEnding: Boolean = false
    def end: Runnable = Nothing
    def failed(failure: Throwable): Unit = ()
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
