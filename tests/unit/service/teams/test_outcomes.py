"""Which answer means what: sent again only where nobody took it."""

from __future__ import annotations

import pytest

from clusop.service.teams.outcome import Fate, outcome_of

NOW_S = 1_795_435_200.0


@pytest.mark.parametrize("status", [200, 202, 204])
def test_taken(status):
    assert outcome_of(status, "", NOW_S).fate is Fate.ACCEPTED


def test_202_is_not_called_delivered():
    assert "not that it was posted" in outcome_of(202, "", NOW_S).reason.sentence


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 410, 413, 418])
def test_refused_for_good(status):
    outcome = outcome_of(status, "5", NOW_S)
    assert outcome.fate is Fate.REFUSED
    assert f"HTTP {status}" in outcome.reason.sentence


@pytest.mark.parametrize("status", [100, 408, 500, 502, 503, 504, 599])
def test_what_may_have_been_taken_is_never_sent_again(status):
    assert outcome_of(status, "", NOW_S).fate is Fate.UNCONFIRMED


@pytest.mark.parametrize(
    ("status", "retry_after", "wait_ms"),
    [
        (429, "", 0),
        (429, "7", 7_000),
        (503, "7", 7_000),
        (503, "Mon, 23 Nov 2026 12:01:00 GMT", 60_000),
        (429, "Mon, 23 Nov 2026 11:00:00 GMT", 0),
        (429, "99999999999999", 6 * 3_600_000),
        (429, "soon", 0),
        (429, "-5", 0),
    ],
)
def test_asked_to_wait(status, retry_after, wait_ms):
    outcome = outcome_of(status, retry_after, NOW_S)
    assert (outcome.fate, outcome.retry_after_ms) == (Fate.AGAIN, wait_ms)


def test_503_with_a_senseless_retry_after_proves_nothing():
    assert outcome_of(503, "soon", NOW_S).fate is Fate.UNCONFIRMED
