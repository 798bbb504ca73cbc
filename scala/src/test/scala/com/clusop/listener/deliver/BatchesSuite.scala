package com.clusop.listener.deliver

import org.scalatest.funsuite.AnyFunSuite

class BatchesSuite extends AnyFunSuite {
  private val lines = Vector("a", "b", "c", "d")

  test("only the aggregator condemns a record: a gateway's refusal halves the batch and then makes it wait") {
    def refusing(isOurs: Boolean): Batches.Outcome =
      new Batches(batch => if (batch.contains("b")) Sent.Halve("refused", isOurs) else Sent.Acknowledged(Vector.empty)).deliver(
        lines
      )
    assert(refusing(isOurs = true) == Batches.Outcome(Vector(0, 2, 3), Vector(1 -> "refused"), None))
    assert(refusing(isOurs = false) == Batches.Outcome(Vector(0), Vector.empty, Some(Sent.Later("endpoint-not-ours"))))
  }

  test("a gateway that takes small batches only gets small batches") {
    val found =
      new Batches(batch => if (batch.size > 1) Sent.Halve("too-large", isOurs = false) else Sent.Acknowledged(Vector.empty))
    assert(found.deliver(lines) == Batches.Outcome(Vector(0, 1, 2, 3), Vector.empty, None))
  }
}
