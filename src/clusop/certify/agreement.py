"""How often the analysis and the engine agree: catch rate, false alarms, with intervals, and every disagreement by name. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.certify.cell import Cell

__all__ = ["Agreement", "Disagreement", "Rate", "agreement_of", "wilson"]

_OFF = frozenset({"fallback", "partial", "not-accelerated"})


@dataclass(frozen=True, slots=True)
class Rate:
    """``successes`` of ``trials``, with the 95 % Wilson score interval (E. B. Wilson, 1927); nothing tried is 0 to 1."""

    successes: int
    trials: int

    @property
    def interval(self) -> tuple[float, float]:
        """Both ends, 0..1."""
        return wilson(self.successes, self.trials)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A fixture where the analysis, without the engine's words, and the engine's own account differ. ``kind``: ``miss`` (the
    engine says that something is off, the analysis does not) or ``false-alarm``. ``explanation`` is what the fixture declares
    about it, ``""`` for none.
    """

    fixture: str
    kind: str
    said: str
    engine_says: tuple[tuple[str, str], ...]
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """``caught``: of the fixtures of which the engine says that something is off, those the analysis says so of too.
    ``false_alarms``: of those the engine calls wholly native, those the analysis does not. ``unheard`` names the fixtures of
    which the engine said nothing, ``untold`` those of which the analysis says that it does not know.
    """

    caught: Rate
    false_alarms: Rate
    disagreements: tuple[Disagreement, ...]
    unheard: tuple[str, ...]
    untold: tuple[str, ...]


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The Wilson score interval of a proportion, 95 % by default."""
    if trials == 0:
        return 0.0, 1.0
    share, z2 = successes / trials, z * z
    centre = share + z2 / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    scale = 1 + z2 / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def agreement_of(cells: Iterable[Cell]) -> Agreement:
    """Hold the masked verdicts against the engine's account. Nothing is averaged away: what differs is listed."""
    caught = off = alarms = clean = 0
    differing: list[Disagreement] = []
    unheard: list[str] = []
    untold: list[str] = []
    for cell in cells:
        witnesses = cell.witnesses
        if witnesses is None or witnesses.masked is None or witnesses.engine_off is None:
            unheard.append(cell.fixture)
            continue
        if witnesses.masked.verdict == "unknown":
            untold.append(cell.fixture)
        says_off = witnesses.masked.verdict in _OFF
        if witnesses.engine_off:
            off += 1
            caught += says_off
        else:
            clean += 1
            alarms += says_off
        if says_off != witnesses.engine_off:
            kind = "false-alarm" if says_off else "miss"
            said = " ".join((witnesses.masked.verdict, *witnesses.masked.causes))
            differing.append(Disagreement(cell.fixture, kind, said, witnesses.engine_says, cell.disagreement))
    return Agreement(Rate(caught, off), Rate(alarms, clean), tuple(differing), tuple(unheard), tuple(untold))
