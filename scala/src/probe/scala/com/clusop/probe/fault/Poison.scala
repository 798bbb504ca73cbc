package com.clusop.probe.fault

/** The errors that must not leave a callback. Each call makes a fresh one, as the JVM would. */
object Poison {
  val kinds: Vector[String] =
    Vector("linkage", "stack-overflow", "out-of-memory", "thread-death", "interrupted", "runtime", "control")

  def raise(kind: String): Nothing = kind match {
    case "linkage"        => throw new NoClassDefFoundError("com/clusop/listener/Gone")
    case "stack-overflow" => throw new StackOverflowError
    case "out-of-memory"  => throw new OutOfMemoryError("poison")
    case "thread-death"   => throw threadDeath()
    case "interrupted"    => throw new InterruptedException("poison")
    case "control"        => throw new scala.util.control.ControlThrowable {}
    case _                => throw new IllegalStateException("poison")
  }

  /** By name: the class is marked for removal from the JDK. */
  private def threadDeath(): Throwable =
    Class.forName("java.lang.ThreadDeath").getConstructor().newInstance().asInstanceOf[Throwable]
}
