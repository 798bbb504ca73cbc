"""The digest of a team: once a day, what no card told. Pure, like the card of a problem.

Too long, it loses lines from the end: of messages without confirmation last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.service.teams.amount_text import core_hours_text, plural
from clusop.service.teams.elements import heading, label, named, open_url, runs, text_block
from clusop.service.teams.envelope import Element, Part, fitted
from clusop.service.teams.words import BASES, PROJECTED, gist, instant, saving_text, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clusop.service.teams.told import DigestFacts, DigestLine, UnsettledLine

__all__ = ["digest_card", "digest_headline"]

_STATES = {
    "unconfirmed": "may or may not have arrived",
    "dead": "was not delivered",
}
_UNPRICED_RANK, _PRICED_RANK, _UNSETTLED_RANK = 3, 2, 1
_TEAM_CHARS = 80


def digest_headline(facts: DigestFacts) -> str:
    """``12 more problems, 2 messages unsettled``."""
    problems = len(facts.priced) + facts.more_priced + len(facts.unpriced) + facts.more_unpriced
    unsettled = len(facts.unsettled) + facts.more_unsettled
    told = [f"{plural(problems, 'problem')} not told in cards"] if problems else []
    told += [f"{plural(unsettled, 'message')} not known to have arrived"] if unsettled else []
    return ", ".join(told) or "Nothing to tell"


def digest_card(facts: DigestFacts) -> Element:
    """The whole message."""
    head = [text_block(digest_headline(facts), size="Large", weight="Bolder", style="heading")]
    head.append(
        runs(label(f"{facts.date} · team ", isSubtle=True), named(facts.team or "not known", limit=_TEAM_CHARS))
    )
    parts = [Part(tuple(head))]
    if facts.priced:
        parts.append(Part((heading("By what is avoidable per 30 days"),)))
        parts += [Part(_problem(line, saving_text(line.savings)), _PRICED_RANK) for line in facts.priced]
        parts += _more(facts.more_priced, "problem")
    if facts.unpriced:
        parts.append(Part((heading("Without a price, by core time off the engine per 30 days"),)))
        for line in facts.unpriced:
            hours = core_hours_text(line.core_hours) if line.core_hours is not None else "time not known"
            parts.append(Part(_problem(line, hours), _UNPRICED_RANK))
        parts += _more(facts.more_unpriced, "problem")
    if facts.unsettled:
        parts.append(Part((heading("Messages"),)))
        parts += [Part(_unsettled(line), _UNSETTLED_RANK) for line in facts.unsettled]
        parts += _more(facts.more_unsettled, "message")
    parts.append(Part(tuple(_ground(facts))))
    actions = [open_url("Open the list", facts.link)] if facts.link else []
    return fitted(parts, actions, digest_headline(facts))


def _problem(line: DigestLine, amount: str) -> tuple[Element, ...]:
    link: Element = {"selectAction": open_url("Open the problem", line.link)} if line.link else {}
    return (
        runs(label(f"{amount}  ", weight="Bolder"), named(where(line.place), **link), spacing="Small"),
        text_block(gist(line.cause), isSubtle=True, size="Small", spacing="None"),
    )


def _unsettled(line: UnsettledLine) -> tuple[Element, ...]:
    what = f"The card of problem {line.problem_id}" if line.problem_id is not None else f"The {line.kind}"
    link: Element = {"selectAction": open_url("Open the problem", line.link)} if line.link else {}
    text = f"{_STATES.get(line.state, line.state)} ({instant(line.created_at_ms)})."
    return (
        runs(named(what, **link), label(f" {text}"), spacing="Small"),
        text_block(line.sentence, isSubtle=True, size="Small", spacing="None"),
    )


def _more(many: int, what: str) -> list[Part]:
    return [Part((text_block(f"and {plural(many, f'more {what}')}", isSubtle=True, size="Small"),))] if many else []


def _ground(facts: DigestFacts) -> Iterator[Element]:
    bases = dict.fromkeys(
        saving.per_30_days.basis.partition("-")[0] for line in facts.priced for saving in line.savings
    )
    told = [PROJECTED] if facts.priced or facts.unpriced else []
    told += [BASES[basis] for basis in bases if basis in BASES]
    if told:
        yield text_block(" ".join(told), isSubtle=True, size="Small", spacing="Medium", separator=True)
