package com.clusop.listener

/** Why something is so, or is not known: an id of `reasons.json` and what fills its sentence. Mirror of `clusop.reasons`. */
final case class Reason(id: String, detail: String = "")
