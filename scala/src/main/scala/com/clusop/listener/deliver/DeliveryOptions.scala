package com.clusop.listener.deliver

import java.net.{InetSocketAddress, Proxy, URL}

import com.clusop.listener.settings.{Declaration, Settings}

/** What the settings say about delivery. Read anew at each use: a later arming may fill what was not set. */
final class DeliveryOptions(settings: Settings) {
  private def key(name: String): String = Declaration.Prefix + name

  def endpoint: String = settings.text(key("endpoint"))
  def tokenFile: String = settings.text(key("tokenFile"))
  def directory: String = settings.text(key("directory"))
  def spoolDirectory: String = settings.text(key("spool.directory"))
  def spoolMaxBytes: Long = settings.count(key("spool.maxBytes"))
  def workloadKeyFile: String = settings.text(key("workloadKeyFile"))
  def timeoutMs: Int = settings.count(key("timeoutMs")).toInt

  /** What open problems may hold; collectors and ring take the rest of the agent's budget. */
  def openMaxBytes: Long = settings.count(key("budget.maxBytes")) / 8
  def ringMaxRecords: Int = settings.count(key("ring.maxRecords")).toInt
  def sealIntervalMs: Long = settings.count(key("sealIntervalMs"))
  def allowedTags: Vector[String] = settings.names(key("allow.tags"))
  def allowCallSite: Boolean = settings.switch(key("allow.callSite"))
  def reportAll: Boolean = settings.switch(key("report.all"))

  /** Whether records have anywhere to go from this JVM. */
  def hasSink: Boolean = endpoint.nonEmpty || directory.nonEmpty

  /** Where to POST. Throws `MalformedURLException` for a host in brackets that is no address; the rest is checked before. */
  def signalsUrl: URL = new URL(endpoint + "/v1/signals")

  /** The proxy that was named; none otherwise, whatever the environment or Java's properties say. */
  def proxy: Proxy = {
    val text = settings.text(key("proxy"))
    if (text.isEmpty) Proxy.NO_PROXY
    else {
      val parsed = new URL(text)
      val port = if (parsed.getPort >= 0) parsed.getPort else DeliveryOptions.DefaultProxyPort
      new Proxy(Proxy.Type.HTTP, new InetSocketAddress(parsed.getHost, port))
    }
  }
}

object DeliveryOptions {
  private val DefaultProxyPort = 3128
}
