package com.clusop.listener.agent

import java.util.concurrent.ConcurrentLinkedQueue

import com.clusop.listener.Door
import org.scalatest.funsuite.AnyFunSuite

/** One agent per JVM, whichever copy of clusop is older. One test, for there is one JVM. */
class BootSuite extends AnyFunSuite {
  private val asked = new ConcurrentLinkedQueue[String]

  private def another(protocol: Long): Registry.Functions = Registry.functions(
    () => s"""{"protocol":$protocol,"version":"x","agent":"another","jar_sha256":""}""",
    request => { asked.add(request); """{"ok":true,"armed":true,"agent":"another"}""" }
  )

  test("a newer agent is joined, an older one is retired, and ours is found again") {
    val properties = System.getProperties
    val before = properties.remove(Registry.Key)
    try {
      val newer = another(Identity.Protocol + 1)
      properties.put(Registry.Key, newer)
      assert(Boot.serving() == Foreign(newer))
      val answer = new Door(null, """{"op":"attach","door":"pth","settings":{"spark.clusop.timeoutMs":"100"}}""").toString
      assert(answer.contains("another"))
      assert(asked.poll().contains("spark.clusop.timeoutMs"))

      properties.put(Registry.Key, another(0))
      val own = Boot.serving()
      assert(asked.poll() == s"""{"op":"retire","protocol":${Identity.Protocol}}""")
      assert(own.isInstanceOf[Own] && (Boot.serving() eq own))
      val published = Registry.ask(Registry.published, Registry.About, "")
      assert(published.exists(_.contains("\"protocol\":2")))
      assert(new Door(null, """{"door":"pth"}""").toString.contains("no-spark-context"))

      properties.remove(Registry.Key)
      assert(Boot.serving() eq own)
      assert(Registry.published != null)

      assert(Registry.ask(Registry.published, Registry.Call, """{"op":"retire"}""").contains("""{"ok":true}"""))
      properties.put(Registry.Key, newer)
      assert(Boot.serving() == Foreign(newer))
    } finally if (before == null) properties.remove(Registry.Key) else properties.put(Registry.Key, before)
  }

  test("a door never throws") {
    val requests = Vector(null, "", "[]", "{", "{\"settings\":7}", "\u0000")
    requests.foreach(request => assert(new Door("no context", request).toString.startsWith("{")))
  }
}
