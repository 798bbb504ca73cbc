"""Where task time went, in words and as parts of a bar."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import RatioBasis
from clusop.report.amounts import duration, share
from clusop.report.scrub import one_line
from clusop.report.view import Slice

if TYPE_CHECKING:
    from clusop.analysis.assessment import TimeSplit

__all__ = ["TIME_BASIS_WORDS", "time_notes", "time_sentence", "time_slices"]

TIME_BASIS_WORDS = {
    RatioBasis.MEASURED: "measured per task",
    RatioBasis.PROFILE: "from the query profile",
    RatioBasis.OPERATORS: "from operator metrics",
    RatioBasis.STRUCTURE: "by operators, without times",
}


def time_sentence(split: TimeSplit, *, has_engine: bool = True) -> str:
    """``3,748 s of 3,818 s of task time on the engine (98 %), measured per task.``, or why that is not known. Where
    no engine was on (``has_engine``), there is no share of it to miss.
    """
    if split.run_ms is None:
        why = one_line(split.reasons[0].sentence) if split.reasons else "This source has no task times."
        return f"Cannot tell how long it ran: {why}"
    if not has_engine:
        return f"{duration(split.run_ms)} of task time, without a native engine."
    ratio = split.native_ratio
    if ratio is None and split.island_ms:
        bound = share(split.island_ms / split.run_ms, is_upper_bound=True)
        return f"{duration(split.run_ms)} of task time, {bound} of it in stages with islands: an upper bound."
    if split.native_ms is None or ratio is None:
        why = one_line(split.reasons[0].sentence) if split.reasons else "The engine's own time is not in this source."
        return f"{duration(split.run_ms)} of task time; cannot tell how much of it on the engine: {why}"
    basis = TIME_BASIS_WORDS[split.ratio_basis]
    return (
        f"{duration(split.native_ms)} of {duration(split.run_ms)} of task time on the engine ({share(ratio)}), {basis}."
    )


def time_slices(split: TimeSplit, *, is_upper_bound: bool = False) -> tuple[Slice, ...]:
    """The classes of run time that are known and not nothing, the engine's first. ``is_upper_bound`` is said of islands."""
    if not split.run_ms:
        return ()
    classes = (
        ("on the engine", split.native_ms, "native"),
        ("islands", split.island_ms, "fallback"),
        ("row sources", split.row_source_ms, "partial"),
        ("hand-over", split.boundary_ms, "boundary"),
        ("warm-up and unexplained", split.unexplained_ms, "unknown"),
    )
    return tuple(
        Slice(
            label,
            duration(time_ms),
            share(time_ms / split.run_ms, is_upper_bound=is_upper_bound and tone == "fallback"),
            float(min(time_ms / split.run_ms, Fraction(1)) * 100),
            tone,
        )
        for label, time_ms, tone in classes
        if time_ms is not None and time_ms > 0
    )


def time_notes(split: TimeSplit) -> tuple[str, ...]:
    """What is said beside the split: time lost outside of it, and what limits it."""
    notes = [one_line(reason.sentence) for reason in split.reasons]
    if split.lost_ms:
        notes.append(f"{duration(split.lost_ms)} more went into failed, killed or losing tasks.")
    return tuple(dict.fromkeys(notes))
