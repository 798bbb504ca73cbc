package com.clusop.listener

import com.clusop.listener.agent.DoorKeeper

/** The door for Python: made by reflection in a class loader of its own; arms in the constructor and never throws.
  *
  * `request` is the "attach" request as JSON. The answer is this object's `toString`: ask for it with
  * `java.util.Objects.toString(door)`, since Py4J would remember the method of another loader's class of this name. From then on
  * the agent is found in the system properties, see [[com.clusop.listener.agent.Registry]].
  */
final class Door(sparkContext: Object, request: String) {
  private val answer: String =
    try DoorKeeper.answer(sparkContext, request)
    catch { case failure: Throwable => Door.refusal(failure) }

  override def toString: String = answer
}

object Door {
  private def refusal(failure: Throwable): String = {
    val text = String.valueOf(failure)
    val id = if (text.contains("scala/") || text.contains("scala.")) "wrong-scala" else "damaged-jar"
    val plain = text.replace('\\', '/').replace('"', '\'').replaceAll("[^ -~]", " ")
    "{\"armed\":false,\"detail\":\"".concat(plain).concat("\",\"ok\":false,\"reason\":\"").concat(id).concat("\"}")
  }
}
