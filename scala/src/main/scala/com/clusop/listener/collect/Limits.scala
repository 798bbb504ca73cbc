package com.clusop.listener.collect

/** How much the collector may hold and how long it waits: everything it keeps has a bound, and a reason for what is beyond it. */
final case class Limits(
    executions: Int = 1000,
    attempts: Int = 20000,
    jobs: Int = 10000,
    endedJobs: Int = 256,
    removedAttempts: Int = 4096,
    changes: Int = 4096,
    accumulatorsOfDriver: Int = 10000,
    heldBytes: Long = 40L * 1024 * 1024,
    livePlans: Int = 8,
    liveNodes: Int = 2000,
    graceMs: Long = 5000,
    undecided: Int = 64,
    undecidedBytes: Long = 8L * 1024 * 1024,
    undecidedMs: Long = 20000,
    description: Int = 1000
)
