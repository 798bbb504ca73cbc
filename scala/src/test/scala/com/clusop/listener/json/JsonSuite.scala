package com.clusop.listener.json

import org.scalatest.funsuite.AnyFunSuite

class JsonSuite extends AnyFunSuite {
  private def rewritten(text: String): Option[String] = JsonReader.read(text).toOption.map(JsonWriter.canonical)

  test("keys are sorted by code point, the last of one name wins, everything is ASCII") {
    val text = "\ufeff {\"\uff21\": 1, \"\ud83d\ude00\": 2, \"b\": [true, null, -0.50], \"a\": 1, \"a\": \"\u00e9\\n\u007f\"} "
    assert(rewritten(text).contains("{'a':'\\u00e9\\n\\u007f','b':[true,null,-0.50],'\\uff21':1,'\\ud83d\\ude00':2}".replace(
      '\'',
      '"'
    )))
  }

  test("what Python's decoder takes is taken, what it refuses is refused") {
    assert(rewritten("[NaN, -Infinity, \"a\u0001b\"]").contains("[null,null,\"a\\u0001b\"]"))
    Vector("", "[1,]", "{\"a\":1,}", "01", "1.", "1e", "-", "\"\\x\"", "\"\\u12\u0663\u0663\"", "[1] 2", "{1:2}", "\"a").foreach {
      text =>
        assert(rewritten(text).isEmpty, text)
    }
  }

  test("any depth is read and written without a deep stack") {
    val text = "[" * 200000 + "]" * 200000
    assert(rewritten(text).contains(text))
    assert(JsonReader.read("[" * 1000001).left.toOption.exists(_.tooLarge))
  }

  test("doubles are written as Python writes them") {
    val written = Vector(0.1, 1e16, 1e-5, 123456789.0, -2.5e-7, 1e22, 5e-324, 0.0001, 1.0 / 3, 100.0).map(JsonWriter.pythonFloat)
    assert(
      written == Vector(
        "0.1",
        "1e+16",
        "1e-05",
        "123456789.0",
        "-2.5e-07",
        "1e+22",
        "5e-324",
        "0.0001",
        "0.3333333333333333",
        "100.0"
      )
    )
  }
}
