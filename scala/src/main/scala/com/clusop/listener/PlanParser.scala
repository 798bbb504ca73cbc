package com.clusop.listener

import org.apache.spark.sql.execution.SparkPlanInfo

import com.clusop.listener.json.JsonReader
import com.clusop.listener.plan.text.ExplainText
import com.clusop.listener.plan.{Dialect, Phase, PlanInfoReader, PlanReading, Scrub}

/** Reads a plan from whatever shows it. Any input gives a reading; none throws, none recurses. */
object PlanParser {

  /** From explain text. Mirror of `clusop.plan.text.read_explain_text`. */
  def fromText(text: String): PlanReading = ExplainText.read(text)

  /** From the JSON of a SparkPlanInfo, or of an event that carries one. `phaseHint` says what a plan is that does not say itself that
    * it is final: that of a start event is initial. Mirror of `clusop.plan.plan_info.read_plan_info_json`.
    */
  def fromPlanInfoJson(text: String, phaseHint: Option[Phase] = None): PlanReading =
    PlanInfoReader.fromJson(JsonReader.read(text), phaseHint)

  /** From Spark's own object. */
  def fromSparkPlanInfo(info: SparkPlanInfo, phaseHint: Option[Phase] = None): PlanReading =
    PlanInfoReader.fromSpark(info, phaseHint)

  /** Reads every file of ours that reading a plan needs, and makes its patterns: nothing is read from the jar later, when it may have
    * been cut or replaced. Throws where the jar lacks one.
    */
  def preload(): Unit = {
    Dialect.ids.foreach(Dialect.of)
    fromText("== Physical Plan ==\nLocalTableScan [a#1]\n\n== Photon Explanation ==\n")
    Scrub.scrubArguments("sum"): Unit
  }
}
