package com.clusop.listener.plan

import java.util.regex.Pattern

/** Where an engine reports its own time: an internal task metric (ns), an operator's exclusive time (ns); `""` where it has none. */
final case class TimeMetrics(taskAccumulable: String, operatorExclusive: String)

/** One engine's names and what else is known of it. Mirror of `clusop.plan.dialect.Dialect`, field for field. */
final case class Dialect(
    id: String,
    title: String,
    seenOn: String,
    checkedOn: String,
    nativePattern: Option[Pattern],
    knownNative: Set[String],
    byName: Map[String, Kind],
    byPattern: Vector[(Pattern, Kind)],
    rowFormats: Set[String],
    arrowBoundaries: Set[String],
    time: TimeMetrics,
    hasPremium: Boolean,
    hasVendorFunctions: Boolean,
    rowSourcesHoldBack: Boolean,
    neverNative: Set[String],
    lackingFunctions: Set[String],
    confClasses: Set[String],
    switches: Vector[String]
) {

  /** The kind of an operator by its canonical name alone; its place in the plan may still make it terminal. */
  def kindOf(name: String, flaggedNative: Option[Boolean] = None): Kind = byName.get(name) match {
    case Some(kind) => kind
    case None       =>
      byPattern.find(_._1.matcher(name).find()) match {
        case Some((_, kind))                                            => kind
        case None if isNativeName(name) || flaggedNative.contains(true) => Kind.Native
        case None                                                       => scanKind(name)
      }
  }

  /** Whether `name` is native by pattern only: nobody here has met it. */
  def isNew(name: String): Boolean =
    kindOf(name) == Kind.Native && !knownNative(name) && !knownNative(Dialect.head(name))

  private[plan] def isNativeName(name: String): Boolean = nativePattern.exists(_.matcher(name).lookingAt())

  private def scanKind(name: String): Kind = {
    val head = Dialect.head(name)
    if (head != "Scan" && head != "BatchScan") Kind.Jvm
    else {
      val form = name.substring(Math.min(head.length + 1, name.length))
      // A relation of Spark's first source interface hands over rows; Delta's change feed only looks like one.
      val isRelation = form.endsWith("Relation") && !form.contains("Delta")
      if (rowFormats(form.toLowerCase(java.util.Locale.ROOT)) || isRelation) Kind.RowSource else Kind.Jvm
    }
  }
}

object Dialect {

  /** The dialect of Spark without a native engine. */
  val PlainSpark: String = "none"

  /** Ids of all dialect files, `none` first. A jar cannot be listed everywhere, so they are named here. */
  val ids: Vector[String] = Vector(PlainSpark, "comet", "photon")

  private lazy val known: Map[String, Dialect] = ids.map(id => id -> DialectFile.load(id)).toMap

  /** The dialect with this id, laid over plain Spark's names. Throws `NoSuchElementException` for an id without a file. */
  def of(id: String): Dialect = known.getOrElse(id, throw new NoSuchElementException(id))

  /** The kind of each operator, in the plan's order, its place taken into account. */
  def classify(plan: Plan, dialect: Dialect): Vector[Kind] = Classification.classify(plan, dialect)

  /** The first operator at or below `start` that is neither wrapper nor command: where a terminal operator may stand. */
  def rootOf(plan: Plan, kinds: Vector[Kind], start: Int): Option[Int] = Classification.rootOf(plan, kinds, start)

  /** The engine whose native names occur in `plan`: the one with most, `""` where none does. */
  def engineOfNames(plan: Plan): String = {
    val counts = ids.filter(_ != PlainSpark).map { id =>
      val spoken = of(id)
      id -> plan.operators.count { operator =>
        spoken.isNativeName(operator.name) || (operator.flaggedNative.contains(true) && id == "photon")
      }
    }
    // The first of several with as many, as Python's max has it.
    counts.foldLeft(("", 0))((best, next) => if (next._2 > best._2) next else best)._1
  }

  private[plan] def head(name: String): String = {
    val end = name.indexOf(' ')
    if (end < 0) name else name.substring(0, end)
  }
}
