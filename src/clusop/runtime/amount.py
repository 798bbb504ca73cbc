"""Micro-dollars, shares and milliseconds as a notebook shows them."""

from __future__ import annotations

__all__ = ["duration", "money", "share"]

_ALL = 100
_MICRO = 1_000_000
_CENT = 10_000
_MS_PER_S = 1000
_TENTHS_BELOW_S = 100


def money(figure: object) -> str:
    """A figure of the agent: ``$0``, ``< $0.01``, ``$0.12``, ``$0.12 to $0.15``; for one without a price, ``not priced``."""
    if not isinstance(figure, dict):
        return ""
    low, high = figure.get("low_microusd"), figure.get("high_microusd")
    if not isinstance(low, int) or not isinstance(high, int):
        return "not priced"
    first, last = _usd(low), _usd(high)
    return first if first == last else f"{first} to {last}"


def share(ratio: object) -> str:
    """A share of 1 in percent; neither 0 nor 100 is reached by rounding."""
    if isinstance(ratio, bool) or not isinstance(ratio, (int, float)):
        return ""
    percent = round(ratio * 100)
    if ratio > 0 and percent == 0:
        return "< 1 %"
    return "> 99 %" if ratio < 1 and percent >= _ALL else f"{percent} %"


def duration(time_ms: object) -> str:
    """Milliseconds as ``12 ms``, ``3.2 s``, ``3,818 s``."""
    if isinstance(time_ms, bool) or not isinstance(time_ms, (int, float)):
        return ""
    seconds = time_ms / _MS_PER_S
    if seconds < 1:
        return f"{round(time_ms)} ms"
    return f"{seconds:.1f} s" if seconds < _TENTHS_BELOW_S else f"{round(seconds):,} s"


def _usd(amount_microusd: int) -> str:
    if amount_microusd == 0:
        return "$0"
    if abs(amount_microusd) < _CENT:
        return "< $0.01" if amount_microusd > 0 else "> -$0.01"
    sign = "-" if amount_microusd < 0 else ""
    return f"{sign}${abs(amount_microusd) / _MICRO:,.2f}"
