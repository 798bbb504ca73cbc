"""What ingest counts about itself, for Prometheus. Each service has a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

__all__ = ["Meters"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Meters:
    """Counters by outcome, and how groups are committed."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.records = Counter(
            "clusop_records",
            "Records by what became of them: accepted, known, refused.",
            ["outcome"],
            registry=self.registry,
        )
        self.refused = Counter(
            "clusop_refused_records", "Refused records by reason.", ["reason"], registry=self.registry
        )
        self.batches = Counter(
            "clusop_batches",
            "Batches by what they were answered: 200, 400, 413, 429, 503.",
            ["status"],
            registry=self.registry,
        )
        self.waiting = Gauge(
            "clusop_waiting_batches", "Batches on their way into the database.", registry=self.registry
        )
        self.commit_seconds = Histogram(
            "clusop_commit_seconds", "Time of one group's transaction.", buckets=_SECONDS, registry=self.registry
        )
        self.group_batches = Histogram(
            "clusop_group_batches", "Batches committed together.", buckets=_BATCHES, registry=self.registry
        )

    def told(self, batch_count: int, took_ms: float) -> None:
        """One group is committed."""
        self.group_batches.observe(batch_count)
        self.commit_seconds.observe(took_ms / 1000)
