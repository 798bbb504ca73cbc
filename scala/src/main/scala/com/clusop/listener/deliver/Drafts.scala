package com.clusop.listener.deliver

import java.nio.file.attribute.BasicFileAttributes
import java.nio.file.{Files, LinkOption, Path, Paths}
import java.util.UUID
import java.util.regex.Pattern

/** Files that are begun under another name and then renamed. What a crash leaves of them in a spool nobody reads, so somebody must
  * remove it.
  */
object Drafts {
  // The JVM's own name, and the one that `clusop.runtime.transport.whole_file` gives.
  private val Name = Pattern.compile(
    "\\.clusop-[0-9a-f]{32}-(?:[0-9a-f]{8}\\.tmp|[0-9]{1,19}-[0-9]{1,19}\\.jsonl\\.[0-9a-f]{16}\\.part)"
  )

  /** Longer than any write takes, however far the clocks of the machines that share a spool are apart. */
  private val OldMs = 24L * 60 * 60 * 1000

  /** A name that nobody else writes under. */
  def nameOf(agent: String): String = s".clusop-$agent-${UUID.randomUUID.toString.take(8)}.tmp"

  /** Removes drafts of any agent that are older than a day; those that cannot be removed stay. */
  def sweep(directory: String, nowMs: Long): Unit =
    try {
      val listed = Files.newDirectoryStream(Paths.get(directory), ".clusop-*")
      try {
        val each = listed.iterator
        while (each.hasNext) {
          val path = each.next()
          if (Name.matcher(path.getFileName.toString).matches && isOld(path, nowMs)) removed(path)
        }
      } finally listed.close()
    } catch { case _: Exception => () }

  private def isOld(path: Path, nowMs: Long): Boolean =
    try {
      val found = Files.readAttributes(path, classOf[BasicFileAttributes], LinkOption.NOFOLLOW_LINKS)
      found.isRegularFile && nowMs - found.lastModifiedTime.toMillis > OldMs
    } catch { case _: Exception => false }

  private def removed(path: Path): Unit =
    try Files.deleteIfExists(path): Unit
    catch { case _: Exception => () }
}
