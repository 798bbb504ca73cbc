package com.clusop.listener.agent

import com.clusop.listener.settings.Settings
import org.scalatest.funsuite.AnyFunSuite

/** The same questions as Python is asked, in `tests/unit/runtime/test_problems_told_early.py`. */
class TokenInClearSuite extends AnyFunSuite {

  private def problem(endpoint: String, tokenFile: String = "/etc/token"): Vector[String] = {
    val conf = Map("spark.clusop.endpoint" -> endpoint, "spark.clusop.tokenFile" -> tokenFile)
    TokenInClear.problem(Settings.resolve(conf, Map.empty, _ => None)).map(_.id).toVector
  }

  test("a token that would go to another machine over plain http is told") {
    Vector("http://aggregator.example", "HTTP://10.0.0.1:8080/x", "http://localhost.example", "http://127.0.0.1.example")
      .foreach(endpoint => assert(problem(endpoint) == Vector("token-in-clear"), endpoint))
  }

  test("over https, to this machine, or without a token nothing is told") {
    Vector("https://aggregator.example", "http://localhost:8080", "http://127.0.0.1/x", "http://[::1]:9", "")
      .foreach(endpoint => assert(problem(endpoint).isEmpty, endpoint))
    assert(problem("http://aggregator.example", tokenFile = "").isEmpty)
  }
}
