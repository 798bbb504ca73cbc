"""The listener's jars in this package: which fits a JVM's Scala, and whether it is the one that was built."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from clusop.reasons import Reason

__all__ = ["Jar", "jar_for", "jars", "sha256_of"]

_FOLDER = "jars"
_LIST = "jars.json"
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Jar:
    """One jar as ``jars.json`` tells of it."""

    scala: str
    path: Path
    sha256: str


def jars() -> tuple[Jar, ...] | Reason:
    """All jars of this installation, or why there are none."""
    folder = Path(str(resources.files("clusop").joinpath(_FOLDER)))
    try:
        listed = json.loads((folder / _LIST).read_text(encoding="utf-8"))["jars"]
        return tuple(Jar(scala, folder / str(one["file"]), str(one["sha256"])) for scala, one in listed.items())
    except FileNotFoundError:
        return Reason("jar-missing", ": jars.json")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Reason("jar-damaged", ": jars.json")


def jar_for(scala_version: str) -> Jar | Reason:
    """The jar for a JVM whose Scala is ``scala_version``, such as ``2.12.18``."""
    found = jars()
    if isinstance(found, Reason):
        return found
    binary = ".".join(scala_version.split(".")[:2])
    fitting = next((jar for jar in found if jar.scala == binary), None)
    return fitting if fitting is not None else Reason("no-jar-for-scala", binary or "unknown")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex. Raises ``OSError``, also for one that is far too large to be ours."""
    digest, taken = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            taken += len(block)
            if taken > _MOST_BYTES:
                raise OSError("larger than any jar of clusop")
            digest.update(block)
    return digest.hexdigest()
