"""What each exclusion covers at the moment, by names that addresses can hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from clusop.service.problems.exclusions import Exclusion, falls_under
from clusop.service.problems.subject import NAME_FIELDS, Subject, subject_of
from clusop.service.store.tables.problems import problems
from clusop.service.views.problem_line import LIVE
from clusop.service.views.visible import ALL_WORKSPACES, within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from clusop.service.views.problem_line import ProblemLine

__all__ = ["NamedExclusion", "covered", "covering", "named"]

_LOOKED_AT = tuple(problems.c[name] for name in ("id", "workspace", *NAME_FIELDS, "tags"))


@dataclass(frozen=True, slots=True)
class NamedExclusion:
    """``name`` is its number, or ``settings-2`` for the second one that stands in the settings."""

    name: str
    exclusion: Exclusion


def named(exclusions: Iterable[Exclusion]) -> tuple[NamedExclusion, ...]:
    """All with their names. Those of the settings have to be whole and in order: they are counted."""
    found: list[NamedExclusion] = []
    in_settings = 0
    for one in exclusions:
        in_settings += one.exclusion_id is None
        found.append(
            NamedExclusion(str(one.exclusion_id) if one.exclusion_id is not None else f"settings-{in_settings}", one)
        )
    return tuple(found)


def covered(
    connection: Connection,
    exclusions: Iterable[NamedExclusion],
    workspace: str = ALL_WORKSPACES,
    states: tuple[str, ...] = LIVE,
) -> Mapping[str, frozenset[int]]:
    """The ids of the problems in ``states`` that fall under each, by name; a problem may fall under several.

    Globs are no database's: every problem is read, so the answer is one to be kept (:mod:`.kept`).
    """
    listed = tuple(exclusions)
    found: dict[str, set[int]] = {one.name: set() for one in listed}
    if not listed:
        return {}
    asked = select(*_LOOKED_AT).where(problems.c.state.in_(states), *within(problems.c.workspace, workspace))
    for row in connection.execute(asked).mappings():
        subject = subject_of(row)
        for one in listed:
            if falls_under(subject, one.exclusion):
                found[one.name].add(row["id"])
    return {name: frozenset(ids) for name, ids in found.items()}


def covering(line: ProblemLine, exclusions: Iterable[NamedExclusion]) -> tuple[NamedExclusion, ...]:
    """Those that a problem falls under: as long as one of them stands, nobody is told of it."""
    names = {name: getattr(line, name) for name in ("workspace", *NAME_FIELDS)}
    subject = Subject(**names, tags=line.tags)
    return tuple(one for one in exclusions if falls_under(subject, one.exclusion))
