package com.clusop.listener.agent

import java.lang.reflect.Constructor

/** Daemon threads that keep nothing of who starts them: no class loader of the customer's, no handler that prints, and above all
  * no inherited thread-locals. `SparkSession.activeThreadSession` is one: a thread that lives as long as the JVM would keep a
  * stopped context, its status store included, for just as long.
  */
private[listener] object OwnThread {

  def of(name: String, work: Runnable): Thread = {
    val thread = bare match {
      case Some(way) => way.newInstance(null, work, name, java.lang.Long.valueOf(0), java.lang.Boolean.FALSE)
      case None      => new Thread(new Forgetting(work), name)
    }
    thread.setDaemon(true)
    thread.setContextClassLoader(OwnThread.getClass.getClassLoader)
    thread.setUncaughtExceptionHandler(Silent)
    thread
  }

  /** Since Java 9 a thread can be made that inherits nothing. */
  private lazy val bare: Option[Constructor[Thread]] =
    try
      Some(
        classOf[Thread].getConstructor(
          classOf[ThreadGroup],
          classOf[Runnable],
          classOf[String],
          java.lang.Long.TYPE,
          java.lang.Boolean.TYPE
        )
      )
    catch { case _: NoSuchMethodException => None }

  /** On Java 8: lets go of the session as its first act. */
  private final class Forgetting(work: Runnable) extends Runnable {
    override def run(): Unit = {
      try Class.forName("org.apache.spark.sql.SparkSession").getMethod("clearActiveSession").invoke(null): Unit
      catch { case _: ReflectiveOperationException | _: LinkageError => () }
      work.run()
    }
  }

  private val Silent: Thread.UncaughtExceptionHandler = new Thread.UncaughtExceptionHandler {
    override def uncaughtException(thread: Thread, failure: Throwable): Unit = ()
  }
}
