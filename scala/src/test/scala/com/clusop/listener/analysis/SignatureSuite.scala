package com.clusop.listener.analysis

import java.nio.charset.StandardCharsets.UTF_8

import org.scalatest.funsuite.AnyFunSuite

/** The bytes Python writes; `tests/unit/analysis/test_signature.py` pins the same. */
class SignatureSuite extends AnyFunSuite {
  private val key = "k".getBytes(UTF_8)

  test("the signature is pinned") {
    val problem = Signature.Problem("1234", "job:77", "ingest", "python-udf", "python")
    assert(Signature.signature(problem) == "339e6389d88cc7c7d4cc70cc1e24c2ef")
  }

  test("letters beyond ASCII stay as they are, digits and blanks are those of ASCII") {
    val stems = Vector("Größe März 5" -> "größe märz", "ÜBER 7" -> "Über", "日本 2024" -> "日本", "a\u00a05" -> "a\u00a0")
    stems.foreach { case (name, stem) => assert(Signature.workloadStem(name) == stem) }
    assert(Signature.workloadStem("١٢ runs") == "١٢ runs")
  }

  test("keyed hashes are those of Python, for an empty key and for half a surrogate pair too") {
    assert(Signature.keyedHash("a", Array.empty[Byte]) == "9615a95d4a336118c435b9cd54c5e864")
    assert(Signature.keyedHash("\ud83d", key) == "e928078b0d22d839513f43874b7fbeb0")
    assert(Signature.keyedHash("é日\ud83d\ude00", key) == "db6a787f0ffd1051cfc0f120eb967c5a")
  }

  test("families survive another plan of the same query") {
    assert(Vector(
      "SortMergeJoin",
      "BroadcastHashJoin",
      "CartesianProduct"
    ).map(Signature.operatorFamily).distinct == Vector("join"))
    assert(Signature.operatorFamily("Project [a#1]") == "project")
    assert(Signature.operatorFamily("GenerateExec") == "generate")
  }
}
