"""Problems for programs: filtered, searched, sorted, a page at a time by cursor; and all of them in steps, for an export."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from sqlalchemy import and_, case, or_, select

from clusop.errors import InputError
from clusop.service.problems.seen_names import has_cause
from clusop.service.store.bounded_sum import bounded_sum
from clusop.service.store.tables.problems import problem_days, problems, sums
from clusop.service.told_text import MAX_NAME_CHARS, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, RowMapping

__all__ = ["ROW", "SUM_NAMES", "Listed", "Order", "ProblemQuery", "SortKey", "each_step", "list_problems", "sums_since"]

SortKey: TypeAlias = Literal["last-seen", "first-seen", "avoidable", "exposure", "time", "runs"]
Order: TypeAlias = Literal["desc", "asc"]

SUM_NAMES = tuple(column.name for column in sums())
ROW = tuple(column for column in problems.c if column.name != "evidence")
_STEP = 500
_MOST = 2**63 - 1
_ESCAPE = "\\"
_MAX_CURSOR_CHARS = 400
_NUMBERS = 2
_SEARCHED = (
    "workload", "task_key", "cause", "causes", "operators", "family", "cluster", "compute", "signature", "owner", "team", "tags",
)  # fmt: skip
_FILTERS = ("workspace", "team", "owner", "state", "engine", "action", "compute", "workload")
# A problem saves cash or capacity. Their sum could pass what a database counts up to.
_AVOIDABLE = case(
    (problems.c.avoidable_high_microusd >= problems.c.capacity_high_microusd, problems.c.avoidable_high_microusd),
    else_=problems.c.capacity_high_microusd,
)
_SORTED_BY: Mapping[str, ColumnElement[int]] = {
    "last-seen": problems.c.last_seen_at_ms,
    "first-seen": problems.c.first_seen_at_ms,
    "avoidable": _AVOIDABLE,
    "exposure": problems.c.exposure_high_microusd,
    "time": problems.c.island_ms,
    "runs": problems.c.run_count,
}


@dataclass(frozen=True, slots=True)
class ProblemQuery:
    """Which problems, in which order. ``None`` asks for any; ``""`` for those where it is not told. ``visible`` is the
    workspace whose problems the caller may see, ``*`` for all.
    """

    visible: str = "*"
    workspace: str | None = None
    team: str | None = None
    owner: str | None = None
    cause: str | None = None
    state: str | None = None
    engine: str | None = None
    action: str | None = None
    compute: str | None = None
    workload: str | None = None
    search: str = ""
    sort: SortKey = "last-seen"
    order: Order = "desc"
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of rows; ``cursor`` asks for the next one, ``""`` at the end."""

    rows: Sequence[RowMapping]
    cursor: str


def list_problems(connection: Connection, query: ProblemQuery) -> Listed:
    """A page. Raises ``InputError`` for a cursor that is none of this order, and for filters that no text has."""
    key = _SORTED_BY[query.sort]
    conditions = _conditions(query)
    if query.cursor:
        value, last_id = _read(query)
        if query.order == "desc":
            conditions.append(or_(key < value, and_(key == value, problems.c.id < last_id)))
        else:
            conditions.append(or_(key > value, and_(key == value, problems.c.id > last_id)))
    order = (key.desc(), problems.c.id.desc()) if query.order == "desc" else (key.asc(), problems.c.id.asc())
    asked = select(*ROW, key.label("sorted_by")).where(*conditions).order_by(*order).limit(query.limit + 1)
    found = connection.execute(asked).mappings().all()
    rows = found[: query.limit]
    has_more = len(found) > len(rows)
    return Listed(rows, _written(query, int(rows[-1]["sorted_by"]), rows[-1]["id"]) if has_more else "")


def each_step(connection: Connection, query: ProblemQuery, after_id: int = 0) -> Sequence[RowMapping]:
    """The next problems by id, 500 at most: an export of all of them never has them all in memory. Raises ``InputError``."""
    asked = select(*ROW).where(*_conditions(query), problems.c.id > after_id).order_by(problems.c.id).limit(_STEP)
    return connection.execute(asked).mappings().all()


def sums_since(connection: Connection, ids: Sequence[int], from_day: int) -> dict[int, dict[str, int]]:
    """The sums of some problems since a day, by problem; nothing of those without one."""
    if not ids:
        return {}
    added = [bounded_sum(problem_days.c[name]) for name in SUM_NAMES]
    rows = connection.execute(
        select(problem_days.c.problem_id, *added)
        .where(problem_days.c.problem_id.in_(ids), problem_days.c.day >= from_day)
        .group_by(problem_days.c.problem_id)
    )
    return {row[0]: dict(zip(SUM_NAMES, map(int, row[1:]), strict=True)) for row in rows}


def _conditions(query: ProblemQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.visible != "*":
        conditions.append(problems.c.workspace == query.visible)
    for name in _FILTERS:
        told = getattr(query, name)
        if told is not None:
            conditions.append(problems.c[name] == plain(told, name)[:MAX_NAME_CHARS])
    if query.cause is not None:
        conditions.append(has_cause(plain(query.cause, "cause")[:MAX_NAME_CHARS]))
    for word in plain(query.search, "search")[:MAX_NAME_CHARS].split():
        pattern = f"%{_escaped(word)}%"
        conditions.append(or_(*(problems.c[name].ilike(pattern, escape=_ESCAPE) for name in _SEARCHED)))
    return conditions


def _escaped(word: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        word = word.replace(special, _ESCAPE + special)
    return word


def _written(query: ProblemQuery, value: int, last_id: int) -> str:
    told = json.dumps([query.sort, query.order, value, last_id])
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _read(query: ProblemQuery) -> tuple[int, int]:
    try:
        padded = query.cursor[:_MAX_CURSOR_CHARS] + "=" * (-len(query.cursor) % 4)
        sort, order, value, last_id = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        sort, order, value, last_id = "", "", None, None
    numbers = [one for one in (value, last_id) if type(one) is int and -_MOST <= one <= _MOST]
    if [sort, order] != [query.sort, query.order] or len(numbers) != _NUMBERS:
        raise InputError(
            "cursor",
            "it is none of a list in this order",
            "Pass the cursor of the page before, with the same sort and order.",
        )
    return numbers[0], numbers[1]
