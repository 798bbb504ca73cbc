package com.clusop.listener.agent

/** Who is making a shim, told by the stack: the same class serves two conf keys and whoever adds it by hand. */
final case class ShimPlace(door: String, isInContextConstructor: Boolean)

object ShimPlace {
  def ofThisThread: ShimPlace = of(Thread.currentThread.getStackTrace)

  def of(stack: Array[StackTraceElement]): ShimPlace =
    if (stack.exists(at => at.getClassName == "org.apache.spark.SparkContext" && at.getMethodName == "<init>"))
      ShimPlace("conf-extra-listeners", isInContextConstructor = true)
    else if (stack.exists(_.getClassName.startsWith("org.apache.spark.sql.util.ExecutionListenerManager")))
      ShimPlace("conf-query-listeners", isInContextConstructor = false)
    else ShimPlace("by-hand", isInContextConstructor = false)
}
