"""On what a matrix was made: releases of everything that could change it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Stamp"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Releases as text; ``""`` is what this platform does not have (no runtime label on a laptop), ``not told`` what could not
    be found out. ``made_on`` is the UTC date of the run's end, filled in then.
    """

    engine: str
    engine_version: str
    spark: str
    scala: str
    java: str
    python: str
    delta: str
    dbr: str
    image: str
    clusop: str
    cores: int
    made_on: str = ""

    def to_json(self) -> dict[str, Any]:
        """All fields under their names."""
        return asdict(self)
