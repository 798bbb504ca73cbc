"""Fetches the Comet and Delta jars into ``.cache/jars``, once, and says in one sentence what it could not get.

As a program it always ends with 0: what is missing is left out, visibly, by those who need it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.certify import artifacts
from clusop.certify.artifacts import Artifact, comet_unsupported
from clusop.certify.releases import SPARK_3_5
from find_java import find_java_home

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CACHE", "REPOSITORY", "Artifact", "Jars", "fetch_artifacts", "fetch_jars"]

REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = REPOSITORY / ".cache"


@dataclass(frozen=True, slots=True)
class Jars:
    """What is there to run with. ``remarks`` are sentences about what is not."""

    comet: Path | None
    delta: tuple[Path, ...]
    remarks: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        """The options of ``spark_app.py`` that name these jars."""
        comet = [] if self.comet is None else ["--comet-jar", str(self.comet)]
        return [*comet, *(part for jar in self.delta for part in ("--delta-jar", str(jar)))]


def fetch_artifacts(wanted: Iterable[Artifact], folder: Path) -> list[Artifact]:
    """Download into ``folder`` what is not there yet; what could not be had is returned."""
    return artifacts.fetch_artifacts(wanted, folder, find_java_home(), lambda line: print(f"  {line}", flush=True))


def fetch_jars() -> Jars:
    """The jars, downloaded if need be. Never raises for want of a network: what is not there is told in ``remarks``."""
    folder = CACHE / "jars"
    remarks = [sentence] if (sentence := comet_unsupported()) else []
    comet, delta = SPARK_3_5.comet, SPARK_3_5.delta
    wanted = [*delta] if remarks or comet is None else [comet, *delta]
    missing = fetch_artifacts(wanted, folder)
    absent = {artifact.file_name for artifact in missing}
    if absent:
        remarks.append(f"{', '.join(sorted(absent))} could not be fetched: no network, or no registry that has it.")
    has_delta = not absent & {artifact.file_name for artifact in delta}
    return Jars(
        folder / comet.file_name if comet in wanted and comet is not None and comet not in missing else None,
        tuple(folder / artifact.file_name for artifact in delta) if has_delta else (),
        tuple(remarks),
    )


def main() -> int:
    """Fetch, and say what is there."""
    jars = fetch_jars()
    for sentence in jars.remarks:
        print(f"  {sentence}")
    print(f"  Comet {'ready' if jars.comet else 'left out'}, Delta {'ready' if jars.delta else 'left out'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
