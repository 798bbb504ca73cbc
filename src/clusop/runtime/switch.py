"""The switch in the environment, ``CLUSOP_DISABLE``: asked before anything is imported, and again while clusop is at work."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_disabled"]

_NOT_OFF = ("", "0", "false", "no", "off")


def is_disabled(environ: Mapping[str, str]) -> bool:
    """Whether the environment says off."""
    return environ.get("CLUSOP_DISABLE", "").strip().lower() not in _NOT_OFF
