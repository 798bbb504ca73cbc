"""Fetches an engine's and Delta Lake's jars from the public Maven repository, once, and says what it could not get.

Spark's own resolver (Ivy, inside pip's PySpark) does the work; where it fails and Maven is installed, Maven is asked, since
it may know a mirror. No registry's address is written here.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Artifact", "comet_unsupported", "fetch_artifacts"]

_CLOCK = SystemClock()

_NO_PROGRESS_SECONDS = 90
_STEP_SECONDS = 1.0
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Artifact:
    """A jar in the public Maven repository, with the hash it must have and its size for the progress line."""

    group: str
    name: str
    version: str
    sha256: str
    mebibytes: int

    @property
    def coordinate(self) -> str:
        """``group:name:version``."""
        return f"{self.group}:{self.name}:{self.version}"

    @property
    def file_name(self) -> str:
        """``name-version.jar``."""
        return f"{self.name}-{self.version}.jar"


def comet_unsupported() -> str:
    """Why no Comet can run on this machine; ``""`` where it can."""
    system, machine = platform.system(), platform.machine().lower()
    if system != "Linux" or machine not in {"x86_64", "amd64", "aarch64", "arm64"}:
        return f"Comet's native library is built for Linux on x86-64 and arm64, and this is {system} on {machine}."
    return ""


def _is_whole(jar: Path, artifact: Artifact) -> bool:
    if not jar.is_file():
        return False
    digest = hashlib.sha256()
    with jar.open("rb") as stream:
        while chunk := stream.read(_MEBIBYTE):
            digest.update(chunk)
    return digest.hexdigest() == artifact.sha256


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:  # a part file renamed while we look
        return 0


def _folder_mebibytes(folder: Path) -> float:
    return sum(_bytes_of(found) for found in folder.rglob("*")) / _MEBIBYTE


def _run_watched(command: list[str], watched: Path, label: str, environment: dict[str, str]) -> str:
    """Run a download, showing how ``watched`` grows; ended when it stands still. Returns its output, ``""`` on success."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        seen, since, stalled = 0.0, _CLOCK.monotonic_ms() / 1000, False
        while process.poll() is None:
            time.sleep(_STEP_SECONDS)
            now = _folder_mebibytes(watched)
            if now > seen:
                seen, since = now, _CLOCK.monotonic_ms() / 1000
            stalled = _CLOCK.monotonic_ms() / 1000 - since > _NO_PROGRESS_SECONDS
            if stalled:
                process.kill()
                process.wait()
            if sys.stderr.isatty():
                sys.stderr.write(f"\r  {label}: {now:5.1f} MB")
                sys.stderr.flush()
        if sys.stderr.isatty():
            sys.stderr.write("\n")
        log.seek(0)
        return "" if process.returncode == 0 and not stalled else log.read() or "no answer"


def _with_ivy(missing: list[Artifact], into: Path, java_home: Path, label: str) -> str:
    import pyspark

    with tempfile.TemporaryDirectory(prefix="ivy-", dir=into) as name:
        ivy = Path(name)
        (ivy / "nothing.py").write_text("", encoding="utf-8")
        command = [
            str(Path(pyspark.__file__).parent / "bin" / "spark-submit"),
            *("--conf", f"spark.jars.ivy={ivy}", "--conf", "spark.ui.enabled=false"),
            *("--packages", ",".join(artifact.coordinate for artifact in missing)),
            str(ivy / "nothing.py"),
        ]
        environment = dict(os.environ, JAVA_HOME=str(java_home), PYSPARK_PYTHON=sys.executable)
        environment.pop("SPARK_HOME", None)  # another Spark's resolver is not what was tested
        said = _run_watched(command, ivy, label, environment)
        for artifact in missing:
            fetched = ivy / "jars" / f"{artifact.group}_{artifact.file_name}"
            if fetched.is_file():
                shutil.move(fetched, into / artifact.file_name)
    return said


def _with_maven(missing: list[Artifact], into: Path, java_home: Path, label: str) -> str:
    maven = shutil.which("mvn")
    if maven is None:
        return "Maven is not installed"
    for artifact in missing:
        command = [maven, "-q", "-B", "dependency:copy", f"-Dartifact={artifact.coordinate}"]
        command += [f"-DoutputDirectory={into}", "-Dtransitive=false"]
        if said := _run_watched(command, into, label, dict(os.environ, JAVA_HOME=str(java_home))):
            return said
    return ""


def fetch_artifacts(
    artifacts: Iterable[Artifact], folder: Path, java_home: Path | None, tell: Callable[[str], None]
) -> list[Artifact]:
    """Download into ``folder`` what is not there yet; what could not be had is returned. ``tell`` hears what is being fetched."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [artifact for artifact in artifacts if not _is_whole(folder / artifact.file_name, artifact)]
    if not missing:
        return []
    size = sum(artifact.mebibytes for artifact in missing)
    label = f"{', '.join(artifact.name for artifact in missing)} ({size} MB, once)"
    tell(f"fetching {label}")
    if java_home is None:
        tell("No Java was found to fetch with.")
        return missing
    for fetch in (_with_ivy, _with_maven):
        fetch(missing, folder, java_home, label)
        missing = [artifact for artifact in missing if not _is_whole(folder / artifact.file_name, artifact)]
        if not missing:
            break
    return missing
