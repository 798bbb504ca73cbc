"""The life of a problem as a table: what may be done in which state, and what it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CHANGES", "EVENT_OF", "STATES", "Change", "ChangeKind", "State", "allowed", "next_state", "state_words"]

State: TypeAlias = Literal["open", "acknowledged", "snoozed", "resolved", "came-back"]
ChangeKind: TypeAlias = Literal["acknowledge", "snooze", "resolve", "reopen"]

STATES: tuple[State, ...] = ("open", "acknowledged", "snoozed", "resolved", "came-back")
CHANGES: tuple[ChangeKind, ...] = ("acknowledge", "snooze", "resolve", "reopen")

# `came-back` is entered by the roll-up, when a resolved problem is seen again, and left by people only.
_NEXT: Mapping[ChangeKind, tuple[State, frozenset[State]]] = MappingProxyType(
    {
        "acknowledge": ("acknowledged", frozenset({"open", "snoozed", "came-back"})),
        # A snooze can be prolonged, and cut short.
        "snooze": ("snoozed", frozenset({"open", "acknowledged", "snoozed", "came-back"})),
        "resolve": ("resolved", frozenset({"open", "acknowledged", "snoozed", "came-back"})),
        "reopen": ("open", frozenset({"acknowledged", "snoozed", "resolved", "came-back"})),
    }
)
EVENT_OF: Mapping[ChangeKind, str] = MappingProxyType(
    {"acknowledge": "acknowledged", "snooze": "snoozed", "resolve": "resolved", "reopen": "reopened"}
)
"""The kind of event that a change leaves in a problem's history."""
_WORDS: Mapping[str, str] = MappingProxyType({"came-back": "back after it was resolved"})


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants to do to a problem, and why.

    ``seen_state`` is the state it had on the page the person looked at, ``seen_since_at_ms`` since when, where that is known:
    if the problem is no longer so, somebody else was quicker, and nothing is done. ``until_at_ms`` is a snooze's end.
    """

    kind: ChangeKind
    reason: str
    seen_state: str
    seen_since_at_ms: int | None = None
    until_at_ms: int | None = None


def next_state(state: str, kind: ChangeKind) -> State | Reason:
    """What a problem in ``state`` becomes by ``kind``, or ``change-not-possible``."""
    after, possible = _NEXT[kind]
    return after if state in possible else Reason("change-not-possible", state_words(state))


def allowed(state: str) -> tuple[ChangeKind, ...]:
    """What may be done to a problem in ``state``: the buttons of its page."""
    return tuple(kind for kind in CHANGES if state in _NEXT[kind][1])


def state_words(state: str) -> str:
    """A state in words that end a sentence."""
    return _WORDS.get(state, state)
