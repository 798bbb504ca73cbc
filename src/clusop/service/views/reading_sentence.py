"""A reading of the bill that came to its end, in a sentence: how many hours, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["reading_sentence"]


def reading_sentence(counts: Mapping[str, object], why: str, *, is_of_one: bool) -> str:
    """``counts`` are of what the reader may see; ``why`` the tier is no better, or nothing. ``is_of_one``: of one workspace's
    hours only, those that the reading wrote.

    >>> reading_sentence({"hours": 3, "new": 1, "provisional": 2}, "", is_of_one=False)
    '3 billed hours were read: 1 new, 2 provisional.'
    """
    hours, left = _many(counts, "hours"), _many(counts, "left_the_bill")
    parts = [f"{_many(counts, name):,} {name}" for name in ("new", "corrected", "provisional") if _many(counts, name)]
    unpriced = _unpriced(counts)
    parts += [f"{unpriced:,} without a price"] if unpriced else []
    told = [_hours(hours, is_of_one=is_of_one) + (f": {', '.join(parts)}." if parts else ".")]
    if left:
        told.append(f"{_counted(left, 'stored hour is', 'stored hours are')} on the bill no more.")
    return " ".join([*told, why] if why else told)


def _hours(hours: int, *, is_of_one: bool) -> str:
    if is_of_one:
        return f"{_counted(hours, 'hour')} of your workspace {'was' if hours == 1 else 'were'} found or changed"
    if not hours:
        return "No hour was billed of what agents told of"
    return f"{_counted(hours, 'billed hour was', 'billed hours were')} read"


def _many(counts: Mapping[str, object], name: str) -> int:
    many = counts.get(name, 0)
    return many if isinstance(many, int) else 0


def _unpriced(counts: Mapping[str, object]) -> int:
    by_reason = counts.get("unmatched")
    return sum(many for many in by_reason.values() if isinstance(many, int)) if isinstance(by_reason, Mapping) else 0


def _counted(many: int, singular: str, several: str = "") -> str:
    return f"{many:,} {singular if many == 1 else several or f'{singular}s'}"
