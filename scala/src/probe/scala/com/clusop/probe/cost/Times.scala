package com.clusop.probe.cost

import com.clusop.listener.json.Json

/** Durations in ns and what is told of them. */
private[cost] final class Times {
  private var values = new Array[Long](1024)
  private var count = 0

  def add(ns: Long): Unit = {
    if (count == values.length) values = java.util.Arrays.copyOf(values, count * 2)
    values(count) = ns
    count += 1
  }

  def json: Json = {
    java.util.Arrays.sort(values, 0, count)
    Json.obj(
      "count" -> Json.num(count.toLong),
      "p50_ns" -> Json.num(values(count / 2)),
      "p99_ns" -> Json.num(values((count * 99L / 100).toInt)),
      "max_ns" -> Json.num(values(count - 1))
    )
  }
}
