package com.clusop.listener

import java.util.function.Consumer

import org.apache.spark.SparkConf
import org.apache.spark.scheduler._
import org.apache.spark.sql.execution.QueryExecution
import org.apache.spark.sql.util.QueryExecutionListener

/** The door for `spark.extraListeners` and `spark.sql.queryExecutionListeners`: a shim that never throws.
  *
  * It names no class of scala-library and, but through reflection, none of ours, so that with the wrong Scala version or half
  * a jar it still loads, says one line and stays dormant. Keep it so: no string interpolation, no collections, no lambdas, no
  * Option. Any fatal error that leaves a callback stops the customer's SparkContext, so every method catches `Throwable`, and
  * around the handler once more.
  */
class PhotonFallbackListener(handedOver: Consumer[Object], conf: Object) extends SparkListener with QueryExecutionListener {

  /** Where events go; null while dormant or where another listener is the feed. */
  @volatile private var sink: Consumer[Object] = null

  try sink = if (handedOver != null) handedOver else enter(conf)
  catch { case failure: Throwable => sayNotArmed(failure) }

  def this() = this(null, null)
  def this(conf: SparkConf) = this(null, conf)

  /** The signature of clusop's first listeners; what they passed is now a matter of settings. */
  def this(ignoredPrice: Double, ignoredName: String) = this(null, null)

  private def enter(conf: Object): Consumer[Object] = {
    val door = Class.forName("com.clusop.listener.agent.ConfDoor", true, classOf[PhotonFallbackListener].getClassLoader)
    door.getConstructor(classOf[Object], classOf[Object]).newInstance(this, conf).asInstanceOf[Consumer[Object]]
  }

  private def pass(event: Object): Unit =
    try {
      val open = sink
      if (open != null) open.accept(event)
    } catch {
      // The guard behind the field counts what goes wrong; here it only must not get out.
      case _: Throwable => ()
    }

  private def sayNotArmed(failure: Throwable): Unit =
    try {
      var root = failure
      var depth = 0
      while (root.getCause != null && depth < 16) {
        root = root.getCause
        depth += 1
      }
      val text = String.valueOf(root)
      val isScala = text.contains("scala/") || text.contains("scala.")
      val why =
        if (isScala) "the jar is for another Scala than the one of this Spark (" else "the jar cannot be loaded completely ("
      val line = "clusop: not armed: ".concat(why).concat(text.replace('\n', ' ').replace('\r', ' ')).concat(")")
      // One line in the life of a JVM, however many sessions make a listener of this class.
      if (System.getProperties.putIfAbsent("com.clusop.said", "1") == null) System.err.println(line)
    } catch { case _: Throwable => () }

  override def onOtherEvent(event: SparkListenerEvent): Unit = pass(event)
  override def onApplicationStart(event: SparkListenerApplicationStart): Unit = pass(event)
  override def onApplicationEnd(event: SparkListenerApplicationEnd): Unit = pass(event)
  override def onEnvironmentUpdate(event: SparkListenerEnvironmentUpdate): Unit = pass(event)
  override def onExecutorAdded(event: SparkListenerExecutorAdded): Unit = pass(event)
  override def onExecutorRemoved(event: SparkListenerExecutorRemoved): Unit = pass(event)
  override def onJobStart(event: SparkListenerJobStart): Unit = pass(event)
  override def onJobEnd(event: SparkListenerJobEnd): Unit = pass(event)
  override def onStageSubmitted(event: SparkListenerStageSubmitted): Unit = pass(event)
  override def onStageCompleted(event: SparkListenerStageCompleted): Unit = pass(event)
  override def onTaskStart(event: SparkListenerTaskStart): Unit = pass(event)
  override def onTaskEnd(event: SparkListenerTaskEnd): Unit = pass(event)

  /** The bus is the only feed: what a session reports here was seen there. */
  override def onSuccess(function: String, execution: QueryExecution, durationNs: Long): Unit = ()
  override def onFailure(function: String, execution: QueryExecution, failure: Exception): Unit = ()
}
