"""What certifications saw (DESIGN §12): which shapes fall back on the runtime at hand and run natively on a newer one. Pure.

An upgrade is proposed from runs only. The same fixture must have fallen back on this very runtime with the same cause at the
same operator, through the same function where the engine stumbled over one, and have run natively on the newer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from clusop.analysis.economics.upgrade import CertifiedGain
from clusop.units import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.analysis.assessment import Finding

__all__ = ["NO_CERTIFICATES", "Certificates", "CertifiedFixture", "CertifiedRuntime", "Shape"]

Shape: TypeAlias = "tuple[str, str, frozenset[str]]"
"""A cause, the operator it stands at, and the functions the engine stumbled over there."""

_NUMBERS = re.compile(r"\d+")
_MAJOR_MINOR = 2
# What stays on the JVM on every runtime, or names no shape at all.
_NO_SHAPE = frozenset({"unexplained", "whole-plan-jvm"})
_NEEDS_A_FUNCTION = frozenset({"unsupported-expression"})


@dataclass(frozen=True, slots=True)
class CertifiedFixture:
    """One fixture on one runtime. ``shapes`` are those that fell back; ``run_ms`` is the task time of its runs, least and most,
    ``None`` where it is not known.
    """

    name: str
    is_native: bool
    shapes: frozenset[Shape] = frozenset()
    run_ms: Range | None = None


@dataclass(frozen=True, slots=True)
class CertifiedRuntime:
    """A certification of one engine on one runtime. ``release`` is the runtime's own number (``13.3``)."""

    engine: str
    release: str
    label: str
    made_on: str
    fixtures: tuple[CertifiedFixture, ...]


@dataclass(frozen=True, slots=True)
class Certificates:
    """All certifications at hand."""

    runtimes: tuple[CertifiedRuntime, ...] = ()

    def gain(self, engine: str, release: str, findings: Iterable[Finding]) -> CertifiedGain | None:
        """The gain of the lowest newer runtime that runs all of ``findings`` natively; ``None`` where none was seen to, or where
        the runtime at hand was not certified.
        """
        shapes = [_shape(finding) for finding in findings]
        here = next((one for one in self.runtimes if (one.engine, one.release) == (engine, release)), None)
        if here is None or not shapes or not all(map(_is_exact, shapes)):
            return None
        newer = [one for one in self.runtimes if one.engine == engine and _order(one.release) > _order(release)]
        for runtime in sorted(newer, key=lambda one: _order(one.release)):
            pairs = [_cured(here, runtime, shape) for shape in shapes]
            if all(pairs):
                return _gain(here, runtime, [pair for pair in pairs if pair is not None])
        return None


NO_CERTIFICATES = Certificates()


def _shape(finding: Finding) -> Shape:
    return finding.cause, finding.operator, frozenset(finding.functions)


def _is_exact(shape: Shape) -> bool:
    cause, _, functions = shape
    return cause not in _NO_SHAPE and (bool(functions) or cause not in _NEEDS_A_FUNCTION)


def _order(release: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _NUMBERS.findall(release))[:_MAJOR_MINOR]


def _cured(
    here: CertifiedRuntime, newer: CertifiedRuntime, shape: Shape
) -> tuple[CertifiedFixture, CertifiedFixture] | None:
    natively = {one.name: one for one in newer.fixtures if one.is_native}
    for fixture in here.fixtures:
        # Only this shape: where a fixture had two, nobody can tell which of them is native now.
        if fixture.name in natively and fixture.shapes == {shape}:
            return fixture, natively[fixture.name]
    return None


def _gain(
    here: CertifiedRuntime, newer: CertifiedRuntime, pairs: list[tuple[CertifiedFixture, CertifiedFixture]]
) -> CertifiedGain:
    names = ", ".join(dict.fromkeys(before.name for before, _ in pairs))
    evidence = f"{names} fell back on {here.label} ({here.made_on}) and ran natively on {newer.label} ({newer.made_on})"
    lows, highs = zip(*(_times(before, after) for before, after in pairs), strict=True)
    return CertifiedGain(newer.label, Range(min(lows), max(highs)), evidence)


def _times(before: CertifiedFixture, after: CertifiedFixture) -> tuple[Fraction, Fraction]:
    """How many times faster, at least and at most; at least 1, since a slower run proves no loss on a busy machine. Without
    times the gain is not known and none is assumed.
    """
    if before.run_ms is None or after.run_ms is None or not after.run_ms.low:
        return Fraction(1), Fraction(1)
    low = Fraction(before.run_ms.low) / Fraction(after.run_ms.high)
    high = Fraction(before.run_ms.high) / Fraction(after.run_ms.low)
    return max(Fraction(1), low), max(Fraction(1), high)
