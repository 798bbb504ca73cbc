"""When digests may go out: on each day that is not quiet throughout there is a time for it, whatever the quiet hours."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from clusop.service.suppression.digests import is_digest_time
from clusop.service.suppression.policy import Policy
from clusop.service.suppression.quiet_hours import QuietHours, local_time, minute_of

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE_MS = 60_000


def begins(policy, first_day, days=4):
    """When the time for a digest begins on each local day from ``first_day`` on, as that day and the clock there."""
    start_ms = int(datetime.fromisoformat(first_day).replace(tzinfo=timezone.utc).timestamp()) * 1000
    found = {}
    for minute in range(days * 1_440):
        now_ms = start_ms + minute * MINUTE_MS
        local = local_time(now_ms, policy.time_zone)
        if is_digest_time(policy, now_ms):
            assert not policy.quiet_hours.covers(local)
            found.setdefault(local.strftime("%a"), local.strftime("%H:%M"))
    return found


def policy_of(quiet, at, zone="UTC"):
    hours, minutes = at.split(":")
    return Policy(quiet_hours=quiet, digest_minute=int(hours) * 60 + int(minutes), time_zone=ZoneInfo(zone))


def between(start, end, *days):
    return QuietHours(*(int(each[:2]) * 60 + int(each[3:]) for each in (start, end)), frozenset(days))


@pytest.mark.parametrize(
    ("quiet", "at", "begin"),
    [
        (QuietHours(), "09:00", "09:00"),
        (between("19:00", "07:30"), "09:00", "09:00"),
        (between("19:00", "07:30"), "06:00", "07:30"),
        (between("12:00", "14:00"), "13:00", "14:00"),
        # From the set time until midnight it is quiet: the next morning, or whenever that ends.
        (between("18:00", "08:00"), "19:00", "08:00"),
        (between("08:30", "07:00"), "09:00", "07:00"),
        (between("09:00", "00:00"), "09:00", "00:00"),
        (between("00:01", "00:00"), "23:59", "00:00"),
        (between("00:00", "23:59"), "00:00", "23:59"),
    ],
)
def test_every_day_has_a_time_for_its_digest(quiet, at, begin):
    # Monday to Thursday.
    assert begins(policy_of(quiet, at), "2026-11-23") == dict.fromkeys(("Mon", "Tue", "Wed", "Thu"), begin)


@pytest.mark.parametrize(("at", "begin"), [("09:00", "09:00"), ("20:00", "07:30")])
def test_a_day_that_is_quiet_throughout_has_none_and_the_next_has_one_at_its_own_time(at, begin):
    policy = policy_of(between("19:00", "07:30", 5, 6), at)
    # Friday to Monday.
    assert begins(policy, "2026-11-27") == {"Fri": begin, "Mon": begin}


def test_whatever_the_hours_each_day_has_a_time():
    for start in range(0, 1_440, 241):
        for end in range(0, 1_440, 239):
            quiet = QuietHours(start, end)
            for minute in range(0, 1_440, 199):
                first = quiet.first_free_minute(minute)
                day = datetime(2026, 11, 23, first // 60, first % 60, tzinfo=timezone.utc)
                assert minute_of(day) == first
                assert not quiet.covers(day)
                skipped = range(minute, first if first >= minute else first + 1_440)
                assert all(quiet.covers(day.replace(hour=each // 60 % 24, minute=each % 60)) for each in skipped)


@pytest.mark.parametrize("first_day", ["2026-10-24", "2026-03-28"], ids=["set-back", "set-forward"])
def test_a_change_of_clocks_takes_no_morning_away(first_day):
    # Saturday to Monday in Berlin, an hour or two ahead of UTC.
    told = begins(policy_of(between("18:00", "08:00"), "19:00", "Europe/Berlin"), first_day, days=3)
    assert told == dict.fromkeys(("Sat", "Sun", "Mon"), "08:00")


def test_an_hour_that_the_clock_leaves_out_moves_the_digest_to_the_end_of_it():
    # On Sunday, 2026-03-29, Berlin has no half past two.
    told = begins(policy_of(between("22:00", "02:30"), "23:00", "Europe/Berlin"), "2026-03-28", days=3)
    assert told == {"Sat": "02:30", "Sun": "03:00", "Mon": "02:30"}
