package com.clusop.listener.agent

import java.nio.file.Files
import java.util.concurrent.CountDownLatch

import com.clusop.listener.settings.Settings
import org.scalatest.funsuite.AnyFunSuite

/** The kill file on file systems that answer late, never, or with a refusal; as Python's, in `test_problems_told_early.py`. */
class KillSwitchesSuite extends AnyFunSuite {
  private val LongMs = 30000L
  private val ShortMs = 20L

  private def at(path: String): Settings = Settings.resolve(Map(Settings.KillFile -> path), Map.empty, _ => None)
  private def off(path: String, file: KnownFile[KillSwitches.Sight]): Vector[String] =
    KillSwitches.before(at(path), file).map(_.id).toVector
  private def told(path: String, file: KnownFile[KillSwitches.Sight]): Vector[String] =
    KillSwitches.problem(at(path), file).map(_.id).toVector

  test("a kill file is there or not, and one that cannot be looked at is told and counts as absent") {
    val there = Files.createTempFile("clusop-kill", "")
    val file = new KnownFile(LongMs, KillSwitches.look)
    // A link to itself: not even root can see through it.
    val circle = Files.createTempDirectory("clusop-kill").resolve("circle")
    Files.createSymbolicLink(circle, circle)
    val paths = Vector(there.toString, s"$there-absent", s"$there/below", "", circle.toString)
    val seen = paths.map(path => off(path, file) -> told(path, file))
    val unreadable = Vector("kill-file-unreadable")
    assert(seen.map(_._1) == Vector(Vector("kill-file"), Vector(), Vector(), Vector(), Vector()))
    assert(seen.map(_._2) == Vector(Vector(), Vector(), Vector(), Vector(), unreadable))
  }

  test("a look that does not answer at arming is told, and no longer once it has") {
    val isBack = new CountDownLatch(1)
    val file = new KnownFile[KillSwitches.Sight](ShortMs, { _ => isBack.await(); Right(false) })
    assert((off("/far/off", file), told("/far/off", file)) == ((Vector(), Vector("kill-file-unreadable"))))
    isBack.countDown()
    val untilNs = System.nanoTime + LongMs * 1000000L
    while (told("/far/off", file).nonEmpty && System.nanoTime < untilNs) off("/far/off", file)
    assert(told("/far/off", file).isEmpty)
  }

  test("while a look hangs, what was seen last stands, and an answer that came too late is what was seen last") {
    val isBack = new CountDownLatch(1)
    @volatile var isHanging = false
    val file = new KnownFile[KillSwitches.Sight](ShortMs, { _ => if (isHanging) isBack.await(); Right(true) })
    val untilNs = System.nanoTime + LongMs * 1000000L
    while (off("/far/off", file).isEmpty && System.nanoTime < untilNs) ()
    isHanging = true
    (1 to 3).foreach(_ => assert(off("/far/off", file) == Vector("kill-file")))
    isBack.countDown()
  }

  test("a path that hangs keeps no other from being looked at") {
    val never = new CountDownLatch(1)
    val there = Files.createTempFile("clusop-kill", "").toString
    val hanging = new KnownFile[KillSwitches.Sight](
      LongMs / 100,
      path => if (path == there) KillSwitches.look(path) else { never.await(); Right(true) }
    )
    assert(off("/far/off", hanging).isEmpty)
    val untilNs = System.nanoTime + LongMs * 1000000L
    while (off(there, hanging).isEmpty && System.nanoTime < untilNs) ()
    assert(off(there, hanging) == Vector("kill-file"))
    never.countDown()
  }

  test("a token file that hangs does not disable the kill file") {
    val never = new CountDownLatch(1)
    val pipe = new KnownFile[Boolean](ShortMs, { _ => never.await(); true })
    val there = Files.createTempFile("clusop-kill", "").toString
    val settings = Settings.resolve(Map(Settings.KillFile -> there, Settings.TokenFile -> "/far/token"), Map.empty, _ => None)
    assert(TokenFile.problem(settings, pipe).isEmpty)
    assert(off(there, new KnownFile(LongMs, KillSwitches.look)) == Vector("kill-file"))
    never.countDown()
  }
}
