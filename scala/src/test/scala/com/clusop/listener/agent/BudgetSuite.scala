package com.clusop.listener.agent

import org.scalatest.funsuite.AnyFunSuite

class BudgetSuite extends AnyFunSuite {
  private val SecondNs = 1000L * 1000 * 1000

  test("a steady load below the share never opens the breaker, one above it does") {
    val below = new Budget(0.01, 0)
    assert((1 to 1000).forall(_ => below.spend(9L * 1000 * 1000, SecondNs)))
    val above = new Budget(0.01, 0)
    val firstRefusal = (1 to 1000).find(_ => !above.spend(30L * 1000 * 1000, SecondNs))
    // 600 ms are there at the start, 10 ms come and 30 ms go each second.
    assert(firstRefusal.contains(30))
  }

  test("warming up is paid once") {
    val budget = new Budget(0.01, 10 * SecondNs)
    assert(budget.spend(10 * SecondNs, SecondNs))
    assert((1 to 200).forall(_ => budget.spend(0, SecondNs)))
    assert(!budget.spend(SecondNs, SecondNs))
  }

  test("a clock that goes backwards takes nothing away") {
    val budget = new Budget(0.01, 0)
    assert(budget.spend(-5 * SecondNs, -5 * SecondNs))
  }
}
