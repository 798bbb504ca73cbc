"""A pass over live problems: who is told, who is not, and that every no is written down."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pass_desk import DAY_MS, NOW_MS, channels

from clusop.service.problems.exclusions import Exclusion
from clusop.service.suppression.policy import UnpricedGate
from clusop.service.suppression.quiet_hours import QuietHours

# What depends on the database is in test_pass_over_on_both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_decision_not_to_send_is_counted_while_it_stands(desk):
    poor = desk.problem(1, usd=0.01)
    for _ in range(3):
        assert desk.run(1).cards == 0
    assert desk.withheld(poor) == {"below-gate": 3}
    desk.run(1, min_usd=0)
    assert desk.withheld(poor) == {}
    assert desk.withheld(poor, current=False) == {"below-gate": 3}


def test_the_dearest_are_told_and_the_rest_waits_for_the_digest(desk):
    ids = [desk.problem(number, usd=number) for number in range(10, 20)]
    assert desk.run(team_cap=3).cards == 3
    assert [row.problem_id for row in desk.deliveries()] == ids[:-4:-1]
    (digest,) = desk.deliveries("digest")
    facts = json.loads(digest.facts)
    assert facts["problem_ids"] == ids[-4::-1]
    assert desk.withheld(ids[0]) == {"team-cap": 1}
    assert "job 16" in digest.body


def test_a_cap_is_of_a_team_and_a_day(desk):
    for number in range(4):
        desk.problem(number)
        desk.problem(10 + number, team="risk")
    assert desk.run(team_cap=2).cards == 4
    assert desk.run(11 * 60, team_cap=2).cards == 0
    assert desk.run(2 * 60, team_cap=2).cards == 4
    by_day = {}
    for row in desk.deliveries():
        by_day.setdefault((row.team, row.created_at_ms // DAY_MS), []).append(row.id)
    assert {len(rows) for rows in by_day.values()} == {2}


def test_a_channel_for_all_has_a_cap_of_its_own(desk):
    for number in range(6):
        desk.problem(number, team=f"team {number}")
    desk.channels = channels(("all", ["*"]), ("one", ["team 1"]))
    assert desk.run(channel_cap=4).cards == 5
    assert sum(1 for row in desk.deliveries() if row.channel == "all") == 4


def test_a_team_without_a_channel_is_a_reason(desk):
    told = desk.problem(1, team="risk")
    desk.channels = channels(("pricing", ["pricing"]))
    desk.run()
    assert desk.withheld(told) == {"no-channel": 1}


def test_the_cooldown_is_of_a_channel(desk):
    told = desk.problem(1)
    desk.run()
    desk.settle("accepted")
    desk.channels = channels(("all", ["*"]), ("new", ["pricing"]))
    assert desk.run(1).cards == 1
    assert [row.channel for row in desk.deliveries()] == ["all", "new"]
    desk.settle("accepted")
    assert desk.run(7 * 1_440 - 2).cards == 0
    # Both cooldowns are over; the problem was seen since.
    desk.change(told, last_seen_at_ms=desk.now_ms)
    assert desk.run(2).cards == 2


def test_a_card_that_was_given_up_starts_no_cooldown_and_is_written_again_after_an_hour(desk):
    told = desk.problem(1)
    desk.run()
    desk.settle("dead", sentence="There is no such flow.")
    assert desk.run(1).cards == 0
    assert desk.withheld(told) == {"card-undelivered": 1, "channel-failing": 1}
    assert desk.run(59).cards == 1
    # This one got through: from here on it is told, and the cooldown runs.
    desk.settle("accepted")
    assert desk.run(61).cards == 0
    assert desk.withheld(told) == {"told-lately": 1}


def test_a_card_that_may_have_arrived_starts_the_cooldown(desk):
    told = desk.problem(1)
    desk.run()
    desk.settle("unconfirmed")
    assert desk.run(61).cards == 0
    assert desk.withheld(told) == {"told-lately": 1}


def test_cards_that_were_given_up_count_for_no_cap_and_hold_the_channel_back_for_an_hour_only(desk):
    first = desk.problem(1, usd=30)
    second = desk.problem(2)
    desk.run(team_cap=1)
    desk.settle("dead")
    assert desk.run(1, team_cap=1).cards == 0
    assert desk.withheld(second) == {"channel-failing": 1}
    assert desk.run(60, team_cap=1).cards == 1
    assert [row.problem_id for row in desk.deliveries()] == [first, first]


def test_a_channel_that_took_a_message_since_is_not_failing(desk):
    refused, taken = desk.problem(1, usd=30), desk.problem(2)
    desk.run()
    desk.settle("dead", of=refused)
    desk.now_ms += 60_000
    desk.settle("accepted", of=taken)
    third = desk.problem(3)
    assert desk.run(1).cards == 1
    assert desk.deliveries()[-1].problem_id == third
    assert desk.withheld(refused) == {"card-undelivered": 1}


def test_what_one_channel_did_not_get_the_others_are_told(desk):
    told = desk.problem(1)
    desk.channels = channels(("one", ["*"]))
    desk.run()
    desk.settle("dead")
    desk.channels = channels(("one", ["*"]), ("two", ["*"]))
    assert desk.run(1).cards == 1
    assert [row.channel for row in desk.deliveries()] == ["one", "two"]
    assert desk.withheld(told) == {"card-undelivered": 1, "channel-failing": 1}


def test_what_came_back_is_told_again_at_once(desk):
    told = desk.problem(1)
    desk.run()
    desk.settle("accepted")
    desk.change(told, state="resolved", state_since_at_ms=desk.now_ms + 1)
    assert desk.run(1).cards == 0
    desk.change(told, state="came-back", state_since_at_ms=desk.now_ms + 1)
    assert desk.run(1).cards == 1
    assert "It was resolved and came back." in desk.deliveries()[1].body
    desk.settle("accepted")
    assert desk.run(1).cards == 0


@pytest.mark.parametrize("state", ["acknowledged", "snoozed", "resolved"])
def test_a_card_that_has_not_left_is_taken_back_when_a_person_deals_with_the_problem(desk, state):
    told = desk.problem(1)
    desk.run()
    desk.change(told, state=state, state_until_at_ms=desk.now_ms + 10 * DAY_MS)
    assert desk.run(1).withdrawn == 1
    assert desk.deliveries()[0].state == "withdrawn"
    desk.change(told, state="open", state_until_at_ms=None)
    assert desk.run(1).cards == 1


def test_exclusions_of_the_settings_hold(desk):
    told = desk.problem(1)
    desk.run(exclusions=(Exclusion("workload", "job:1", reason="a sandbox"),))
    assert desk.withheld(told) == {"problem-excluded": 1}


def test_nothing_is_said_in_quiet_hours_and_all_of_it_after(desk):
    desk.problem(1)
    quiet = QuietHours(11 * 60, 13 * 60)
    assert desk.run(quiet_hours=quiet, team_cap=0).digests == 0
    assert desk.run(quiet_hours=quiet).cards == 0
    assert desk.run(61, quiet_hours=quiet).cards == 1


def test_problems_without_a_price_are_told_after_those_with_one(desk):
    bare = desk.problem(1, usd=0)
    priced = desk.problem(2)
    assert desk.run(team_cap=1).cards == 1
    assert desk.deliveries()[0].problem_id == priced
    (digest,) = desk.deliveries("digest")
    assert json.loads(digest.facts)["unpriced"] == 1
    assert "Without a price" in digest.body
    assert desk.withheld(bare) == {"team-cap": 1}


def test_problems_without_a_price_may_stand_in_the_digest_only(desk):
    bare = desk.problem(1, usd=0)
    assert desk.run(unpriced=UnpricedGate(cards=False)).cards == 0
    assert desk.withheld(bare) == {"unpriced-digest-only": 1}
    assert len(desk.deliveries("digest")) == 1


def test_a_problem_that_was_not_seen_for_long_is_no_longer_judged_and_says_so(desk):
    old = desk.problem(1, usd=0.01)
    desk.run()
    for _ in range(2):
        desk.run(31 * 1_440)
    assert desk.withheld(old) == {"not-seen-lately": 1}
    desk.change(old, last_seen_at_ms=desk.now_ms)
    desk.run(1)
    assert "not-seen-lately" not in desk.withheld(old)


def test_a_record_that_cannot_be_read_still_gives_a_card(desk):
    desk.problem(1, evidence=b"{}")
    desk.problem(2, evidence=None)
    assert desk.run().cards == 2


@pytest.mark.parametrize("name", ["**b** \u202e", "🦊" * 3_000, "<script>", "'; DROP TABLE problems; --", "\x00\ud800"])
def test_a_hostile_team_or_owner_breaks_nothing(desk, name):
    # Neither database stores a half of a pair, and PostgreSQL no zero byte: such names never get in.
    name = name.replace("\x00", "").encode("utf-8", "ignore").decode()
    desk.problem(1, team=name, owner=name, tags=json.dumps({"team": name}))
    assert desk.run().cards == 1
    assert len(desk.deliveries()[0].body.encode()) <= 20_000


class TestDigest:
    def test_goes_out_once_a_day_from_its_time_on(self, desk):
        desk.now_ms = NOW_MS - 4 * 3_600_000
        desk.problem(1)
        assert desk.run(team_cap=0).digests == 0
        assert desk.run(60, team_cap=0).digests == 1
        assert desk.run(60, team_cap=0).digests == 0

    def test_goes_out_in_the_morning_where_the_evening_is_quiet_and_once_a_day(self, desk):
        quiet = {"quiet_hours": QuietHours(18 * 60, 8 * 60), "digest_minute": 19 * 60, "team_cap": 0}
        desk.now_ms = NOW_MS + 7 * 3_600_000
        desk.problem(1)
        assert desk.run(**quiet).digests == 0
        assert desk.run(13 * 60 - 1, **quiet).digests == 0
        assert desk.run(1, **quiet).digests == 1
        desk.settle("accepted")
        desk.problem(2)
        # What is new on a day that had its digest waits for the next morning: the evening brings none of its own.
        assert [desk.run(minutes, **quiet).digests for minutes in (60, 10 * 60, 60, 5 * 60)] == [0] * 4
        assert desk.run(7 * 60, **quiet).digests == 1

    def test_is_not_repeated_while_it_would_say_the_same(self, desk):
        desk.problem(1)
        desk.policy = replace(desk.policy, team_cap=0)
        assert desk.run().digests == 1
        desk.settle("accepted")
        assert [desk.run(1_440).digests for _ in range(7)] == [0] * 6 + [1]
        desk.settle("accepted")
        desk.problem(2)
        assert desk.run(1_440).digests == 1

    def test_tells_which_messages_are_not_known_to_have_arrived(self, desk):
        told = desk.problem(1)
        desk.run()
        desk.settle("unconfirmed", sentence="Nobody knows.")
        assert desk.run(1).digests == 1
        (digest,) = desk.deliveries("digest")
        assert f"The card of problem {told}" in digest.body
        assert "Nobody knows." in digest.body
        # The next one tells it only if this one did not get through.
        desk.settle("accepted")
        assert desk.run(1_440).digests == 0

    def test_that_was_lost_is_told_in_the_next(self, desk):
        desk.problem(1)
        desk.run(team_cap=0)
        desk.settle("dead", sentence="The flow was deleted.")
        desk.run(1_440, team_cap=0)
        digests = desk.deliveries("digest")
        assert len(digests) == 2
        assert "The digest" in digests[1].body
        assert "The flow was deleted." in digests[1].body

    def test_counts_what_it_leaves_out(self, desk):
        for number in range(13):
            desk.problem(number)
        desk.run(team_cap=0, digest_length=10)
        (digest,) = desk.deliveries("digest")
        assert "and 3 more problems" in digest.body
        assert json.loads(digest.facts)["priced"] == 13
