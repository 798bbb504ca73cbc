// The listener's build: the source of truth for compiling and testing it. The jars that are shipped come from
// harness/build_jars.py, which compiles the same files with the Scala inside pip's PySpark; CI compares both.

import java.nio.file.{FileSystems, Files}

val scala212 = "2.12.18"
val scala213 = "2.13.16"

// The Spark that each Scala is compiled against (the newest of its line that Maven Central has); it runs on 3.3 to 4.3.
def sparkFor(scala: String): String = if (scala.startsWith("2.12")) "3.5.9" else "4.0.4"

// What Spark's own launcher passes to a JVM of 17 or newer.
val openedPackages = Seq(
  "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util",
  "java.util.concurrent", "java.util.concurrent.atomic"
).map(name => s"--add-opens=java.base/$name=ALL-UNNAMED") ++
  Seq("sun.nio.ch", "sun.nio.cs", "sun.security.action", "sun.util.calendar")
    .map(name => s"--add-opens=java.base/$name=ALL-UNNAMED")

ThisBuild / version := {
  val line = IO.readLines(file("../src/clusop/__init__.py")).find(_.startsWith("__version__")).get
  line.split('"')(1)
}

lazy val listener = (project in file("."))
  .settings(
    name := "clusop-listener",
    organization := "com.clusop",
    scalaVersion := scala212,
    crossScalaVersions := Seq(scala212, scala213),
    scalacOptions ++= Seq("-release", "8", "-deprecation", "-feature", "-unchecked", "-Xlint", "-Xfatal-warnings", "-encoding", "UTF-8"),
    // Java 8 API only, in tests as well; their style is scalatest's, not ours to lint.
    Test / scalacOptions -= "-Xfatal-warnings",
    libraryDependencies ++= Seq(
      "org.apache.spark" %% "spark-sql" % sparkFor(scalaVersion.value) % Provided,
      "org.scalatest" %% "scalatest-funsuite" % "3.2.19" % Test
    ),
    // The test-only doors that the Python tests use too.
    Test / unmanagedSourceDirectories += baseDirectory.value / "src" / "probe" / "scala",
    Test / fork := true,
    Test / javaOptions ++= openedPackages ++ Seq(
      "-Xss8m", "-Djava.awt.headless=true", s"-Dclusop.vectors=${baseDirectory.value.getParentFile / "tests" / "vectors" / "data"}"
    ),
    // Data files of the Python package, under the names that scala/resources.txt gives them.
    Compile / resourceGenerators += Def.task {
      val from = baseDirectory.value.getParentFile / "src" / "clusop"
      val into = (Compile / resourceManaged).value / "com" / "clusop" / "listener"
      IO.readLines(baseDirectory.value / "resources.txt").filterNot(line => line.trim.isEmpty || line.startsWith("#")).flatMap { line =>
        val Array(pattern, folder) = line.split(" ")
        val file = from / pattern
        val matcher = FileSystems.getDefault.getPathMatcher("glob:" + file.getName)
        IO.listFiles(file.getParentFile).filter(one => matcher.matches(one.toPath.getFileName)).sorted.map { one =>
          val target = if (folder == ".") into / one.getName else into / folder / one.getName
          Files.createDirectories(target.getParentFile.toPath)
          IO.copyFile(one, target)
          target
        }
      }
    }.taskValue,
    // The list of classes that the agent loads before it registers anything.
    Compile / packageBin / mappings := {
      val mapped = (Compile / packageBin / mappings).value
      val names = mapped.map(_._2).filter(_.endsWith(".class")).map(_.stripSuffix(".class").replace('/', '.')).sorted
      val list = target.value / s"classes_${scalaBinaryVersion.value}.txt"
      IO.write(list, names.map(_ + "\n").mkString)
      mapped :+ (list -> "com/clusop/listener/classes.txt")
    },
    Compile / packageDoc / publishArtifact := false,
    publish / skip := true
  )
