package com.clusop.listener.agent

import java.util.concurrent.CountDownLatch

import org.scalatest.funsuite.AnyFunSuite

class FileLookSuite extends AnyFunSuite {

  test("an answer comes back; a question that fails has none") {
    val look = new FileLook(10000)
    assert(look.ask(() => 7) == Some(7))
    assert(look.ask[Int](() => throw new java.io.IOException("no")) == None)
    assert(look.ask(() => 8) == Some(8))
  }

  test("a file system that does not answer holds nobody, and is asked nothing more meanwhile") {
    val look = new FileLook(20)
    val isBack = new CountDownLatch(1)
    assert(look.ask { () => isBack.await(); 1 } == None)
    assert(look.ask(() => 2) == None)
    isBack.countDown()
    val untilNs = System.nanoTime + 10L * 1000 * 1000 * 1000
    var answer: Option[Int] = None
    while (answer.isEmpty && System.nanoTime < untilNs) answer = look.ask(() => 3)
    assert(answer == Some(3))
  }

  test("a cancelled thread stays cancelled") {
    val isOver = new CountDownLatch(1)
    Thread.currentThread.interrupt()
    assert(new FileLook(10000).ask { () => isOver.await(); 1 } == None)
    assert(Thread.interrupted())
    isOver.countDown()
  }
}
