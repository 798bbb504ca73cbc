package com.clusop.listener.deliver

import java.nio.charset.StandardCharsets.US_ASCII
import java.nio.file.attribute.PosixFilePermissions
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

  private def mode(path: Path): String = PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
  private def open(path: Path, mode: String): Unit =
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode)): Unit

  test("a spool and its files are this user's only, whatever the mask says") {
    val in = folder().resolve("deep").resolve("spool")
    RecordFiles.spool(in.toString, Sightings.AgentId, Vector(Sealed(1, "{}")))
    val written = RecordFiles.found(in.toString)
    assert((mode(in), written.map(mode)) == (("rwx------", Vector("rw-------"))))
    assert(RecordFiles.contents(written.head, 100).contains(RecordFiles.Contents(Vector("{}"), 0)))
  }

  test("batches with the same ends and other records share no file, and the same batch again is the same files") {
    val in = folder()
    def batch(sequences: Int*): Vector[Sealed] = sequences.toVector.map(number => Sealed(number.toLong, s"""{"n":$number}"""))
    val batches = Vector(batch(1, 2, 5), batch(1, 3, 5), batch(1, 3, 5))
    batches.foreach(RecordFiles.spool(in.toString, Sightings.AgentId, _))
    val held = RecordFiles.found(in.toString).map { path =>
      path.getFileName.toString.stripPrefix(s"clusop-${Sightings.AgentId}-") ->
        RecordFiles.contents(path, 1000).map(_.records).getOrElse(Vector.empty)
    }
    val one = "{\"n\":1}"
    assert(
      held == Vector(
        "1-1.jsonl" -> Vector(one),
        "1-2.jsonl" -> Vector(one, "{\"n\":2}"),
        "3-3.jsonl" -> Vector("{\"n\":3}"),
        "5-5.jsonl" -> Vector("{\"n\":5}")
      )
    )
  }

  test("of a batch that cannot be written whole nothing is left but what was there before") {
    val in = folder()
    def batch(sequences: Int*): Vector[Sealed] = sequences.toVector.map(number => Sealed(number.toLong, "{}"))
    RecordFiles.spool(in.toString, Sightings.AgentId, batch(1))
    // A folder in a file's place: no file can be put there.
    Files.createFile(Files.createDirectory(in.resolve(s"clusop-${Sightings.AgentId}-9-9.jsonl")).resolve("x"))
    Vector[(String, String, Vector[Sealed]) => Unit](RecordFiles.spool, RecordFiles.write).foreach { write =>
      intercept[java.io.IOException](write(in.toString, Sightings.AgentId, batch(1, 3, 4, 9)))
      assert(in.toFile.list.toVector.sorted.map(_.takeRight(9)) == Vector("1-1.jsonl", "9-9.jsonl"))
    }
    RecordFiles.spool(in.toString, Sightings.AgentId, batch(1, 3, 4))
    assert(RecordFiles.found(in.toString).size == 3)
  }

  test("a spool to which others may write is neither read nor written: what lies in it goes under the customer's token") {
    Vector("rwxrwx---", "rwx----w-").foreach { loose =>
      val in = folder()
      file(in, 1, "{}\n")
      assert(RecordFiles.found(in.toString).size == 1)
      open(in, loose)
      assert(RecordFiles.found(in.toString).isEmpty)
      intercept[java.io.IOException](RecordFiles.spool(in.toString, Sightings.AgentId, Vector(Sealed(2, "{}"))))
      open(in, "rwxr-xr-x")
      assert(RecordFiles.found(in.toString).size == 1)
    }
  }

  test("a link is not followed") {
    val in = folder()
    val secret = Files.write(folder().resolve("secret"), "{\"a\":1}\n".getBytes(US_ASCII))
    val link = Files.createSymbolicLink(in.resolve(s"clusop-${Sightings.AgentId}-1-1.jsonl"), secret)
    assert(RecordFiles.contents(link, 100).isEmpty)
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
