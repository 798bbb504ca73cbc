package com.clusop.listener.deliver

/** What the dispatcher takes from and settles with. All calls are short and take the deliverer's lock. */
trait Outbox {

  /** Records that nobody else holds or fetches; none while a batcher polls, unless the application ended. */
  def take(nowMs: Long, isEnd: Boolean): Option[Lease]

  /** Whether somebody switched the agent off: what lies on disk then stays there. */
  def isOff: Boolean

  /** These have arrived. */
  def arrived(lease: Lease, sequences: Vector[Long]): Unit

  /** These are lost for good, for a reason. */
  def gone(reason: String, sequences: Vector[Long]): Unit

  /** What is left of the lease goes back. */
  def giveBack(lease: Lease): Unit

  /** Something else was lost: a spool file that could not be kept. */
  def count(reason: String, number: Long): Unit
  def waitingCount: Int

  /** Whether somebody holds a lease now. */
  def isLent: Boolean

  /** What of all that has not arrived, lent or not, goes to disk when the application ends: the oldest and, at the end, the final
    * state. What `bytes` do not hold is lost, and that state tells it; none where not even the state fits, and then nothing is.
    */
  def remainderWithin(bytes: Long): Vector[Sealed]

  /** These are on disk: whoever finds them there sends them. */
  def spooled(sequences: Vector[Long]): Unit
}
