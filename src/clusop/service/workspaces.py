"""Workspaces by name: what a token may be bound to is one of them, never a glob over several and never nothing."""

from __future__ import annotations

import re

from clusop.analysis.records.gate import WORKSPACE

__all__ = ["is_one_workspace"]

_ID = re.compile(WORKSPACE, re.ASCII)


def is_one_workspace(told: str) -> bool:
    """Whether ``told`` names one workspace as records do, so that as a glob, too, it is about that one only.

    >>> [is_one_workspace(told) for told in ("1234567890", "12*", "*", "")]
    [True, False, False, False]
    """
    return bool(told) and _ID.fullmatch(told) is not None
