package com.clusop.listener.agent

import java.util.concurrent.SynchronousQueue

import org.scalatest.funsuite.AnyFunSuite

class OwnThreadSuite extends AnyFunSuite {

  test("a thread of ours inherits no thread-locals, no class loader, and never keeps the JVM alive") {
    val session = new InheritableThreadLocal[String]
    session.set("a session")
    val customers = Thread.currentThread.getContextClassLoader
    val seen = new SynchronousQueue[String]
    try {
      Thread.currentThread.setContextClassLoader(new ClassLoader(customers) {})
      val thread = OwnThread.of("clusop-test", new Runnable { def run(): Unit = seen.put(String.valueOf(session.get)) })
      assert(thread.isDaemon)
      assert(thread.getContextClassLoader eq OwnThread.getClass.getClassLoader)
      thread.start()
      // Java 8 has no way to make such a thread; there the session is cleared by its own means.
      assert(seen.take() == (if (System.getProperty("java.specification.version").startsWith("1.")) "a session" else "null"))
    } finally Thread.currentThread.setContextClassLoader(customers)
  }
}
