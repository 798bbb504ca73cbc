package com.clusop.listener.collect

import java.lang.reflect.Method
import java.util.concurrent.ConcurrentHashMap

/** Reads a member that not every Spark version has, or whose type moved: by reflection, the method looked up once per class. */
private[collect] final class Getter(name: String) {
  private val methods = new ConcurrentHashMap[Class[_], AnyRef]

  /** The member of `owner`; null where there is none, it is null, or reading it fails. */
  def of(owner: AnyRef): AnyRef =
    if (owner == null) null
    else
      method(owner.getClass) match {
        case found: Method =>
          try found.invoke(owner)
          catch { case _: Exception => null }
        case _ => null
      }

  /** The value of an `Option` member; null for `None` too. */
  def optional(owner: AnyRef): AnyRef = of(owner) match {
    case some: Some[_] => some.get.asInstanceOf[AnyRef]
    case _             => null
  }

  def text(owner: AnyRef): String = of(owner) match {
    case found: String => found
    case _             => ""
  }

  def isOn(owner: Class[_]): Boolean = method(owner) ne Getter.None

  private def method(owner: Class[_]): AnyRef = {
    val known = methods.get(owner)
    if (known != null) known
    else {
      val found: AnyRef =
        try owner.getMethod(name)
        catch { case _: ReflectiveOperationException | _: SecurityException | _: LinkageError => Getter.None }
      methods.put(owner, found)
      found
    }
  }
}

private[collect] object Getter {
  private val None = new Object

  val RootExecutionId = new Getter("rootExecutionId")
  val ModifiedConfigs = new Getter("modifiedConfigs")
  val ErrorMessage = new Getter("errorMessage")
  val Failure = new Getter("executionFailure")
  val LivePlan = new Getter("qe")
  val Session = new Getter("sparkSession")
  val SessionId = new Getter("sessionUUID")
  val ExecutedPlan = new Getter("executedPlan")
}
