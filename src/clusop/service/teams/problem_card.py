"""The card of one problem. Pure: the same facts give the same bytes.

What goes first where it is too long, in this order: tags; before and after; the formula of the sighting with all its inputs;
what lowered the confidence; the formula of the projection; cluster and runtime. Headline, place, evidence, amounts, advice and
basis always stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.pricing.price import Unpriced
from clusop.service.teams.amount_text import core_hours_text, figure_text, money, number, percent
from clusop.service.teams.elements import code_block, fact_set, heading, label, named, open_url, runs, text_block
from clusop.service.teams.envelope import Element, Part, fitted
from clusop.service.teams.plain_text import plain
from clusop.service.teams.words import (
    BASES,
    ENGINES,
    PROJECTED,
    advice_of,
    bare,
    formula_text,
    gist,
    input_label,
    instant,
    legs_text,
    operator_text,
    rate_text,
    saving_text,
    share_text,
    where,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clusop.analysis.figure import Figure
    from clusop.service.teams.told import CardFacts

__all__ = ["headline", "is_projected", "problem_card"]

_TAGS, _EXAMPLE, _SIGHTING_FORMULA, _DOUBTS, _RATE_FORMULA, _DETAILS = range(6, 0, -1)
_MOST_DOUBTS = 6
_MOST_TAGS = 8
_MOST_PRICES = 6
_PRICE_CHARS, _VALUE_CHARS = 80, 160
_REPEATED = frozenset({"of", "sightings"})


def problem_card(facts: CardFacts) -> Element:
    """The whole message."""
    parts = [
        Part(tuple(_head(facts))),
        Part((fact_set(_evidence(facts)),)),
        *_details(facts),
        *_advice(facts),
        *_formulas(facts),
        Part(tuple(_ground(facts))),
    ]
    links = facts.links
    actions = (
        []
        if links is None
        else [
            open_url("Open the problem", links.problem),
            open_url("Acknowledge …", links.acknowledge),
            open_url("Snooze …", links.snooze),
        ]
    )
    return fitted(parts, actions, f"{headline(facts)}. {gist(facts.cause)} {where(facts.place)}")


def headline(facts: CardFacts) -> str:
    """``$38–113 (modeled) avoidable per 30 days``, or core-hours where there are no dollars."""
    if not isinstance(facts.savings, Unpriced) and facts.savings:
        return f"{saving_text(facts.savings)} avoidable per 30 days"
    if facts.core_hours is not None:
        return f"{core_hours_text(facts.core_hours)} off the engine per 30 days"
    return "Work off the engine"


def is_projected(facts: CardFacts) -> bool:
    """Whether any amount of it is one per 30 days."""
    return facts.core_hours is not None or any(
        not isinstance(figures, Unpriced) and figures for figures in (facts.savings, facts.exposures)
    )


def _head(facts: CardFacts) -> Iterator[Element]:
    yield text_block(headline(facts), size="Large", weight="Bolder", style="heading")
    yield runs(named(where(facts.place), weight="Bolder"), spacing="Small")
    if facts.is_back:
        yield text_block("It was resolved and came back.", color="Attention", spacing="Small")
    yield text_block(gist(facts.cause), spacing="Small")
    for whose, name in (("Team", facts.place.team), ("Owner", facts.place.owner)):
        if name:
            # A name on a line of its own turns no other text around.
            yield runs(label(f"{whose}: ", isSubtle=True), named(name, limit=80), spacing="None")


def _evidence(facts: CardFacts) -> Iterator[tuple[str, str]]:
    yield "Engine", ENGINES.get(facts.place.engine, facts.place.engine)
    yield "Cause", facts.cause
    if facts.sighting is not None:
        yield "Operator", operator_text(facts.sighting)
        yield "Off the engine", share_text(facts.sighting)
        yield "Called at", facts.sighting.call_site
    elif facts.time_share is not None:
        yield "Off the engine", f"{percent(facts.time_share)} of task time"
    yield "Seen", f"{rate_text(facts.rate)}; last {instant(facts.last_seen_at_ms)}"
    yield from _amounts(facts)
    yield "How sure", legs_text(facts.legs)


def _amounts(facts: CardFacts) -> Iterator[tuple[str, str]]:
    if isinstance(facts.savings, Unpriced):
        yield "Avoidable", figure_text(facts.savings)
        if facts.core_hours is not None:
            yield "Core time", f"{core_hours_text(facts.core_hours)} off the engine per 30 days"
    else:
        for saving in facts.savings:
            what, more = ("Frees", " of capacity, no cash") if saving.is_capacity else ("Saves", "")
            basis = saving.per_30_days.basis
            yield f"{what} per run", f"{money(saving.per_run_usd)} ({basis}){more}"
            yield f"{what} per 30 days", f"{figure_text(saving.per_30_days)}{more}"
    if isinstance(facts.exposures, Unpriced):
        yield "Premium", figure_text(facts.exposures)
    else:
        told = " and ".join(figure_text(figure) for figure in facts.exposures)
        yield "Premium per 30 days", told


def _details(facts: CardFacts) -> Iterator[Part]:
    place = facts.place
    pairs = [(name, text) for name, text in (("Cluster", place.cluster), ("Runtime", place.dbr)) if text]
    if pairs:
        yield Part((fact_set(pairs),), _DETAILS)
    doubts = list(dict.fromkeys(reason for leg in facts.legs for reason in leg.reasons))[:_MOST_DOUBTS]
    told = [sentence for doubt in doubts if (sentence := bare(doubt))]
    if told:
        yield Part((text_block(f"Less sure because: {' '.join(told)}", isSubtle=True, size="Small"),), _DOUBTS)
    tags = list(place.tags.items())[:_MOST_TAGS]
    if tags:
        lines = [_tag(key, value) for key, value in tags]
        yield Part(tuple(lines), _TAGS)


def _advice(facts: CardFacts) -> Iterator[Part]:
    entry = advice_of(facts)
    if not entry.instead:
        return
    yield Part((heading("What to do"), text_block(entry.instead, spacing="Small")))
    if entry.before and entry.after:
        labels = [text_block(word, isSubtle=True, size="Small", spacing="Small") for word in ("Before", "After")]
        yield Part((labels[0], code_block(entry.before), labels[1], code_block(entry.after)), _EXAMPLE)


def _formulas(facts: CardFacts) -> Iterator[Part]:
    savings = () if isinstance(facts.savings, Unpriced) else facts.savings
    if savings:
        figures = [saving.per_30_days for saving in savings]
        elements = [element for figure in figures for element in _formula("per 30 days", figure)]
        yield Part((heading("How it is computed"), *elements), _RATE_FORMULA)
    sighting = facts.sighting
    if sighting is not None and savings and not isinstance(sighting.figure, Unpriced):
        runs_word = "run that shows" if sighting.runs == 1 else f"{sighting.runs} runs that show"
        yield Part(tuple(_formula(f"for the {runs_word} it best", sighting.figure)), _SIGHTING_FORMULA)


def _formula(what: str, figure: Figure) -> tuple[Element, ...]:
    inputs = [f"{input_label(name)} {_value(text)}" for name, text in figure.inputs.items() if name not in _REPEATED]
    prices = ", ".join(plain(price, _PRICE_CHARS) for price in figure.price_ids[:_MOST_PRICES])
    more = f" and {len(figure.price_ids) - _MOST_PRICES} more" if len(figure.price_ids) > _MOST_PRICES else ""
    told = f"{'; '.join(inputs)}{f'. Prices: {prices}{more}' if prices else ''}."
    return (
        text_block(f"{figure_text(figure)} {what} = {formula_text(figure.formula)}", spacing="Small"),
        text_block(f"With {told}", isSubtle=True, size="Small", spacing="None"),
    )


def _value(text: str) -> str:
    """An input's exact text for reading; ``=driver_dbu_per_hour`` says that it is that one."""
    if text.startswith("="):
        return f"as {input_label(text.removeprefix('='))}"
    return plain(number(text), _VALUE_CHARS)


def _tag(key: str, value: str) -> Element:
    return runs(
        named(key, limit=64, isSubtle=True), label(": ", isSubtle=True), named(value, limit=128), spacing="None"
    )


def _ground(facts: CardFacts) -> Iterator[Element]:
    """What the projection and the bases on the card mean, each once."""
    figures: list[Figure] = [] if isinstance(facts.exposures, Unpriced) else list(facts.exposures)
    figures += [] if isinstance(facts.savings, Unpriced) else [saving.per_30_days for saving in facts.savings]
    bases = dict.fromkeys(figure.basis.partition("-")[0] for figure in figures)
    told = [PROJECTED] if is_projected(facts) else []
    told += [BASES[basis] for basis in bases if basis in BASES]
    told.append("clusop proposes; it changes nothing.")
    yield text_block(" ".join(told), isSubtle=True, size="Small", spacing="Medium", separator=True)
