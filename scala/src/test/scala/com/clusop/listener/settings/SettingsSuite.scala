package com.clusop.listener.settings

import com.clusop.listener.Reason
import org.scalatest.funsuite.AnyFunSuite

class SettingsSuite extends AnyFunSuite {
  private val Endpoint = "spark.clusop.endpoint"
  private val Timeout = "spark.clusop.timeoutMs"
  private def none(name: String): Option[String] = None
  private def env(pairs: (String, String)*)(name: String): Option[String] = pairs.toMap.get(name)

  test("conf wins over the armer, the armer over the environment, that over the default") {
    val all = Settings.resolve(Map(Timeout -> "101"), Map(Timeout -> "102"), env("CLUSOP_TIMEOUT_MS" -> "103"))
    assert(all.count(Timeout) == 101)
    assert(Settings.resolve(Map.empty, Map(Timeout -> "102"), env("CLUSOP_TIMEOUT_MS" -> "103")).count(Timeout) == 102)
    assert(Settings.resolve(Map.empty, Map.empty, env("CLUSOP_TIMEOUT_MS" -> "103")).count(Timeout) == 103)
    assert(Settings.resolve(Map.empty, Map.empty, none).count(Timeout) == 5000)
    assert(all.inForce.find(_.declaration.key == Timeout).map(_.from).contains("conf"))
  }

  test("a later armer fills what was left open and changes nothing else") {
    val first = Settings.resolve(Map.empty, Map(Timeout -> "102"), none)
    val second = first.filledBy(Map(Timeout -> "900", Endpoint -> "http://host:1"))
    assert((second.count(Timeout), second.text(Endpoint)) == ((102L, "http://host:1")))
    assert(second.under(Map(Timeout -> "300")).count(Timeout) == 300)
  }

  test("a value that cannot be read is not used, and named") {
    val read = Settings.resolve(
      Map(Endpoint -> "no url", Timeout -> "99", "spark.clusop.budget.cpuShare" -> "2", "spark.clusop.nonsense" -> "1"),
      Map.empty,
      none
    )
    assert((read.text(Endpoint), read.count(Timeout), read.ratio("spark.clusop.budget.cpuShare")) == (("", 5000L, 0.01)))
    assert(read.problems.map(_.id).sorted == Vector("bad-setting", "bad-setting", "bad-setting", "unknown-setting"))
    assert(read.problems.contains(Reason("bad-setting", s"$Timeout is out of range: 100 to 60000")))
    assert(read.problems.contains(Reason("unknown-setting", "spark.clusop.nonsense")))
  }

  test("keys of others are none of ours") {
    assert(Settings.resolve(Map("spark.app.name" -> "x"), Map("y" -> "z"), none).problems.isEmpty)
  }

  test("off by any switch is off") {
    def by(conf: String, environment: String): Option[String] = {
      val told = if (conf.isEmpty) Map.empty[String, String] else Map(Settings.Enabled -> conf)
      Settings.resolve(told, Map.empty, env("CLUSOP_DISABLE" -> environment)).switchedOffBy
    }
    assert(by("", "").isEmpty)
    assert(by("true", "0").isEmpty)
    assert(by("false", "").contains("spark.clusop.enabled"))
    assert(by("true", "1").contains("CLUSOP_DISABLE"))
    assert(by("", "TRUE").contains("CLUSOP_DISABLE"))
    // Whoever set it wanted quiet.
    assert(by("", "please").contains("CLUSOP_DISABLE"))
  }

  test("every declared default is a value of its own setting") {
    Declaration.all.foreach(one => assert(Reading.plain(one, one.default) == Right(one.default), one.key))
    assert(Declaration.all.map(_.key).distinct.size == Declaration.all.size)
    val odd = Declaration.all.filterNot(one => one.key.startsWith(Declaration.Prefix) && one.env.startsWith("CLUSOP_"))
    assert(odd.isEmpty && Declaration.all.forall(_.doc.nonEmpty))
  }
}
