package com.clusop.listener.agent

import java.nio.file.attribute.BasicFileAttributes
import java.nio.file.{FileSystemException, Files, NoSuchFileException, Paths}

import com.clusop.listener.Reason
import com.clusop.listener.settings.Settings

/** What keeps clusop off, or None. Off by any switch is off. */
private[agent] object KillSwitches {

  /** Whether the kill file is there, or why nobody can tell. Mirror of `clusop.runtime.kill_file`. */
  type Sight = Either[String, Boolean]

  def before(settings: Settings, file: KnownFile[Sight]): Option[Reason] =
    settings.switchedOffBy.map(Reason("switched-off", _)).orElse(killFile(settings, file))

  /** After arming. What a session sets at run time is seen in its next query, see [[SessionSwitch]]. A file that cannot be looked
    * at counts as absent, one that does not answer now as what it was.
    */
  def killFile(settings: Settings, file: KnownFile[Sight]): Option[Reason] = {
    val path = settings.text(Settings.KillFile)
    val isThere = path.nonEmpty && file.of(path).contains(Right(true))
    if (isThere) Some(Reason("kill-file", s": $path")) else None
  }

  /** Why the last look at the kill file told nothing. Looks at no file. */
  def problem(settings: Settings, file: KnownFile[Sight]): Option[Reason] = {
    val path = settings.text(Settings.KillFile)
    val why =
      if (path.isEmpty) None
      else if (file.isSilent(path)) Some("it does not answer")
      else file.last(path).flatMap(_.left.toOption)
    why.map(told => Reason("kill-file-unreadable", s": $path ($told)"))
  }

  def look(path: String): Sight =
    try {
      Files.readAttributes(Paths.get(path), classOf[BasicFileAttributes]): Unit
      Right(true)
    } catch {
      case _: NoSuchFileException                                                 => Right(false)
      case failure: FileSystemException if failure.getReason == "Not a directory" => Right(false)
      case failure: Exception                                                     => Left(failure.getClass.getSimpleName)
    }
}
