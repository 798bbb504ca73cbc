package com.clusop.listener.deliver

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Paths}
import java.security.SecureRandom

import com.clusop.listener.agent.KnownFile

/** The key of all hashes: what stands in the owner's file, or stood there last. Where no file is named it is derived from the
  * workspace id, which hides a name from a glance only. Where one is named and was never read, names are hashed under a key that
  * nobody knows and that ends with this JVM, and that is told: whoever names a file does not want them guessed.
  */
private[deliver] final class WorkloadKeys(tell: String => Unit, waitMs: Long = WorkloadKeys.WaitMs) {
  private val file = new KnownFile(waitMs, WorkloadKeys.read)
  @volatile private var lastGood: Option[(String, Array[Byte])] = None
  private lazy val unknown: Array[Byte] = {
    val made = new Array[Byte](WorkloadKeys.UnknownBytes)
    new SecureRandom().nextBytes(made)
    made
  }

  /** Looks at the file: never to be asked under a lock. */
  def of(path: String, workspace: String): Array[Byte] =
    if (path.isEmpty) s"clusop-workload-key-1:$workspace".getBytes(UTF_8)
    else {
      file.of(path).filter(_.length > 0).foreach(read => lastGood = Some(path -> read))
      lastGood.filter(_._1 == path).map(_._2).getOrElse {
        tell("unreadable-key-file")
        unknown
      }
    }
}

private[deliver] object WorkloadKeys {
  private val WaitMs = 1000L
  private val MaxKeyBytes = 4096
  private val UnknownBytes = 32

  /** At most the first 4 KiB, be it a file without an end; empty where nothing can be read. */
  private def read(path: String): Array[Byte] =
    try {
      val in = Files.newInputStream(Paths.get(path))
      try {
        val held = new Array[Byte](MaxKeyBytes)
        var length = 0
        var count = in.read(held)
        while (count > 0 && length < MaxKeyBytes) {
          length += count
          if (length < MaxKeyBytes) count = in.read(held, length, MaxKeyBytes - length)
        }
        held.take(length)
      } finally in.close()
    } catch { case _: Exception => Array.emptyByteArray }
}
