package com.clusop.listener.deliver

import java.nio.file.attribute.FileTime
import java.nio.file.{Files, Path}

import org.scalatest.funsuite.AnyFunSuite

/** What a crash left unfinished in a spool goes after a day; whatever else lies there stays. */
class DraftsSuite extends AnyFunSuite {
  private val NowMs = System.currentTimeMillis
  private val HourMs = 3600000L
  private val OfJvm = s".clusop-${Sightings.AgentId}-0123abcd.tmp"
  private val OfPython = s".clusop-${Sightings.AgentId}-1-9.jsonl.0123456789abcdef.part"

  private def file(in: Path, name: String, hours: Long): Path = {
    val path = Files.write(in.resolve(name), "x".getBytes)
    Files.setLastModifiedTime(path, FileTime.fromMillis(NowMs - hours * HourMs))
  }

  test("drafts of Python's and of the JVM are removed once they are older than a day") {
    val in = Files.createTempDirectory("clusop-drafts")
    val old = Vector(OfJvm, OfPython).map(file(in, _, 25))
    val young = file(in, OfPython.replace("-1-9", "-2-9"), 23)
    Drafts.sweep(in.toString, NowMs)
    assert(old.forall(Files.notExists(_)))
    assert(Files.exists(young))
    Drafts.sweep(in.toString, NowMs + 2 * HourMs)
    assert(Files.notExists(young))
  }

  test("only plain files of our own naming are touched") {
    val in = Files.createTempDirectory("clusop-drafts")
    val names = Vector(".clusop-x.tmp", OfPython.drop(1), OfPython + ".bak", s"clusop-${Sightings.AgentId}-1-9.jsonl", "x.part")
    val others = names.map(file(in, _, 1000))
    val folder = Files.createDirectory(in.resolve(OfJvm))
    Files.setLastModifiedTime(folder, FileTime.fromMillis(0))
    val link = Files.createSymbolicLink(in.resolve(OfPython), others.head)
    Drafts.sweep(in.toString, Long.MaxValue / 2)
    (others :+ folder :+ link).foreach(path => assert(Files.exists(path), path.toString))
    Drafts.sweep(in.resolve("absent").toString, NowMs)
  }

  test("a draft's own name is one that is cleared away") {
    val in = Files.createTempDirectory("clusop-drafts")
    val left = file(in, Drafts.nameOf(Sightings.AgentId), 25)
    Drafts.sweep(in.toString, NowMs)
    assert(Files.notExists(left))
  }
}
