package com.clusop.listener.agent

import org.scalatest.funsuite.AnyFunSuite

class LeavingSuite extends AnyFunSuite {
  private val MostMs = 2000L

  private class World {
    // A clock of this kind may stand anywhere, also before zero.
    var nowMs: Long = -5000L
    val leaving = new Leaving(() => nowMs * 1000000L)
  }

  test("an exit that no Python began has all of its time") {
    val world = new World
    assert(world.leaving.leftMs(MostMs) == MostMs)
    assert(world.leaving.holder == None)
  }

  test("what a Python waited is not waited again, and the JVM's share is its own") {
    val world = new World
    world.leaving.told("me", 2000, 800)
    assert(world.leaving.holder == Some("me"))
    val left = Vector(0, 400, 800, 2000, 5000).map { afterMs =>
      world.nowMs = -5000L + afterMs
      world.leaving.leftMs(MostMs)
    }
    assert(left == Vector(2000L, 1600L, 1200L, 800L, 800L))
  }

  test("a JVM that outlives its Python has an exit of its own") {
    val world = new World
    world.leaving.told("me", 2000, 800)
    world.nowMs += 10001
    assert(world.leaving.leftMs(MostMs) == MostMs)
    assert(world.leaving.holder == None)
  }

  test("nothing that is told makes an exit longer") {
    val world = new World
    world.leaving.told("", 9000, 9000)
    assert(world.leaving.leftMs(MostMs) == MostMs)
    assert(world.leaving.holder == None)
  }
}
