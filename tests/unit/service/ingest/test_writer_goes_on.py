"""The writer outlives whoever asked."""

from __future__ import annotations

from ingest_samples import NOW_MS, line, signal

from clusop.clock import SystemClock
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.ingest.writer import Writer

# Of years: the samples' time is not today's.
_LIMITS = Limits(retain_days=10_000, ahead_days=10_000)


def test_a_sender_that_went_away_takes_no_writer_with_it(database):
    writer = Writer(database, SystemClock(), _LIMITS)
    with database.writing():
        # Nothing can be committed now.
        writer.start()
        gone = writer.submit(batch_of([line(signal(sequence=1, end_at_ms=NOW_MS))]))
        assert gone.cancel()
    kept = writer.submit(batch_of([line(signal(sequence=2, end_at_ms=NOW_MS))]))
    assert kept.result(timeout=60).accepted == 1
    assert writer.is_alive
    writer.stop()
