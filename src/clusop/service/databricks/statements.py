"""Our own SQL, and the check that a statement is none but it.

The texts lie in files, their values are parameters; only catalog and schema are filled in, checked and quoted. What reads
may only be one SELECT; what writes may only create, or merge rows into, the clusop tables of the one schema named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from clusop.errors import BugError, InputError
from clusop.service.databricks.fault import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Own", "Statement", "StatementSet", "read_statement"]

_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,253}[A-Za-z0-9_])?", re.ASCII)
_HOLE = "{own}"
_READ = re.compile(r"SELECT\s")
_TABLE = "clusop_(?:signals|problems|hours)"
_NO_SECOND = re.compile(r"[^;]*")


@dataclass(frozen=True, slots=True)
class Own:
    """The customer's catalog and schema that clusop writes to."""

    catalog: str
    schema: str

    def __post_init__(self) -> None:
        for where, name in (("databricks.catalog", self.catalog), ("databricks.schema", self.schema)):
            if not _NAME.fullmatch(name):
                raise InputError(
                    where,
                    f"{name[:80]!r} is no name clusop can use",
                    "Use letters, digits, _ and -, at most 255, and neither begin nor end with -.",
                )
        if self.catalog.lower() == "system":
            raise InputError("databricks.catalog", "the catalog 'system' is Databricks' own", "Name one of yours.")

    @property
    def quoted(self) -> str:
        """Catalog and schema as SQL."""
        return f"`{self.catalog}`.`{self.schema}`"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it goes over the wire; ``name`` is its file's."""

    name: str
    text: str
    is_read: bool


def read_statement(package: str, path: str, own: Own | None = None) -> Statement:
    """The statement in ``path`` (without its ``.sql``) below ``package``, its lines of comment left out."""
    name = path.rpartition("/")[2]
    raw = resources.files(package).joinpath(f"{path}.sql").read_text(encoding="utf-8")
    lines = [line.rstrip() for line in raw.splitlines() if line.strip() and not line.lstrip().startswith("--")]
    text = "\n".join(lines)
    if _HOLE in text:
        if own is None:
            raise BugError(f"{name}.sql is about clusop's own schema, and none is named")
        text = text.replace(_HOLE, own.quoted)
    is_read = _READ.match(text) is not None
    if not _NO_SECOND.fullmatch(text) or not (is_read or (own is not None and _writes_own(text, own))):
        raise BugError(f"{name}.sql is neither one SELECT nor a statement in clusop's own schema")
    return Statement(name, text, is_read)


def _writes_own(text: str, own: Own) -> bool:
    place = re.escape(own.quoted)
    forms = (
        rf"CREATE SCHEMA IF NOT EXISTS {place}",
        rf"CREATE TABLE IF NOT EXISTS {place}[.]{_TABLE}\s*[(][^()]*(?:[(][0-9, ]+[)][^()]*)*[)]",
        rf"MERGE INTO {place}[.]{_TABLE} AS t\s.*",
    )
    return any(re.fullmatch(form, text, re.DOTALL) for form in forms)


class StatementSet:
    """The statements one client may run; no others."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._texts = {statement.text: statement for statement in statements}

    def refuse_others(self, text: object) -> Statement:
        """The statement with exactly this text. Raises ``NotAllowedError`` for any other."""
        found = self._texts.get(text) if isinstance(text, str) else None
        if found is None:
            raise NotAllowedError("clusop runs its own statements only; this one is none of them")
        return found

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._texts.values())
