package com.clusop.listener.agent

import java.lang.reflect.{InvocationTargetException, Method}

import org.apache.spark.SparkContext
import org.apache.spark.scheduler.SparkListener
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd

/** What the agent asks of Spark: the running context, its conf, a place on its bus. Whatever is not public API goes by
  * reflection, and where that fails the public way is taken. `removeListener` is not here and must never be: from a callback
  * with a full queue it hangs `sc.stop()` for ever.
  */
private[agent] object SparkSide {
  val QueueName = "clusop"

  /** The context that is up, if any. One under construction is not. */
  def activeContext(): Option[SparkContext] =
    try registered().filterNot(_.isStopped)
    catch { case _: Exception => None }

  /** Its `stop()` is over: Spark has drained its bus and let go of it. */
  def isGone(context: SparkContext): Boolean =
    try context.isStopped && !registered().exists(_ eq context)
    catch { case _: Exception => false }

  private def registered(): Option[SparkContext] = {
    // Without a static forwarder, for it is Spark's own; the public way knows it only once there is a session.
    val found =
      try {
        val companion = Class.forName("org.apache.spark.SparkContext$").getField("MODULE$").get(null)
        companion.getClass.getMethod("getActive").invoke(companion)
      } catch {
        case _: ReflectiveOperationException => defaultSession().map(on => on.getClass.getMethod("sparkContext").invoke(on))
      }
    found match {
      case Some(context: SparkContext) => Some(context)
      case _                           => None
    }
  }

  def confOf(context: SparkContext): Map[String, String] = context.getConf.getAll.toMap

  def appIdOf(context: SparkContext): String =
    try String.valueOf(context.applicationId)
    catch { case _: Exception => "" }

  /** Puts the listener on a queue of its own, else on the shared one. The queue's name, or why neither went. */
  def register(context: SparkContext, listener: SparkListener): Either[String, String] =
    ownQueue(context, listener) match {
      case Right(())                    => Right(QueueName)
      case Left(_) if context.isStopped => Left("the context has been stopped")
      case Left(_)                      =>
        try {
          context.addSparkListener(listener)
          Right("shared")
        } catch { case refused: Exception => Left(String.valueOf(refused)) }
    }

  /** For a listener that Spark makes inside its context's constructor: puts it on a queue of its own of that context's bus, which
    * is not started yet and brings the first event too. Whether it went.
    */
  def registerUnderConstruction(listener: SparkListener): Boolean =
    try underConstruction().exists(context => ownQueue(context, listener).isRight)
    catch { case _: Exception => false }

  /** Private to Spark; only the thread that constructs may ask. */
  private def underConstruction(): Option[SparkContext] = {
    val companion = Class.forName("org.apache.spark.SparkContext$")
    val field = companion.getDeclaredField("contextBeingConstructed")
    field.setAccessible(true)
    field.get(companion.getField("MODULE$").get(null)) match {
      case Some(context: SparkContext) => Some(context)
      case _                           => None
    }
  }

  /** Whether the bus holds this listener; `None` where Spark does not tell. */
  def isAttached(context: SparkContext, listener: Object): Option[Boolean] =
    try
      busOf(context).flatMap { bus =>
        bus.getClass.getMethod("listeners").invoke(bus) match {
          case held: java.util.List[_] =>
            var found = false
            val each = held.iterator
            while (each.hasNext) if (each.next().asInstanceOf[AnyRef] eq listener) found = true
            Some(found)
          case _ => None
        }
      }
    catch { case _: Exception => None }

  private def busOf(context: SparkContext): Option[Object] = Option(context.getClass.getMethod("listenerBus").invoke(context))

  private def ownQueue(context: SparkContext, listener: SparkListener): Either[String, Unit] =
    try
      busOf(context) match {
        case None      => Left("there is no bus")
        case Some(bus) =>
          val ways = bus.getClass.getMethods.filter(_.getName == "addToQueue").sortBy(_.getParameterTypes.length)
          ways.iterator.map(arguments(bus, _, listener)).collectFirst { case Some((way, filled)) =>
            way.invoke(bus, filled: _*)
            ()
          }.toRight("the bus has no addToQueue known here")
      }
    catch {
      case refused: InvocationTargetException => Left(String.valueOf(refused.getCause))
      case refused: Exception                 => Left(String.valueOf(refused))
    }

  /** Spark's own form takes (listener, name); Databricks has one with more. What follows is filled by its default value, else
    * by the emptiest of its type; a type that has none is not tried.
    */
  private def arguments(bus: Object, way: Method, listener: SparkListener): Option[(Method, Array[Object])] = {
    val types = way.getParameterTypes
    val fits = types.length >= 2 && types(0).isAssignableFrom(classOf[SparkListener]) && types(1) == classOf[String]
    if (!fits) None
    else {
      val rest = types.indices.drop(2).map(at => defaultOf(bus, at).orElse(emptyOf(types(at))))
      if (rest.exists(_.isEmpty)) None
      else Some(way -> (Vector[Object](listener, QueueName) ++ rest.flatten).toArray)
    }
  }

  private def defaultOf(bus: Object, at: Int): Option[Object] =
    try Option(bus.getClass.getMethod("addToQueue$default$" + (at + 1).toString).invoke(bus))
    catch { case _: ReflectiveOperationException => None }

  private def emptyOf(kind: Class[_]): Option[Object] =
    if (kind == java.lang.Boolean.TYPE) Some(java.lang.Boolean.FALSE)
    else if (kind == classOf[Option[_]]) Some(None)
    else None

  /** Whether this Spark hands the live plan along with an execution's end; without it the engine's own words are not heard. */
  def hasLivePlans: Boolean =
    try classOf[SparkListenerSQLExecutionEnd].getMethods.exists(_.getName == "qe")
    catch { case _: LinkageError => false }

  private def defaultSession(): Option[AnyRef] =
    Class.forName("org.apache.spark.sql.SparkSession").getMethod("getDefaultSession").invoke(null) match {
      case Some(session: AnyRef) => Some(session)
      case _                     => None
    }
}
