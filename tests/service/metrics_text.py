"""The text form of Prometheus, read as a scraper would."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

__all__ = ["value_of"]


def value_of(text: str, name: str, **labels: str) -> float:
    """The value of a sample, 0 where nothing was counted yet."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return 0.0
