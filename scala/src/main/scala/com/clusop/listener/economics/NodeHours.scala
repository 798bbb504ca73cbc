package com.clusop.listener.economics

import com.clusop.listener.Fraction

/** Hours of the driver, of workers on demand and of workers that may run on spot. Mirror of
  * `clusop.analysis.economics.node_hours`.
  *
  * One driver is alive at any time, so [[driver]] is also the cluster-hours. All dollars are linear in these three numbers.
  */
final case class NodeHours(driver: Fraction, onDemandWorkers: Fraction, spotWorkers: Fraction) {

  def clusterHours: Fraction = driver

  /** Hours of all workers; DBUs do not care how the VM was bought. */
  def workers: Fraction = onDemandWorkers + spotWorkers

  def +(other: NodeHours): NodeHours =
    NodeHours(driver + other.driver, onDemandWorkers + other.onDemandWorkers, spotWorkers + other.spotWorkers)
  def -(other: NodeHours): NodeHours =
    NodeHours(driver - other.driver, onDemandWorkers - other.onDemandWorkers, spotWorkers - other.spotWorkers)
  def *(factor: Fraction): NodeHours = NodeHours(driver * factor, onDemandWorkers * factor, spotWorkers * factor)
}

object NodeHours {
  val None: NodeHours = NodeHours(Fraction.Zero, Fraction.Zero, Fraction.Zero)
}
