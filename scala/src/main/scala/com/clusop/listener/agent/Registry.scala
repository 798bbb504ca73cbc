package com.clusop.listener.agent

import java.util.concurrent.ConcurrentHashMap
import java.util.function.{Function => JFunction}

/** Where the agents of one JVM find each other, whatever class loader they came from: a map of JDK types under one key of the
  * system properties. No object of a class of ours is handed out: another loader's class of the same name is another class.
  */
private[agent] object Registry {
  val Key = "com.clusop.agent"
  val About = "about"
  val Call = "call"
  type Functions = ConcurrentHashMap[String, JFunction[String, String]]

  def functions(about: () => String, call: String => String): Functions = {
    val map = new Functions
    map.put(About, new Answer(_ => about()))
    map.put(Call, new Answer(call))
    map
  }

  /** Publishes `map` in place of `earlier` (null: of nothing). `false`: somebody else was first. */
  def publish(map: Functions, earlier: Object): Boolean = {
    val properties = System.getProperties
    if (earlier == null) properties.putIfAbsent(Key, map) == null
    else properties.replace(Key, earlier, map)
  }

  /** What is published, whoever did; null if nothing is. */
  def published: Object = System.getProperties.get(Key)

  /** Asks a published agent, ours or another's. None where what is published is no such map. */
  def ask(map: Object, name: String, request: String): Option[String] = map match {
    case functions: java.util.Map[_, _] =>
      functions.get(name) match {
        case function: JFunction[_, _] =>
          function.asInstanceOf[JFunction[String, Object]].apply(request) match {
            case answer: String => Some(answer)
            case _              => None
          }
        case _ => None
      }
    case _ => None
  }

  private final class Answer(to: String => String) extends JFunction[String, String] {
    override def apply(request: String): String = to(request)
  }
}
