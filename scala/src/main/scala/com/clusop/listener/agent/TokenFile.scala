package com.clusop.listener.agent

import java.nio.file.{Files, Paths}

import com.clusop.listener.Reason
import com.clusop.listener.settings.Settings

/** Whether the token file can be read; it is read anew at every send, so this only tells people early. */
private[agent] object TokenFile {
  def problem(settings: Settings, file: KnownFile[Boolean]): Option[Reason] = {
    val path = settings.text(Settings.TokenFile)
    val isFine = path.isEmpty || file.of(path).getOrElse(true)
    if (isFine) None else Some(Reason("unreadable-token-file", s": $path"))
  }

  def isReadable(path: String): Boolean =
    try {
      val file = Paths.get(path)
      Files.isRegularFile(file) && Files.isReadable(file)
    } catch { case _: java.nio.file.InvalidPathException => false }
}
