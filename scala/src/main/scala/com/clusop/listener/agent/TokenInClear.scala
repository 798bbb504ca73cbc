package com.clusop.listener.agent

import java.util.regex.Pattern

import com.clusop.listener.Reason
import com.clusop.listener.settings.Settings

/** Whether the token would travel unencrypted: over plain http, to another machine. Mirror of `problems_of` in
  * `clusop.runtime.arming`, told by the same means: once on stderr, and in the status.
  */
private[agent] object TokenInClear {
  private val Here =
    Pattern.compile("http://(?:localhost|127\\.[0-9.]+|\\[::1\\])(?::[0-9]+)?(?:/.*)?", Pattern.CASE_INSENSITIVE)

  def problem(settings: Settings): Option[Reason] = {
    val endpoint = settings.text(Settings.Endpoint)
    val isPlain = endpoint.regionMatches(true, 0, "http:", 0, 5)
    val isTold = settings.text(Settings.TokenFile).nonEmpty && isPlain && !Here.matcher(endpoint).matches
    if (isTold) Some(Reason("token-in-clear")) else None
  }
}
