package com.clusop.listener.pricing

import com.clusop.listener.json.{Json, JsonReader}
import com.clusop.listener.{Fraction, Range, Resource}

/** Reads `price_table.json`. Mirror of `clusop.pricing.table`.
  *
  * The whole table is hundreds of kilobytes of node types this cluster will never have: what nobody asked for is let go.
  */
object PriceTable {
  private val Head = "{\n  \"format\": 1,"
  private val EntryStart = "{\"id\": \""
  private val KeyStart = "\"key\": \""
  private val OtherKeys = "\"also\": ["
  private val NodeKinds = Vector("\"kind\": \"node_dbu\"", "\"kind\": \"vm_usd\"")

  /** The table of this release: all general rates, and the nodes of `wanted` folded keys; every node where it is none. */
  def shipped(wanted: Option[Set[String]]): Vector[PriceEntry] = parse(kept.text, wanted)

  /** Reads the table from the jar, to be asked later whatever became of the jar; its size, packed. */
  def keep(): Int = kept.size

  private lazy val kept: PackedText = PackedText.of(Resource.text("price_table.json"))

  /** The entries of a table's text. It is our own data: a fault in it is a bug and thrown.
    *
    * It has one entry a line, which a test of the table holds; a line that names none of the wanted nodes is not even parsed,
    * for a driver's cold JVM would take a tenth of a second for all of them.
    */
  def parse(text: String, wanted: Option[Set[String]]): Vector[PriceEntry] = {
    if (!text.startsWith(Head)) throw new IllegalStateException(s"the price table does not begin with $Head")
    val found = Vector.newBuilder[PriceEntry]
    var start = text.indexOf(EntryStart)
    while (start >= 0) {
      val end = text.indexOf('\n', start)
      val line = text.substring(start, end)
      if (wanted.forall(isPromising(line, _))) entryOf(line).filter(isKept(_, wanted)).foreach(found += _)
      start = text.indexOf(EntryStart, end)
    }
    found.result()
  }

  private def isPromising(line: String, wanted: Set[String]): Boolean = {
    val start = line.indexOf(KeyStart) + KeyStart.length
    val key = PriceKey.folded(line.substring(start, line.indexOf('"', start)))
    wanted.contains(key) || line.indexOf(OtherKeys) >= 0 || !NodeKinds.exists(kind => line.indexOf(kind) >= 0)
  }

  private def entryOf(line: String): Option[PriceEntry] =
    JsonReader.read(if (line.endsWith(",")) line.substring(0, line.length - 1) else line) match {
      case Right(raw: Json.Obj) => PriceKind.of(word(raw, "kind")).map(entry(raw, _))
      case other                => throw new IllegalStateException(s"price table: $other in ${line.take(80)}")
    }

  private def isKept(entry: PriceEntry, wanted: Option[Set[String]]): Boolean = entry.kind match {
    case PriceKind.NodeDbu | PriceKind.VmUsd => wanted.forall(keys => entry.foldedKeys.exists(keys))
    case _                                   => true
  }

  private def entry(raw: Json.Obj, kind: PriceKind): PriceEntry = {
    val value = raw.get("value") match {
      case Some(Json.Arr(Vector(low: Json.Str, high: Json.Str))) =>
        Range(Fraction.parse(low.value), Fraction.parse(high.value))
      case _ => Range.of(Fraction.parse(word(raw, "value")))
    }
    val also = items(raw, "also").collect { case spelled: Json.Str => spelled.value }
    PriceEntry(word(raw, "id"), kind, word(raw, "key"), value, word(raw, "as_of"), also)
  }

  private def items(raw: Json.Obj, name: String): Vector[Json] = raw.get(name) match {
    case Some(found: Json.Arr) => found.items
    case _                     => Vector.empty
  }

  private def word(raw: Json.Obj, name: String): String = raw.get(name) match {
    case Some(found: Json.Str) => found.value
    case _                     => throw new IllegalStateException(s"price table: an entry without $name")
  }
}
