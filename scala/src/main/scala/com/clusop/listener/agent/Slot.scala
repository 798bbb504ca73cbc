package com.clusop.listener.agent

import java.lang.ref.WeakReference

import com.clusop.listener.PhotonFallbackListener
import org.apache.spark.SparkContext

/** One feed of one SparkContext. `listener` is what Spark holds; `queue` the bus queue it is on. A feed made inside the
  * context's constructor does not know its context yet; it is [[claim]]ed by the first door that does.
  */
private[agent] final class Slot(val guard: Guard, val door: String, val isLate: Boolean, val armedAtMs: Long) {
  @volatile private var contextRef: WeakReference[SparkContext] = null
  @volatile private var listenerRef: WeakReference[Object] = null
  @volatile private var queueName = ""
  @volatile private var appId = ""

  def claim(context: SparkContext): Unit = {
    contextRef = new WeakReference(context)
    appId = SparkSide.appIdOf(context)
  }

  def heldBy(listener: Object, queue: String): Unit = {
    listenerRef = new WeakReference(listener)
    queueName = queue
  }

  /** What is put on the bus for this feed. The bus alone keeps it alive. */
  def newListener(): PhotonFallbackListener = {
    val fresh = new PhotonFallbackListener(guard, null)
    listenerRef = new WeakReference(fresh)
    fresh
  }
  def onQueue(name: String): Unit = queueName = name
  def queue: String = queueName
  def app: String = appId
  def listener: Option[Object] = Option(listenerRef).flatMap(ref => Option(ref.get))
  def isClaimed: Boolean = contextRef != null
  def context: Option[SparkContext] = Option(contextRef).flatMap(ref => Option(ref.get))
  def isOf(other: SparkContext): Boolean = context.exists(_ eq other)

  /** Events may still come: the application has not ended and its context has not gone. */
  def isLive: Boolean = !guard.isEnded && (!isClaimed || context.exists(!_.isStopped))
}
