package com.clusop.listener.json

/** Writes JSON byte for byte as Python's `json.dumps(value, sort_keys=True, separators=(",", ":"))` does: ASCII only, keys in
  * the order of their code points, of several members of one name the last. Numbers are written as they were read; for a
  * double of our own see [[pythonFloat]]. Works at any depth.
  */
object JsonWriter {
  private val Hexadecimal = "0123456789abcdef"

  def canonical(json: Json): String = {
    val out = new java.lang.StringBuilder
    val open = new java.util.ArrayDeque[Frame]
    start(json, out, open)
    while (!open.isEmpty) {
      val frame = open.peek
      if (frame.hasNext) {
        frame.separate(out)
        start(frame.next(out), out, open)
      } else {
        out.append(frame.end)
        open.pop()
      }
    }
    out.toString
  }

  /** What Python's `repr` writes for a finite double: the fewest digits that give the same double. */
  def pythonFloat(value: Double): String = {
    val exact = new java.math.BigDecimal(value)
    if (exact.signum == 0) return if (1 / value < 0) "-0.0" else "0.0"
    var digits = 1
    var short = exact.round(new java.math.MathContext(digits))
    while (short.doubleValue != value) {
      digits += 1
      short = exact.round(new java.math.MathContext(digits))
    }
    val stripped = short.stripTrailingZeros
    val power = stripped.precision - stripped.scale - 1
    if (power >= -4 && power < 16) {
      val plain = stripped.toPlainString
      if (plain.indexOf('.') < 0) plain + ".0" else plain
    } else {
      val figures = stripped.unscaledValue.abs.toString
      val mantissa = if (figures.length == 1) figures else s"${figures.charAt(0)}.${figures.substring(1)}"
      val size = Math.abs(power)
      s"${if (value < 0) "-" else ""}${mantissa}e${if (power < 0) "-" else "+"}${if (size < 10) "0" else ""}$size"
    }
  }

  private def start(json: Json, out: java.lang.StringBuilder, open: java.util.ArrayDeque[Frame]): Unit = json match {
    case Json.Null        => out.append("null"): Unit
    case Json.Bool(value) => out.append(value): Unit
    case Json.Num(text)   => out.append(text): Unit
    case Json.Str(value)  => quote(value, out)
    case Json.Arr(items)  =>
      out.append('[')
      open.push(new Items(items.iterator))
    case Json.Obj(members) =>
      out.append('{')
      val sorted = new java.util.TreeMap[String, Json](CodePointOrder)
      members.foreach { case (name, value) => sorted.put(name, value) }
      open.push(new Members(sorted.entrySet.iterator))
  }

  /** A string in quotes, ASCII only. */
  private[json] def quote(value: String, out: java.lang.StringBuilder): Unit = {
    out.append('"')
    var index = 0
    while (index < value.length) {
      val found = value.charAt(index)
      found match {
        case '"'                               => out.append("\\\"")
        case '\\'                              => out.append("\\\\")
        case '\n'                              => out.append("\\n")
        case '\r'                              => out.append("\\r")
        case '\t'                              => out.append("\\t")
        case '\b'                              => out.append("\\b")
        case '\f'                              => out.append("\\f")
        case _ if found >= ' ' && found <= '~' => out.append(found)
        case _                                 =>
          out.append("\\u")
          var shift = 12
          while (shift >= 0) {
            out.append(Hexadecimal.charAt((found >> shift) & 15))
            shift -= 4
          }
      }
      index += 1
    }
    out.append('"'): Unit
  }

  /** A container that is being written. */
  private abstract class Frame(val end: Char) {
    private var first = true
    def hasNext: Boolean
    def next(out: java.lang.StringBuilder): Json
    def separate(out: java.lang.StringBuilder): Unit = {
      if (!first) out.append(',')
      first = false
    }
  }

  private final class Items(rest: Iterator[Json]) extends Frame(']') {
    def hasNext: Boolean = rest.hasNext
    def next(out: java.lang.StringBuilder): Json = rest.next()
  }

  private final class Members(rest: java.util.Iterator[java.util.Map.Entry[String, Json]]) extends Frame('}') {
    def hasNext: Boolean = rest.hasNext
    def next(out: java.lang.StringBuilder): Json = {
      val member = rest.next()
      quote(member.getKey, out)
      out.append(':')
      member.getValue
    }
  }
}
