package com.clusop.listener.plan

import java.util.regex.Pattern

import com.clusop.listener.Resource
import com.clusop.listener.json.{Json, JsonReader}

/** Reads the dialect files, `dialects/<id>.json`. Mirror of the loading part of `clusop.plan.dialect`. */
private[plan] object DialectFile {

  /** The file's content. */
  def read(id: String): Json.Obj = JsonReader.read(Resource.text(s"dialects/$id.json")) match {
    case Right(found: Json.Obj) => found
    case other                  => throw new IllegalStateException(s"dialects/$id.json: $other")
  }

  /** The dialect, laid over plain Spark's names. */
  def load(id: String): Dialect = {
    val base = read(Dialect.PlainSpark)
    val own = if (id == Dialect.PlainSpark) Json.Obj(Vector.empty) else read(id)
    val head = if (own.members.isEmpty) base else own
    val native = inner(own, "native")
    val time = inner(own, "time")
    Dialect(
      id = id,
      title = text(head, "title"),
      seenOn = text(head, "seen_on"),
      checkedOn = text(head, "checked_on"),
      nativePattern = Some(text(native, "pattern")).filter(_.nonEmpty).map(pattern),
      knownNative = texts(native, "known").toSet,
      byName = Vector(base, own).flatMap(kinds(_, "names")).toMap,
      byPattern = Vector(own, base).flatMap(kinds(_, "patterns")).map { case (written, kind) => pattern(written) -> kind },
      rowFormats = (texts(base, "row_formats") ++ texts(own, "row_formats")).toSet,
      arrowBoundaries = texts(own, "arrow_boundaries").toSet,
      time = TimeMetrics(text(time, "task_accumulable"), text(time, "operator_exclusive")),
      hasPremium = own.get("has_premium").contains(Json.True),
      hasVendorFunctions = own.get("has_vendor_functions").contains(Json.True),
      rowSourcesHoldBack = own.get("row_sources_hold_back").contains(Json.True),
      neverNative = texts(own, "never_native").toSet,
      lackingFunctions = texts(own, "lacking_functions").toSet,
      confClasses = texts(inner(own, "conf"), "classes").toSet,
      switches = texts(inner(own, "conf"), "switches")
    )
  }

  /** A pattern of a dialect file, with Python's meaning: `.` is all but `\n`, groups are named `(?P<name>`. */
  def pattern(written: String): Pattern = Pattern.compile(written.replace("(?P<", "(?<"), Pattern.UNIX_LINES)

  def inner(from: Json.Obj, name: String): Json.Obj = from.get(name) match {
    case Some(found: Json.Obj) => found
    case _                     => Json.Obj(Vector.empty)
  }

  def text(from: Json.Obj, name: String): String = from.get(name) match {
    case Some(Json.Str(found)) => found
    case _                     => ""
  }

  def texts(from: Json.Obj, name: String): Vector[String] = from.get(name) match {
    case Some(Json.Arr(items)) => items.collect { case Json.Str(found) => found }
    case _                     => Vector.empty
  }

  private def kinds(from: Json.Obj, name: String): Vector[(String, Kind)] = {
    val lists = inner(from, name)
    lists.members.flatMap { case (kind, _) => texts(lists, kind).map(_ -> Kind.of(kind)) }
  }
}
