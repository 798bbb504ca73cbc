package com.clusop.listener.agent

import java.io.{File, FileInputStream}
import java.security.MessageDigest
import java.util.jar.JarFile

import com.clusop.listener.Resource

/** Loads every class of the jar before anything is registered: a jar cut short, replaced or deleted later then does no harm.
  * Loaded lazily, a missing class would end a callback with an error, and on JDK 8 the JVM.
  */
private[agent] object ClassLoading {
  private val Listed = "classes.txt"
  private val HomePath = "com/clusop/listener/"
  private val OnBusThread = Vector("agent.", "collect.").map("com.clusop.listener." + _)

  /** What was loaded; `sha256` is of the jar, "" where the classes came from a folder. */
  final case class Loaded(names: Vector[String], sha256: String) {

    /** The classes that callbacks run in. */
    def onBusThread: Vector[String] = names.filter(name => OnBusThread.exists(name.startsWith))
  }

  /** Throws what the JVM throws at the first class that cannot be loaded. */
  def loadAll(): Loaded = {
    val own = classOf[PortsMarker]
    val place = Option(own.getProtectionDomain.getCodeSource).flatMap(source => Option(source.getLocation))
    val source = place.map(url => new File(url.toURI))
    val names = listed.orElse(source.filter(_.isFile).map(entriesOf)).getOrElse(Vector.empty)
    names.foreach(name => Class.forName(name, false, own.getClassLoader))
    Loaded(names, source.filter(_.isFile).map(sha256Of).getOrElse(""))
  }

  /** Links and initialises what was loaded, and with it reads the data files: three times the work of loading, so it is for the
    * agent's thread, as its first task. Throws at the first class that fails.
    */
  def initialise(names: Vector[String]): Unit =
    names.foreach(name => Class.forName(name, true, classOf[PortsMarker].getClassLoader))

  private def listed: Option[Vector[String]] =
    try Some(Resource.text(Listed).split('\n').toVector.map(_.trim).filter(_.nonEmpty))
    catch { case _: IllegalStateException => None }

  private def entriesOf(jar: File): Vector[String] = {
    val open = new JarFile(jar)
    try {
      val names = Vector.newBuilder[String]
      val entries = open.entries
      while (entries.hasMoreElements) {
        val name = entries.nextElement().getName
        if (name.startsWith(HomePath) && name.endsWith(".class")) names += name.stripSuffix(".class").replace('/', '.')
      }
      names.result()
    } finally open.close()
  }

  private def sha256Of(jar: File): String = {
    val digest = MessageDigest.getInstance("SHA-256")
    val stream = new FileInputStream(jar)
    try {
      val buffer = new Array[Byte](65536)
      var count = stream.read(buffer)
      while (count >= 0) {
        digest.update(buffer, 0, count)
        count = stream.read(buffer)
      }
    } finally stream.close()
    digest.digest.map(byte => "%02x".format(byte)).mkString
  }
}

/** Stands for "the jar this was loaded from". */
private[agent] final class PortsMarker
