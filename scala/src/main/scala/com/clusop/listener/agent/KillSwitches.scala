package com.clusop.listener.agent

import java.io.File

import com.clusop.listener.Reason
import com.clusop.listener.settings.Settings

/** What keeps clusop off, or None. Off by any switch is off. */
private[agent] object KillSwitches {

  def before(settings: Settings, look: FileLook): Option[Reason] =
    settings.switchedOffBy.map(Reason("switched-off", _)).orElse(killFile(settings, look))

  /** After arming. What a session sets at run time is seen in its next query, see [[SessionSwitch]]. */
  def killFile(settings: Settings, look: FileLook): Option[Reason] = {
    val path = settings.text(Settings.KillFile)
    val isThere = path.nonEmpty && look.ask(() => new File(path).exists).getOrElse(false)
    if (isThere) Some(Reason("kill-file", s": $path")) else None
  }
}
