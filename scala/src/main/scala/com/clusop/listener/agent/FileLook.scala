package com.clusop.listener.agent

import java.util.concurrent.atomic.{AtomicBoolean, AtomicReference}
import java.util.concurrent.{CountDownLatch, TimeUnit}

/** Asks a file system that may never answer (a dead NFS or FUSE mount): on a thread of its own, one question at a time, and
  * whoever asks waits a moment only. A context's start may be waiting behind us.
  */
private[listener] final class FileLook(waitMs: Long) {
  private val isAsking = new AtomicBoolean

  /** The answer; None where none came in time, where an earlier question is still open, or where the question failed. */
  def ask[A](question: () => A): Option[A] =
    if (!isAsking.compareAndSet(false, true)) None
    else {
      val answer = new AtomicReference[Option[A]](None)
      val isAnswered = new CountDownLatch(1)
      val work = new Runnable {
        override def run(): Unit =
          try answer.set(Some(question()))
          catch { case _: Exception => () }
          finally {
            isAsking.set(false)
            isAnswered.countDown()
          }
      }
      try {
        OwnThread.of("clusop-look", work).start()
        isAnswered.await(waitMs, TimeUnit.MILLISECONDS): Unit
      } catch {
        // The customer's cancel is the customer's.
        case _: InterruptedException => Thread.currentThread.interrupt()
        case _: OutOfMemoryError     => isAsking.set(false)
      }
      answer.get
    }
}
