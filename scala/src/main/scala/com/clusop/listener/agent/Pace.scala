package com.clusop.listener.agent

/** How often and how long the agent does what it does; tests hand in a faster one. */
final case class Pace(
    tickMs: Long = 1000,
    killCheckMs: Long = 5000,
    lockWaitMs: Long = 2000,
    lookMs: Long = 1000,
    finishMs: Long = 2000,
    queueCapacity: Int = 2000,
    maxThreadStarts: Int = 4,
    warmUpNs: Long = 10L * 1000 * 1000 * 1000,
    nowMs: () => Long = () => System.currentTimeMillis
)
