package com.clusop.listener.json

/** The order of Python's strings: by code point. Java's own order puts U+1F600 before U+FF21. */
object CodePointOrder extends Ordering[String] {
  def compare(one: String, other: String): Int = {
    val shared = Math.min(one.length, other.length)
    var index = 0
    while (index < shared && one.charAt(index) == other.charAt(index)) index += 1
    if (index == shared) Integer.compare(one.length, other.length)
    else {
      val inPair = index > 0 && Character.isHighSurrogate(one.charAt(index - 1))
      val from = if (inPair) index - 1 else index
      Integer.compare(one.codePointAt(from), other.codePointAt(from))
    }
  }
}
