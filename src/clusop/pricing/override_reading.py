"""One document of a user's prices on its way to entries: what is accepted, what is refused and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.errors import InputError
from clusop.pricing.entry import UNIT_OF, PriceEntry, PriceKind, PriceSource
from clusop.pricing.key import entry_id, folded
from clusop.pricing.override import Overrides, OverridesError
from clusop.pricing.override_rules import KEY_FORM, RuleError, key_of, quoted, range_of, suggestion
from clusop.pricing.table import FORMAT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.units import Range

__all__ = ["OverrideReading"]

_KINDS = tuple(kind.value for kind in PriceKind)
_SECTIONS = (*_KINDS, "as_of", "title", "note", "currency", "format", "sources", "entries")
_ENTRY_FIELDS = ("id", "kind", "key", "value", "unit", "as_of", "source", "note", "also")
_SOURCE_FIELDS = ("title", "what", "as_of")
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?\Z")
# No id of a user's can pass for one of the table, so that a record always tells whose price it used.
_PREFIX = "user-"
_NAMED = "user-source-"


@dataclass(frozen=True, slots=True)
class _Provenance:
    as_of: str
    source: tuple[str, ...]
    note: str = ""


@dataclass(slots=True)
class OverrideReading:
    """Collects prices and faults. ``done`` gives the overrides, or raises with all faults at once."""

    where: str
    source_id: str = "user-file"
    as_of: str = ""
    title: str = "given by the user"
    entries: dict[tuple[PriceKind, str], PriceEntry] = field(default_factory=dict)
    sources: dict[str, PriceSource] = field(default_factory=dict)
    problems: list[InputError] = field(default_factory=list)

    def refuse(self, place: str, what: str, remedy: str) -> None:
        """Note a fault."""
        self.problems.append(InputError(place, what, remedy))

    def done(self) -> Overrides:
        """The overrides, or ``OverridesError``."""
        if self.problems:
            raise OverridesError(self.where, self.problems)
        given = PriceSource(self.source_id, self.title, "prices of a price file or of --price options", self.as_of)
        return Overrides(tuple(self.entries.values()), MappingProxyType({given.id: given, **self.sources}))

    def document(self, document: object) -> None:
        """Read a decoded price file."""
        if not isinstance(document, dict):
            self.refuse(self.where, "a price file is a JSON object", f"Its sections are {', '.join(_KINDS)}.")
            return
        for name in document:
            if name not in _SECTIONS:
                remedy = f"Allowed are {', '.join(_SECTIONS)}.{suggestion(str(name), _SECTIONS)}"
                self.refuse(self.where, f"the section {quoted(name)} is not known", remedy)
        self._head(document)
        for kind in _KINDS:
            self._section(kind, document.get(kind, {}))
        self._table(document.get("sources", {}), document.get("entries", []))

    def price(self, place: str, kind: str, key: str, value: object, told: _Provenance | None = None) -> None:
        """Accept one price or note what is wrong with it, key and value both."""
        if kind not in _KINDS:
            remedy = f"Allowed are {', '.join(_KINDS)}.{suggestion(kind, _KINDS)}"
            self.refuse(place, f"the kind of price {quoted(kind)} is not known", remedy)
            return
        known = PriceKind(kind)
        name, span = self._checked_key(place, known, key), self._checked_range(place, known, value)
        if name is None or span is None:
            return
        slot = (known, folded(name))
        if slot in self.entries:
            self.refuse(place, f"{known.value} of {name} is given twice", "Keep one of them.")
            return
        provenance = told or _Provenance(self.as_of, (self.source_id,))
        self.entries[slot] = PriceEntry(
            id=_PREFIX + entry_id(known, name),
            kind=known,
            key=name,
            value=span,
            unit=UNIT_OF[known],
            as_of=provenance.as_of,
            source=provenance.source,
            note=provenance.note,
            is_override=True,
        )

    def _checked_key(self, place: str, kind: PriceKind, key: str) -> str | None:
        try:
            return key_of(kind, key)
        except RuleError as fault:
            self.refuse(place, fault.what, fault.remedy)
            return None

    def _checked_range(self, place: str, kind: PriceKind, value: object) -> Range | None:
        try:
            return range_of(kind, value)
        except RuleError as fault:
            self.refuse(place, fault.what, fault.remedy)
            return None

    def _head(self, document: Mapping[str, object]) -> None:
        self.as_of = self._date(self.where, document.get("as_of", ""))
        title = document.get("title", self.title)
        if _is_line(title):
            self.title = str(title)
        else:
            self.refuse(self.where, f"the title {quoted(title)} is no line of text", "Say where the prices come from.")
        if document.get("currency", "USD") != "USD":
            what = f"the currency is {quoted(document['currency'])}"
            self.refuse(self.where, what, "clusop counts in US dollars (USD); convert the prices first.")
        if document.get("format", FORMAT) != FORMAT:
            self.refuse(self.where, f"the format {quoted(document['format'])} is not known", f"Write {FORMAT}.")

    def _section(self, kind: str, section: object) -> None:
        if not isinstance(section, dict):
            remedy = f"Give an object from {KEY_FORM[PriceKind(kind)]}, to its value."
            self.refuse(f"{self.where}: {kind}", f"{quoted(section)} is no object", remedy)
            return
        for key, value in section.items():
            self.price(f"{self.where}: {kind} {quoted(key)}", kind, str(key), value)

    def _date(self, place: str, value: object) -> str:
        if isinstance(value, str) and (not value or _DATE.match(value)):
            return value
        self.refuse(place, f"as_of {quoted(value)} is no date", "Write 2026-11 or 2026-11-22.")
        return ""

    def _table(self, sources: object, entries: object) -> None:
        if not isinstance(sources, dict) or not isinstance(entries, list):
            remedy = "docs/prices.md shows the form of the table."
            self.refuse(self.where, "sources must be an object and entries a list", remedy)
            return
        for name, source in sources.items():
            self._source(f"{self.where}: source {quoted(name)}", _NAMED + str(name), source)
        for number, entry in enumerate(entries, start=1):
            self._entry(f"{self.where}: entry {number}", entry)

    def _source(self, place: str, name: str, source: object) -> None:
        if not isinstance(source, dict) or not all(_is_line(source.get(one, "")) for one in _SOURCE_FIELDS):
            self.refuse(place, "a source is an object of texts", f"Its fields are {', '.join(_SOURCE_FIELDS)}.")
            return
        as_of = self._date(place, source.get("as_of", ""))
        self.sources[name] = PriceSource(
            name, source.get("title", name.removeprefix(_NAMED)), source.get("what", ""), as_of
        )

    def _entry(self, place: str, entry: object) -> None:
        allowed = f"Its fields are {', '.join(_ENTRY_FIELDS)}."
        if not isinstance(entry, dict):
            self.refuse(place, f"{quoted(entry)} is no object", allowed)
            return
        faults = [f"the field {quoted(name)} is not known" for name in entry if name not in _ENTRY_FIELDS]
        faults += [f"{name} is missing" for name in ("kind", "key", "value") if name not in entry]
        faults += [f"{name} is no text" for name in ("kind", "key", "note") if not _is_line(entry.get(name, ""))]
        if faults:
            self.refuse(place, ", ".join(faults), allowed)
            return
        kind, key = entry["kind"], entry["key"]
        unit = UNIT_OF[PriceKind(kind)] if kind in _KINDS else ""
        if unit and entry.get("unit", unit) != unit:
            self.refuse(place, f"the unit {quoted(entry['unit'])} is not that of {kind}", f"Give it in {unit}.")
            return
        told = _Provenance(
            as_of=self._date(place, entry.get("as_of", self.as_of)),
            source=self._named_sources(place, entry.get("source", [])),
            note=entry.get("note", ""),
        )
        # Other spellings share the price: each becomes an entry, or half of them would keep the table's price.
        also = entry.get("also", [])
        if not isinstance(also, list) or not all(isinstance(other, str) for other in also):
            self.refuse(place, f"also {quoted(also)} is no list of keys", allowed)
            return
        for spelling in (key, *also):
            self.price(f"{place} {quoted(spelling)}", kind, spelling, entry["value"], told)

    def _named_sources(self, place: str, names: object) -> tuple[str, ...]:
        listed = [names] if isinstance(names, str) else names
        if not isinstance(listed, list) or any(f"{_NAMED}{name}" not in self.sources for name in listed):
            self.refuse(place, f"the source {quoted(names)} is not in sources", "Name a source this file describes.")
            return ()
        return tuple(f"{_NAMED}{name}" for name in listed) or (self.source_id,)


def _is_line(text: object) -> bool:
    # What a file says ends up on terminals and pages: no control characters.
    return isinstance(text, str) and text.isprintable()
