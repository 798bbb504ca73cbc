"""Readings of the bill in words: how one went, what of the bill it might read, and what it counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clusop.api.pages.words import reason_words
from clusop.report.amounts import plural
from clusop.report.scrub import cut

if TYPE_CHECKING:
    from clusop.service.views.reconciliations import ReconciliationLine

__all__ = ["count_words", "how_it_went", "is_good", "may_be_read"]

_DONE = "done"
_MODELED = "modeled"
_MAY_BE_READ = {
    _MODELED: "no bill with prices",
    "billed-at-list": "usage and list prices",
    "billed-negotiated": "usage and your own prices",
}
_SENTENCES = {
    "running": "A reading of the bill has begun and has not told its end yet.",
    _DONE: "The bill was read.",
    "failed": "The last reading of the bill failed.",
    "interrupted": "The last reading of the bill did not come to its end.",
}
_NOUNS = {"hours": "hour", "job_owners": "job owner"}
_AFTER = {
    "new": "new",
    "corrected": "corrected",
    "relabeled": "with another label only",
    "provisional": "provisional",
    "left_the_bill": "on the bill no more",
    "rows_written_to_own_tables": "written to clusop's own tables",
}
_CHARS, _NAME_CHARS = 300, 60


def is_good(line: ReconciliationLine) -> bool:
    """Whether it read a bill with prices to its end."""
    return line.outcome == _DONE and line.tier != _MODELED


def how_it_went(line: ReconciliationLine) -> str:
    """How it went, as a sentence."""
    return cut(line.sentence, 600) or _SENTENCES.get(line.outcome, cut(line.outcome, 100))


def may_be_read(line: ReconciliationLine) -> str:
    """What its probe found it may read; ``""`` where it did not come to that. It says nothing of what was billed."""
    if line.tier == _MODELED and line.outcome != _DONE:
        return ""
    return _MAY_BE_READ.get(line.tier, cut(line.tier, 40))


def count_words(counts: Mapping[str, object]) -> tuple[str, ...]:
    """What it counted, each as words; nothing is said of what there was none of."""
    return tuple(words for name, told in counts.items() if told for words in _told(name, told))


def _told(name: str, told: object) -> list[str]:
    if name == "unmatched" and isinstance(told, Mapping):
        return [
            f"{_many(many, 'hour')} without a price: {reason_words(reason).rstrip('.')}"
            for reason, many in told.items()
        ]
    if isinstance(told, list):
        return [reason_words(one) for one in told]
    if name in _NOUNS:
        return [_many(told, _NOUNS[name])]
    if name in _AFTER:
        noun = f"{_many(told, 'row')} " if name.startswith("rows") else f"{_plain(told)} "
        return [f"{noun}{_AFTER[name]}"]
    # A newer clusop may count more than is known here.
    return [f"{cut(name, _NAME_CHARS).replace('_', ' ')}: {_plain(told)}"]


def _many(told: object, noun: str) -> str:
    return plural(told, noun) if isinstance(told, int) else f"{_plain(told)} {noun}s"


def _plain(told: object) -> str:
    """Whatever JSON holds, without its brackets."""
    if isinstance(told, Mapping):
        return ", ".join(f"{cut(str(name), _NAME_CHARS)} {_plain(one)}" for name, one in told.items())
    if isinstance(told, list):
        return ", ".join(_plain(one) for one in told)
    return f"{told:,}" if isinstance(told, int) else cut(str(told), _CHARS)
