"""Counts requests that were refused, by reason: too fast, no token, wrong scope, queue full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["refusal_meter"]


def refusal_meter(registry: CollectorRegistry) -> Counter:
    """The counter, in ``registry``. Reasons are those of the catalogue, so nobody outside can make labels up."""
    return Counter("clusop_refused_requests", "Refused requests by reason.", ["reason"], registry=registry)
