package com.clusop.listener.agent

import org.scalatest.funsuite.AnyFunSuite

class ShimPlaceSuite extends AnyFunSuite {
  private def stack(frames: (String, String)*): Array[StackTraceElement] =
    frames.map { case (name, method) => new StackTraceElement(name, method, "F.scala", 1) }.toArray

  test("the stack tells which key made a shim") {
    val inContext = stack("org.apache.spark.util.Utils$" -> "loadExtensions", "org.apache.spark.SparkContext" -> "<init>")
    assert(ShimPlace.of(inContext) == ShimPlace("conf-extra-listeners", isInContextConstructor = true))
    val manager = "org.apache.spark.sql.util.ExecutionListenerManager"
    val inSession = stack(manager -> "<init>", "org.apache.spark.SparkContext" -> "withScope")
    assert(ShimPlace.of(inSession) == ShimPlace("conf-query-listeners", isInContextConstructor = false))
    assert(ShimPlace.of(stack("Main" -> "main")).door == "by-hand")
  }
}
