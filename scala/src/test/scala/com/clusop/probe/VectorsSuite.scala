package com.clusop.probe

import java.io.File
import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.Files

import com.clusop.listener.json.{JsonReader, JsonWriter}
import org.scalatest.funsuite.AnyFunSuite

/** Every vector in `tests/vectors/data` has here the answer that is written beside it, and that Python gives. */
class VectorsSuite extends AnyFunSuite {
  private val data = new File(System.getProperty("clusop.vectors"))
  private val AnswerEnd = ".answer.json"

  private def text(file: File): String = new String(Files.readAllBytes(file.toPath), UTF_8)
  private def listed(folder: File): Vector[File] =
    Option(folder.listFiles).map(_.toVector).getOrElse(Vector.empty).sortBy(_.getName)
  private val kinds = listed(data).filter(_.isDirectory)

  test("there are vectors") {
    assert(kinds.nonEmpty, s"none in $data")
  }

  kinds.foreach { kind =>
    listed(kind).filterNot(_.getName.endsWith(AnswerEnd)).foreach { question =>
      test(s"${kind.getName}/${question.getName}") {
        val stem = question.getName.substring(0, question.getName.lastIndexOf('.'))
        val written = JsonReader.read(text(new File(kind, stem + AnswerEnd))) match {
          case Right(json)   => JsonWriter.canonical(json)
          case Left(problem) => fail(s"the answer is no JSON: $problem")
        }
        assert(Answers.of(kind.getName, text(question)) == written)
      }
    }
  }
}
