"""Names that a problem's signals told, as a set in a column: the same in whatever order and grouping the signals came. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MOST_NAMES", "with_names"]

MOST_NAMES = 8
"""The first of them in order are kept: a sender that invents a name a signal must not make the row grow without end."""


def with_names(before: str, names: Iterable[str]) -> str:
    """The JSON list ``before`` with ``names`` in it, sorted.

    >>> with_names('["python-udf"]', ["pandas-udf", "python-udf"])
    '["pandas-udf", "python-udf"]'
    """
    told = json.loads(before)
    more = {name for name in names if name and name not in told}
    if not more:
        return before
    return json.dumps(sorted({*told, *more})[:MOST_NAMES])
