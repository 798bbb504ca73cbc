package com.clusop.listener.deliver

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Path, Paths}

import org.scalatest.funsuite.AnyFunSuite

class WorkloadKeysSuite extends AnyFunSuite {
  private final class Told {
    var reasons = Vector.empty[String]
    val keys = new WorkloadKeys(reason => reasons :+= reason, 10000)
    def of(path: Path): String = new String(keys.of(path.toString, "123"), UTF_8)
  }
  private def file(text: String): Path = Files.write(Files.createTempFile("clusop-key", ""), text.getBytes(UTF_8))
  private val derived = "clusop-workload-key-1:123"

  test("without a file the key is derived from the workspace, and nothing is told") {
    val told = new Told
    assert(new String(told.keys.of("", "123"), UTF_8) == derived)
    assert(told.reasons.isEmpty)
  }

  test("the last key that was read stands while the file is empty or away, and a new one is taken") {
    val (told, path) = (new Told, file("secret"))
    assert(told.of(path) == "secret")
    Files.write(path, Array.emptyByteArray)
    assert(told.of(path) == "secret")
    Files.delete(path)
    assert(told.of(path) == "secret")
    Files.write(path, "another".getBytes(UTF_8))
    assert(told.of(path) == "another")
    assert(told.reasons.isEmpty)
  }

  test("a file that was named and never read is told, and the workspace makes no key instead") {
    val told = new Told
    val absent = Paths.get(file("x").toString + "-absent")
    assert(told.of(absent) == told.of(absent))
    assert(told.of(absent) != derived && told.of(absent) != new Told().of(absent))
    assert(told.reasons == Vector.fill(4)("unreadable-key-file"))
  }

  test("a file without an end is read to 4 KiB") {
    assert(new Told().keys.of("/dev/zero", "123").length == 4096)
    assert(new Told().of(file("k" * 5000)) == "k" * 4096)
  }
}
