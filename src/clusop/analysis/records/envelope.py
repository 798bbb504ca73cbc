"""What every record begins with: what it is, whose, and which number it has."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.analysis.records.gate import WORKSPACE
from clusop.analysis.records.shape import Choice, Shape, Text, Whole

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AGENT", "ID", "TIME", "VERSION", "envelope"]

VERSION = 1
_HEX_32 = "[0-9a-f]{32}"
ID = Text(_HEX_32)
AGENT = ID
TIME = Whole()
"""UTC, ms since 1970."""


def envelope(record: str) -> Mapping[str, Shape[object]]:
    """The fields all records have; ``record`` says which kind."""
    return MappingProxyType(
        {
            "record": Choice((record,)),
            "version": Whole(VERSION, VERSION),
            "agent": AGENT,
            "sequence": Whole(1),
            "workspace": Text(WORKSPACE),
        }
    )
