package com.clusop.listener.deliver

import java.nio.charset.StandardCharsets.US_ASCII
import java.nio.file.{Files, Path}

import org.scalatest.funsuite.AnyFunSuite

class RecordFilesSuite extends AnyFunSuite {

  private def folder(): Path = Files.createTempDirectory("clusop-files")
  private def file(in: Path, number: Int, text: String): Path =
    Files.write(in.resolve(s"clusop-${Sightings.AgentId}-$number-$number.jsonl"), text.getBytes(US_ASCII))

  test("the bytes of all files count, however many there are") {
    val in = folder()
    (1 to 1100).foreach(number => file(in, number, "{}"))
    assert(RecordFiles.sizeOf(in.toString) == 2200)
    assert(RecordFiles.sizeOf(in.resolve("absent").toString) == 0)
  }

  test("only what can be read is judged: lines that are no records are counted") {
    val in = folder()
    assert(RecordFiles.contents(file(in, 1, "{}\n{\"a\":1}\n"), 100).contains(RecordFiles.Contents(Vector("{}", "{\"a\":1}"), 0)))
    assert(RecordFiles.contents(file(in, 2, "{}\ngarbage\n"), 100).contains(RecordFiles.Contents(Vector("{}"), 1)))
    assert(RecordFiles.contents(file(in, 3, ""), 100).contains(RecordFiles.Contents(Vector.empty, 1)))
    assert(RecordFiles.contents(file(in, 4, "{}\n" * 40), 100).isEmpty)
    assert(RecordFiles.contents(in.resolve("absent.jsonl"), 100).isEmpty)
    assert(RecordFiles.contents(Files.createDirectory(in.resolve(s"clusop-${Sightings.AgentId}-5-5.jsonl")), 10000).isEmpty)
  }
}
