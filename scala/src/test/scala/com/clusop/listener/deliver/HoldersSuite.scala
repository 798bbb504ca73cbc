package com.clusop.listener.deliver

import org.scalatest.funsuite.AnyFunSuite

class HoldersSuite extends AnyFunSuite {

  test("the first who asks holds; another stands by until the holder is silent for 30 s") {
    val made = new Holders(0)
    assert(made.isHolder("a", 1000))
    assert(!made.isHolder("b", 2000))
    assert(!made.isHolder("b", 30999))
    assert(made.isHolder("b", 31000))
    assert(!made.isHolder("a", 31001))
  }

  test("a holder that leaves makes room at once") {
    val made = new Holders(0)
    made.isHolder("a", 1000)
    made.release("b")
    assert(!made.isHolder("b", 1001))
    assert(!made.isNobody(1001))
    made.release("a")
    assert(made.isNobody(1001))
    assert(made.isHolder("b", 1002))
    assert(!made.isNobody(1003))
  }

  test("the JVM steps in where nobody ever asked for 30 s, or the holder not for 75 s") {
    val made = new Holders(0)
    assert(!made.isNobody(29999))
    assert(made.isNobody(30000))
    made.isHolder("a", 40000)
    assert(!made.isNobody(114999))
    assert(made.isNobody(115000))
  }
}
