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

  test("a hundred submits under dated names are one workload") {
    val months = Vector("Jan", "Feb", "March", "Apr", "May", "June", "Jul", "Aug", "Sept", "Oct", "Nov", "December")
    val names = Vector.tabulate(100) { number =>
      val (year, month, day) = (2024 + number / 50, number % 12 + 1, number % 28 + 1)
      val iso = f"$year-$month%02d-$day%02d"
      number % 6 match {
        case 0 => s"nightly load $iso"
        case 1 => s"nightly_load_${iso.replace("-", "")}T031500Z"
        case 2 => s"Nightly Load $day ${months(month - 1)} $year"
        case 3 => s"nightly-load #$number"
        case 4 => s"nightly load $iso 03:15 AM"
        case _ => f"nightly load a1b2c3d4-0000-4000-8000-$number%012d"
      }
    }
    assert(names.distinct.size == 100)
    assert(names.map(Signature.workloadKey(_, "", key)).distinct == Vector("name:f9601c57318df6749ad885476249e894"))
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
