package com.clusop.listener.agent

/** Fails with a LinkageError under another Scala than the one this jar was compiled with: `map` has another signature in 2.12
  * than in 2.13. Most classes would load all the same and fail only later, in a callback.
  */
private[agent] object LinkCheck {
  def run(): Unit = {
    val doubled = Vector(1, 2).map(_ * 2)
    if (doubled.size != 2) throw new IllegalStateException("scala-library does not work")
  }
}
