"""A channel through apprise: the same message as plain text."""

from __future__ import annotations

import json

import pytest
from card_samples import priced

from clusop.service.teams.dispatch import dispatch
from clusop.service.teams.message_text import problem_text
from clusop.service.teams.outcome import Fate

# Old modules that apprise imports are no fault of ours.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def channel(channel_to):
    pytest.importorskip("apprise", reason="apprise is not installed: pip install 'clusop[notify]'")
    return channel_to("json://127.0.0.1/", kind="apprise")


def test_a_message_goes_through_apprise(channel, teams):
    from fake_teams import Behaviour

    teams.behave(Behaviour("status", 200))
    outcome = dispatch(channel, f"json://127.0.0.1:{teams.port}/hook", problem_text(priced()), 0.0)
    assert outcome.fate is Fate.ACCEPTED
    told = json.loads(teams.got[0].body)
    assert told["title"] == "$38.00–113.00 (modeled) avoidable per 30 days"


def test_not_done_may_still_have_arrived(channel, teams):
    from fake_teams import Behaviour

    teams.behave(Behaviour("status", 500))
    outcome = dispatch(channel, f"json://127.0.0.1:{teams.port}/hook", problem_text(priced()), 0.0)
    assert outcome.fate is Fate.UNCONFIRMED


def test_an_address_apprise_does_not_know_sends_nothing(channel):
    assert dispatch(channel, "nonsense://x", problem_text(priced()), 0.0).fate is Fate.AGAIN
