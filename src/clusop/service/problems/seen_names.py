"""The causes and operators that a problem's signals told between them, as its row holds them: JSON lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import or_

from clusop.service.store.tables.problems import problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, RowMapping

__all__ = ["causes_of", "has_cause", "names_of"]


def names_of(text: str) -> tuple[str, ...]:
    """The names in a column, none where there is no list."""
    try:
        value = json.loads(text)
    except ValueError:
        return ()
    return tuple(str(name) for name in value) if isinstance(value, list) else ()


def causes_of(row: Mapping[str, object] | RowMapping) -> tuple[str, ...]:
    """All causes in a row of ``problems``: the evidence's first, then those that are alike and were seen as well."""
    return tuple(dict.fromkeys((str(row["cause"]), *names_of(str(row["causes"])))))


def has_cause(cause: str) -> ColumnElement[bool]:
    """The condition that a problem showed ``cause``, as its evidence or beside it."""
    return or_(problems.c.cause == cause, problems.c.causes.contains(json.dumps(cause), autoescape=True))
