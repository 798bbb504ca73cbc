"""Quiet hours and days by the wall clock of whoever is told."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from clusop.service.suppression.quiet_hours import QuietHours, day_start_at_ms, local_time

BERLIN = ZoneInfo("Europe/Berlin")


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp() * 1000)


@pytest.mark.parametrize(
    ("quiet", "at", "covered"),
    [
        (QuietHours(19 * 60, 7 * 60), "2026-11-23T18:00", True),
        (QuietHours(19 * 60, 7 * 60), "2026-11-23T17:59", False),
        (QuietHours(19 * 60, 7 * 60), "2026-11-23T05:59", True),
        (QuietHours(19 * 60, 7 * 60), "2026-11-23T06:00", False),
        # In summer Berlin is two hours ahead.
        (QuietHours(19 * 60, 7 * 60), "2026-07-20T17:00", True),
        (QuietHours(12 * 60, 13 * 60), "2026-11-23T11:30", True),
        (QuietHours(), "2026-11-23T00:00", False),
        # Saturday begins in Berlin while it is still Friday in UTC.
        (QuietHours(days=frozenset({5})), "2026-11-27T23:00", True),
        (QuietHours(days=frozenset({5})), "2026-11-28T23:00", False),
        # The night in which the clock is set back: half past two comes twice, and is quiet twice.
        (QuietHours(2 * 60, 3 * 60), "2026-10-25T00:30", True),
        (QuietHours(2 * 60, 3 * 60), "2026-10-25T01:30", True),
        # The night in which it is set forward has no half past two.
        (QuietHours(2 * 60, 3 * 60), "2026-03-29T01:30", False),
    ],
)
def test_quiet(quiet, at, covered):
    assert quiet.covers(local_time(ms(at), BERLIN)) is covered


@pytest.mark.parametrize(
    ("at", "start"),
    [
        ("2026-11-23T12:00", "2026-11-22T23:00"),
        ("2026-11-22T23:00", "2026-11-22T23:00"),
        # Days of 25 and 23 hours.
        ("2026-10-25T22:59", "2026-10-24T22:00"),
        ("2026-03-29T21:59", "2026-03-28T23:00"),
    ],
)
def test_a_day_begins_at_midnight_there(at, start):
    assert day_start_at_ms(ms(at), BERLIN) == ms(start)
