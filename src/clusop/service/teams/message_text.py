"""The same messages as plain text, for channels other than Teams."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from clusop.pricing.price import Unpriced
from clusop.service.teams.amount_text import core_hours_text, figure_text
from clusop.service.teams.digest_card import digest_headline
from clusop.service.teams.plain_text import plain
from clusop.service.teams.problem_card import headline, is_projected
from clusop.service.teams.words import (
    PROJECTED,
    advice_of,
    gist,
    instant,
    legs_text,
    operator_text,
    rate_text,
    saving_text,
    share_text,
    where,
)

if TYPE_CHECKING:
    from clusop.service.teams.told import CardFacts, DigestFacts

__all__ = ["digest_text", "problem_text"]

_NAME_CHARS = 80


def problem_text(facts: CardFacts) -> str:
    """``{"title", "text"}`` as JSON."""
    lines = [where(facts.place), gist(facts.cause)]
    lines += ["It was resolved and came back."] if facts.is_back else []
    lines += [f"{label}: {plain(name, _NAME_CHARS)}" for label, name in _people(facts) if name]
    if facts.sighting is not None:
        lines.append(f"Operator: {operator_text(facts.sighting)}; {share_text(facts.sighting)}")
    lines.append(f"Seen: {rate_text(facts.rate)}; last {instant(facts.last_seen_at_ms)}")
    if isinstance(facts.savings, Unpriced):
        lines.append(f"Avoidable: {figure_text(facts.savings)}")
    if not isinstance(facts.exposures, Unpriced):
        lines += [f"Premium: {figure_text(figure)} per 30 days" for figure in facts.exposures]
    lines += [f"How sure: {legs_text(facts.legs)}"] if facts.legs else []
    advice = advice_of(facts)
    lines += [f"What to do: {advice.instead}"] if advice.instead else []
    lines += [PROJECTED] if is_projected(facts) else []
    lines += [facts.links.problem] if facts.links is not None else []
    return _packed(headline(facts), lines)


def digest_text(facts: DigestFacts) -> str:
    """``{"title", "text"}`` as JSON."""
    lines = [f"{facts.date}, team {plain(facts.team, _NAME_CHARS) or 'not known'}"]
    lines += [
        f"{saving_text(line.savings)} per 30 days  {where(line.place)}: {gist(line.cause)} {line.link}"
        for line in facts.priced
    ]
    for line in facts.unpriced:
        hours = f"{core_hours_text(line.core_hours)} per 30 days" if line.core_hours is not None else "time not known"
        lines.append(f"{hours}  {where(line.place)}: {gist(line.cause)} {line.link}")
    lines += [PROJECTED] if facts.priced or facts.unpriced else []
    lines += [f"Message of {instant(each.created_at_ms)}, {each.state}: {each.sentence}" for each in facts.unsettled]
    lines += [facts.link] if facts.link else []
    return _packed(digest_headline(facts), lines)


def _people(facts: CardFacts) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("Team", facts.place.team), ("Owner", facts.place.owner)


def _packed(title: str, lines: list[str]) -> str:
    return json.dumps({"title": title, "text": "\n".join(line.strip() for line in lines if line.strip())})
