package com.clusop.probe

import java.io.{BufferedReader, InputStreamReader, PrintStream}
import java.nio.charset.StandardCharsets.UTF_8

/** The same door for a person: `java -cp … com.clusop.probe.Main plan-text < plan.txt` prints the answer. */
object Main {
  def main(arguments: Array[String]): Unit = {
    val reader = new BufferedReader(new InputStreamReader(System.in, UTF_8))
    val text = new java.lang.StringBuilder
    val piece = new Array[Char](8192)
    var count = reader.read(piece)
    while (count >= 0) {
      text.append(piece, 0, count)
      count = reader.read(piece)
    }
    new PrintStream(System.out, true, UTF_8.name).println(Answers.of(arguments(0), text.toString))
  }
}
