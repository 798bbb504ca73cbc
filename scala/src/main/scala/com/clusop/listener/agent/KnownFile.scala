package com.clusop.listener.agent

/** What is known of a file on a file system that may never answer. Each path has a look of its own, so that one that hangs
  * keeps no other from being looked at; where none answers now, what was seen last stands. `read` runs on the look's thread.
  */
private[listener] final class KnownFile[A](waitMs: Long, read: String => A) {
  import KnownFile.About

  @volatile private var about = new About[A]("", waitMs)

  /** What is there now, else what was there last; None where `path` never answered. Waits a moment at most. */
  def of(path: String): Option[A] = {
    val asked = aboutOf(path)
    // One after the other: a look that is busy only because another thread asks is no silence.
    asked.synchronized {
      val answer = asked.look.ask { () =>
        val seen = read(path)
        // Here and not by whoever asked: an answer that comes too late for one is still the last known.
        asked.seen = Some(seen)
        seen
      }
      asked.isSilent = answer.isEmpty
      answer.orElse(asked.seen)
    }
  }

  /** What was seen last of `path`, without a look. */
  def last(path: String): Option[A] = Some(about).filter(_.path == path).flatMap(_.seen)

  /** Whether the last look at `path` had no answer in time. */
  def isSilent(path: String): Boolean = about.path == path && about.isSilent

  private def aboutOf(path: String): About[A] = {
    val current = about
    if (current.path == path) current
    else {
      val fresh = new About[A](path, waitMs)
      about = fresh
      fresh
    }
  }
}

private[listener] object KnownFile {
  private final class About[A](val path: String, waitMs: Long) {
    val look = new FileLook(waitMs)
    @volatile var seen: Option[A] = None
    @volatile var isSilent = false
  }
}
