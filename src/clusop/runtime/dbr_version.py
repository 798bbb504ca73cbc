"""Databricks' runtime names, old and new: ``13.3.x-photon-scala2.12``, ``18.x-scala2.13``, ``client.5.1``, ``19.9.x-aarch64``."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["DbrVersion", "dbr_version"]

_VERSION = re.compile(
    r"v?(?P<client>client\.)?(?P<major>\d{1,4})(?:\.(?P<minor>\d{1,4}))?(?:\.(?:x|\d{1,4}))*(?P<rest>-[\w.-]*)?",
    re.ASCII,
)
_SCALA = re.compile(r"-scala(\d+\.\d+)(?:-|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class DbrVersion:
    """A runtime's name taken apart. Since DBR 18 the minor version may be missing. ``is_client``: serverless."""

    major: int
    minor: int | None
    is_client: bool
    is_photon: bool
    is_aarch64: bool
    is_ml: bool
    is_gpu: bool
    scala: str

    @property
    def text(self) -> str:
        """``13.3``, ``18`` or ``client.5.1``."""
        minor = "" if self.minor is None else f".{self.minor}"
        return f"{'client.' if self.is_client else ''}{self.major}{minor}"


def dbr_version(name: str) -> DbrVersion | None:
    """The parts of a runtime's name; ``None`` for what is none."""
    match = _VERSION.fullmatch(name.strip())
    if match is None:
        return None
    rest = match["rest"] or ""
    words = set(rest.split("-"))
    scala = _SCALA.search(rest)
    return DbrVersion(
        major=int(match["major"]),
        minor=int(match["minor"]) if match["minor"] else None,
        is_client=match["client"] is not None,
        is_photon="photon" in words,
        is_aarch64="aarch64" in words,
        is_ml="ml" in words,
        is_gpu="gpu" in words,
        scala=scala[1] if scala else "",
    )
