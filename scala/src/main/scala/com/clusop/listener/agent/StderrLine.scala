package com.clusop.listener.agent

/** The one line on stderr in the life of a JVM, whichever loader's copy of clusop says it. After it, nothing. */
private[agent] object StderrLine {
  // The shim knows this key too.
  private val SaidKey = "com.clusop.said"

  def say(sentence: String): Unit =
    if (take()) System.err.println("clusop: " + sentence.replace('\n', ' ').replace('\r', ' '))

  /** Takes the right to say the line; whoever gets `true` says it, here or in Python. */
  def take(): Boolean = System.getProperties.putIfAbsent(SaidKey, "1") == null
}
