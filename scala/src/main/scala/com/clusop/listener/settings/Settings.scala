package com.clusop.listener.settings

import com.clusop.listener.Reason

/** A value in force, and which door it came through: `conf`, `armer`, `environment` or `default`. */
final case class Setting(declaration: Declaration, value: String, from: String)

/** The settings in force. Cluster conf wins over the first armer, that over the environment, that over the default. A value
  * that cannot be read is not used: the next source is asked, and `problems` says so. Mirrors the Python runtime's settings.
  */
final class Settings private (values: Map[String, Setting], layers: Vector[Layer], val problems: Vector[Reason]) {

  def text(key: String): String = values.get(key).map(_.value).getOrElse("")
  def switch(key: String): Boolean = text(key) == "true"
  def count(key: String): Long = java.lang.Long.parseLong(text(key))
  def ratio(key: String): Double = java.lang.Double.parseDouble(text(key))
  def names(key: String): Vector[String] = Reading.names(text(key))

  /** In the order of their declaration. */
  def inForce: Vector[Setting] = Declaration.all.flatMap(one => values.get(one.key))

  /** Those settings with what another armer brings; what was told before stays. */
  def filledBy(armer: Map[String, String]): Settings =
    changed("armer", told => Settings.ours(armer) ++ told)

  /** Those settings under the conf of another context. */
  def under(conf: Map[String, String]): Settings = changed("conf", _ => Settings.ours(conf))

  private def changed(source: String, to: Map[String, String] => Map[String, String]): Settings =
    Settings.resolve(layers.map(layer => if (layer.from == source) Layer(source, to(layer.told)) else layer))

  /** The switch that is off, as a person would name it. Off wins over on, whatever the order of the sources; a switch that
    * cannot be read counts as off: whoever set it wanted quiet.
    */
  def switchedOffBy: Option[String] = layers.flatMap(_.off).headOption
}

/** What one source tells: conf keys to texts; the environment is translated to keys first. */
private[settings] final case class Layer(from: String, told: Map[String, String]) {
  def off: Option[String] = told.get(Settings.Enabled).filter(Settings.isOff).map { _ =>
    if (from == "environment") "CLUSOP_DISABLE" else Settings.Enabled
  }
  def nameOf(declared: Declaration): String = if (from == "environment") declared.env else declared.key
}

object Settings {
  val Enabled: String = Declaration.Prefix + "enabled"
  val KillFile: String = Declaration.Prefix + "killFile"
  val Endpoint: String = Declaration.Prefix + "endpoint"
  val TokenFile: String = Declaration.Prefix + "tokenFile"

  /** Whether the text of the kill switch says off. */
  def isOff(enabled: String): Boolean = !Reading.switch(enabled).contains(true)

  /** `conf` and `armer` may hold any keys; only those below `spark.clusop.` count. */
  def resolve(conf: Map[String, String], armer: Map[String, String], environment: String => Option[String]): Settings =
    resolve(Vector(Layer("conf", ours(conf)), Layer("armer", ours(armer)), Layer("environment", translated(environment))))

  private def resolve(layers: Vector[Layer]): Settings = {
    val problems = Vector.newBuilder[Reason]
    val known = Declaration.all.map(_.key).toSet
    for (layer <- layers; key <- layer.told.keys.toVector.sorted if !known(key)) problems += Reason("unknown-setting", key)
    val values = Map.newBuilder[String, Setting]
    Declaration.all.foreach { declared =>
      var found: Option[Setting] = None
      layers.foreach { layer =>
        layer.told.get(declared.key).filter(_ => found.isEmpty).foreach { text =>
          Reading.plain(declared, text) match {
            case Right(plain) => found = Some(Setting(declared, plain, layer.from))
            case Left(why)    => problems += Reason("bad-setting", s"${layer.nameOf(declared)} $why")
          }
        }
      }
      values += declared.key -> found.getOrElse(Setting(declared, declared.default, "default"))
    }
    new Settings(values.result(), layers, problems.result().distinct)
  }

  private def ours(told: Map[String, String]): Map[String, String] = told.filter(_._1.startsWith(Declaration.Prefix))

  /** `CLUSOP_DISABLE=1` says `spark.clusop.enabled=false`. An unset or empty variable says nothing. */
  private def translated(environment: String => Option[String]): Map[String, String] =
    Declaration.all.flatMap { declared =>
      environment(declared.env).filter(_.trim.nonEmpty).map { text =>
        if (declared.key != Enabled) declared.key -> text
        else declared.key -> Reading.switch(text).map(off => if (off) "false" else "true").getOrElse(text)
      }
    }.toMap
}
