"""What nobody wants to be told of: names and tags of problems, excluded by globs in the settings or by people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from clusop.errors import InputError
from clusop.service.problems.globs import glob_of, matches
from clusop.service.problems.section import list_in, mapping_in, only, text_in
from clusop.service.problems.subject import NAME_FIELDS, subject_of
from clusop.service.store.tables.delivery import exclusions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from clusop.service.problems.subject import ProblemRow, Subject

__all__ = [
    "EXCLUSION_FIELDS",
    "TAG",
    "Exclusion",
    "checked",
    "concerns",
    "current_exclusions",
    "excluded",
    "exclusions_in_settings",
    "falls_under",
    "stored_exclusions",
]

TAG = "tag"
EXCLUSION_FIELDS = (*NAME_FIELDS, TAG)
SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Problems whose ``field`` is as ``pattern`` says, or whose tag ``tag_key`` is, in workspaces as ``workspace`` says.

    ``exclusion_id`` is ``None`` for one that stands in the settings; only people's own can be taken away by people.
    """

    field: str
    pattern: str
    tag_key: str = ""
    workspace: str = "*"
    reason: str = ""
    actor: str = SETTINGS
    actor_kind: str = SETTINGS
    created_at_ms: int | None = None
    until_at_ms: int | None = None
    exclusion_id: int | None = None


def excluded(problem_row: ProblemRow, exclusions: Iterable[Exclusion]) -> Exclusion | None:
    """The first of ``exclusions`` that a row of ``problems`` falls under."""
    subject = subject_of(problem_row)
    return next((one for one in exclusions if falls_under(subject, one)), None)


def falls_under(subject: Subject, one: Exclusion) -> bool:
    """Whether a problem with these names and tags is excluded by ``one``."""
    if not matches(one.workspace or "*", subject.workspace):
        return False
    if one.field == TAG:
        return one.tag_key in subject.tags and matches(one.pattern, subject.tags[one.tag_key])
    # An empty name is one that is not known: no glob is about it.
    name = getattr(subject, one.field) if one.field in NAME_FIELDS else ""
    return bool(name) and matches(one.pattern, name)


def concerns(one: Exclusion, workspace: str) -> bool:
    """Whether somebody who may see ``workspace`` (``*``: all) may see it: what holds in it is no secret there."""
    return workspace == "*" or matches(one.workspace or "*", workspace)


def checked(one: Exclusion, where: str) -> Exclusion:
    """``one``, if it can be used. Raises ``InputError`` for a field nobody knows, and for what would exclude everything."""
    if one.field not in EXCLUSION_FIELDS:
        raise InputError(
            f"{where}.field", f"{one.field[:60]!r} is not known", f"Known are {', '.join(EXCLUSION_FIELDS)}."
        )
    if (one.field == TAG) != bool(one.tag_key):
        raise InputError(
            f"{where}.tag_key", "it goes with the field tag and with no other", "Name the tag's key, or drop it."
        )
    glob_of(one.pattern, f"{where}.pattern")
    glob_of(one.workspace, f"{where}.workspace")
    if one.field != TAG and not one.pattern.strip("*?"):
        raise InputError(
            f"{where}.pattern", f"{one.pattern!r} excludes everything", "Write at least a part of the name."
        )
    return one


def exclusions_in_settings(section: object, where: str = "exclusions") -> tuple[Exclusion, ...]:
    """The settings' section ``exclusions``. Raises ``InputError`` that names key, value and what is allowed.

    ::

        exclusions:
          - {workload: "job:99*", reason: "a sandbox"}
          - {tag: {env: "dev*"}, workspace: "42", reason: "nobody pays for dev"}
    """
    return tuple(_of_entry(entry, f"{where}[{number}]") for number, entry in enumerate(list_in(section, where)))


def stored_exclusions(connection: Connection, now_ms: int) -> tuple[Exclusion, ...]:
    """What people excluded and has not ended, oldest first."""
    rows = connection.execute(
        select(exclusions)
        .where(or_(exclusions.c.until_at_ms.is_(None), exclusions.c.until_at_ms > now_ms))
        .order_by(exclusions.c.id)
    ).mappings()
    return tuple(Exclusion(exclusion_id=row["id"], **{name: row[name] for name in _COLUMNS}) for row in rows)


def current_exclusions(connection: Connection, in_settings: Iterable[Exclusion], now_ms: int) -> tuple[Exclusion, ...]:
    """All that are in force: the settings' first, then people's."""
    return (*in_settings, *stored_exclusions(connection, now_ms))


_COLUMNS = ("field", "pattern", "tag_key", "workspace", "reason", "actor", "actor_kind", "created_at_ms", "until_at_ms")


def _of_entry(value: object, where: str) -> Exclusion:
    told = mapping_in(value, where)
    only(told, (*EXCLUSION_FIELDS, "workspace", "reason"), where)
    fields = [name for name in EXCLUSION_FIELDS if name in told]
    if len(fields) != 1:
        raise InputError(where, f"it names {len(fields)} fields", f"Name one of {', '.join(EXCLUSION_FIELDS)}.")
    (name,) = fields
    key, pattern = "", told[name]
    if name == TAG:
        tag = mapping_in(pattern, f"{where}.tag")
        if len(tag) != 1:
            raise InputError(f"{where}.tag", f"it holds {len(tag)} keys", "Write one: {env: dev*}.")
        ((key, pattern),) = tag.items()
    return checked(
        Exclusion(
            field=name,
            pattern=text_in(pattern, f"{where}.{name}"),
            tag_key=key,
            workspace=text_in(told.get("workspace", "*"), f"{where}.workspace"),
            reason=text_in(told.get("reason", ""), f"{where}.reason"),
        ),
        where,
    )
