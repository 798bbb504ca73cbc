package com.clusop.listener.settings

/** Prints docs/settings.md from the declarations. */
object PrintSettings {
  def main(arguments: Array[String]): Unit = {
    val out = new java.io.PrintStream(System.out, true, "UTF-8")
    out.print(markdown(Declaration.all))
  }

  def markdown(declarations: Vector[Declaration]): String = {
    val out = new StringBuilder
    out.append("# Settings of the agent\n\n")
    out.append("Printed from `src/clusop/runtime/settings.json` by `com.clusop.listener.settings.PrintSettings`; ")
    out.append("do not edit.\n\n")
    out.append("Cluster conf wins over what an armer passes (`clusop.arm`), that over the environment, that over the default. ")
    out.append("Off wins over on: one switch that says off is enough. A value that cannot be read is not used, and one line on ")
    out.append("stderr says so; the job goes on.\n")
    declarations.foreach { one =>
      out.append(s"\n## `${one.key}`\n\n${one.doc}\n\n")
      out.append(s"* environment: `${one.env}`\n* type: ${kind(one)}\n* default: ${shown(one.default)}\n")
    }
    out.toString
  }

  private def shown(default: String): String = if (default.isEmpty) "empty" else s"`$default`"

  private def kind(one: Declaration): String = one.kind match {
    case "switch" => "`true` or `false` (also 1, 0, yes, no, on, off)"
    case "count"  => s"whole number, ${one.least.mkString} to ${one.most.mkString}"
    case "ratio"  => "number from 0 to 1"
    case "url"    => "http or https URL"
    case "names"  => "names separated by commas"
    case "path"   => "path on the driver"
    case _        => "text"
  }
}
