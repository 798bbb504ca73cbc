package com.clusop.listener.economics

import com.clusop.listener.analysis.{Figure, Uptime}
import com.clusop.listener.pricing.{Known, Priced, Unpriced}
import com.clusop.listener.{Range, Reason}

/** A certification saw `runtime` run this natively, `gain` times faster; `evidence` names the run. */
final case class CertifiedGain(runtime: String, gain: Range, evidence: String)

/** What a newer runtime would save: fix's formula, with a gain that was certified and never assumed. Mirror of
  * `clusop.analysis.economics.upgrade`.
  */
object Upgrade {

  /** (m·d + v)·h·J·(1 − 1/g) with the certified g. `Left` says why nothing is proposed: there is no certificate. */
  def saving(
      rates: Rates,
      hours: NodeHours,
      share: Priced[Range],
      uptime: Uptime,
      certified: Option[CertifiedGain]
  ): Either[Reason, Priced[Figure]] = (certified, share) match {
    case (None, _)              => Left(Reason("no-certified-upgrade"))
    case (_, gap: Unpriced)     => Right(gap)
    case (Some(seen), Known(j)) =>
      val extra = Vector(
        "J" -> ExactText.rangeText(j),
        "g" -> ExactText.rangeText(seen.gain),
        "uptime" -> uptime.value,
        "evidence" -> s"${seen.runtime}: ${seen.evidence}"
      )
      Right(Terms.costFigure("upgrade-1", rates, hours, extra))
  }
}
