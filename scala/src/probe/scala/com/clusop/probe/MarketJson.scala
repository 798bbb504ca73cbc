package com.clusop.probe

import java.nio.charset.StandardCharsets.UTF_8

import com.clusop.listener.analysis.{Cluster, Epoch, Observed, StageRun, StageTimes, Uptime}
import com.clusop.listener.economics.{CertifiedGain, NodeHours}
import com.clusop.listener.json.{Json, JsonReader}
import com.clusop.listener.{Fraction, Range}

/** One sighting of a problem: node-hours of its tasks, J, and on which kind of uptime. */
final case class Sighting(run: NodeHours, lost: NodeHours, share: Option[Range], isFailed: Boolean, uptime: Uptime)

/** What a question about money consists of. `engine` is the one the application's settings name. */
final case class Market(
    engine: String,
    cluster: Option[Cluster],
    observed: Observed,
    others: Vector[StageRun],
    certified: Option[CertifiedGain],
    sightings: Vector[Sighting]
)

/** Reads what `tests/vectors/answers/market_json.py` wrote. What is no market is none, there and here. */
object MarketJson {
  private val Number = java.util.regex.Pattern.compile("[0-9]{1,60}(?:/[0-9]{0,59}[1-9][0-9]*)?")
  private val IntLimit = 1L << 31
  private val LongLimit = 1L << 53

  private final class NoMarket extends RuntimeException

  def read(text: String): Option[Market] =
    try JsonReader.read(text).toOption.map(market)
    catch { case _: NoMarket => None }

  private def market(document: Json): Market = {
    val members = objectOf(document)
    val rest = text(members.get("others"))
    val others = if (rest.isEmpty) Vector.empty else stagesOf(observed(rest))
    val run = observed(text(members.get("observed")))
    if (!(stagesOf(run) ++ others).forall(isPossible)) throw new NoMarket
    Market(
      engine = text(members.get("engine")),
      cluster = present(members.get("cluster")).map(found => cluster(objectOf(found))),
      observed = run,
      others = others,
      certified = present(members.get("certified")).map(found => certified(objectOf(found))),
      sightings = items(members.get("sightings")).map(found => sighting(objectOf(found)))
    )
  }

  private def observed(found: String): Observed =
    try ObservedJson.read(found)._1
    catch { case _: NoObserved => throw new NoMarket }

  private def stagesOf(run: Observed): Vector[StageRun] = run.times match {
    case times: StageTimes => times.stages
    case _                 => Vector.empty
  }

  private def isPossible(stage: StageRun): Boolean =
    stage.runMs.signum >= 0 && stage.lostRunMs.signum >= 0 && stage.runByEpochMs.forall(_._2.signum >= 0)

  private def cluster(members: Json.Obj): Cluster = Cluster(
    cloud = text(members.get("cloud")),
    product = text(members.get("product")),
    tier = text(members.get("tier")),
    driverNodeType = text(members.get("driver_node_type")),
    workerNodeType = text(members.get("worker_node_type")),
    isSingleNode = flag(members.get("is_single_node")),
    availability = text(members.get("availability")),
    firstOnDemand = present(members.get("first_on_demand")).map(found => whole(found, IntLimit).toInt),
    uptime = uptime(members.get("uptime")),
    isServerless = flag(members.get("is_serverless")),
    isDatabricks = flag(members.get("is_databricks")),
    taskCpus = whole(members.get("task_cpus").getOrElse(Json.num(1L)), IntLimit).toInt,
    epochs = items(members.get("epochs")).map(epoch)
  )

  private def epoch(found: Json): Epoch = {
    val parts = fixed(found, 4)
    val (start, end) = (whole(parts(0), LongLimit), whole(parts(1), LongLimit))
    if (start > end) throw new NoMarket
    Epoch(start, end, whole(parts(2), IntLimit).toInt, whole(parts(3), IntLimit).toInt)
  }

  private def certified(members: Json.Obj): CertifiedGain =
    CertifiedGain(text(members.get("runtime")), range(members.get("gain")), text(members.get("evidence")))

  private def sighting(members: Json.Obj): Sighting = {
    val share = present(members.get("share")).map(found => range(Some(found)))
    if (share.exists(_.high > Fraction.One)) throw new NoMarket
    val (run, lost) = (hours(members.get("run")), hours(members.get("lost")))
    Sighting(run, lost, share, flag(members.get("failed")), uptime(members.get("uptime")))
  }

  private def hours(found: Option[Json]): NodeHours = {
    val parts = fixed(found.getOrElse(Json.Null), 3).map(number)
    NodeHours(parts(0), parts(1), parts(2))
  }

  private def range(found: Option[Json]): Range = {
    val ends = fixed(found.getOrElse(Json.Null), 2).map(number)
    if (ends(0) > ends(1)) throw new NoMarket
    Range(ends(0), ends(1))
  }

  private def number(found: Json): Fraction = {
    val shown = text(Some(found))
    if (!Number.matcher(shown).matches || shown.length - shown.indexOf('/') > 61) throw new NoMarket
    Fraction.parse(shown)
  }

  private def uptime(found: Option[Json]): Uptime = text(found) match {
    case ""        => Uptime.Unknown
    case "elastic" => Uptime.Elastic
    case "fixed"   => Uptime.Fixed
    case "unknown" => Uptime.Unknown
    case _         => throw new NoMarket
  }

  private def present(found: Option[Json]): Option[Json] = found.filter(_ != Json.Null)

  private def objectOf(found: Json): Json.Obj = found match {
    case members: Json.Obj => members
    case _                 => throw new NoMarket
  }

  private def items(found: Option[Json]): Vector[Json] = present(found) match {
    case None                => Vector.empty
    case Some(all: Json.Arr) => all.items
    case _                   => throw new NoMarket
  }

  private def fixed(found: Json, size: Int): Vector[Json] = {
    val parts = items(Some(found))
    if (parts.size != size) throw new NoMarket
    parts
  }

  private def text(found: Option[Json]): String = present(found) match {
    case None                  => ""
    case Some(shown: Json.Str) => new String(shown.value.getBytes(UTF_8), UTF_8) // half a surrogate pair becomes '?'
    case _                     => throw new NoMarket
  }

  private def flag(found: Option[Json]): Boolean = present(found) match {
    case None                   => false
    case Some(shown: Json.Bool) => shown.value
    case _                      => throw new NoMarket
  }

  private def whole(found: Json, limit: Long): Long = found match {
    case shown: Json.Num if shown.text.matches("-?[0-9]{1,18}") && shown.text.toLong >= 0L && shown.text.toLong < limit =>
      shown.text.toLong
    case _ => throw new NoMarket
  }
}
