package com.clusop.listener.agent

import com.clusop.listener.Reason

/** What became of an attempt to arm. */
sealed trait Armed
case object ArmedNow extends Armed

/** A feed was there already; this door leads to it. */
case object ArmedBefore extends Armed
final case class NotArmed(reason: Reason) extends Armed
