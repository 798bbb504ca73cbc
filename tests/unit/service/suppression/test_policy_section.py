"""The section ``gate``: what may stand in it, and faults that name key, value and what is allowed."""

from __future__ import annotations

from fractions import Fraction

import pytest
import yaml

from clusop.errors import InputError
from clusop.service.suppression import policy_section, read_policy
from clusop.service.suppression.policy import Policy, UnpricedGate
from clusop.service.suppression.quiet_hours import DAYS, QuietHours


def test_nothing_said_is_the_standard():
    assert read_policy(None) == read_policy({}) == Policy()


def test_the_example_of_the_docstring_is_read():
    example = policy_section.__doc__.partition("::\n\n")[2]
    policy = read_policy(yaml.safe_load(example)["gate"], public_url="https://clusop.example.com/x/")
    assert policy.min_recommendation == Fraction(3, 5)
    assert policy.quiet_hours == QuietHours(19 * 60, 7 * 60 + 30, frozenset({5, 6}))
    assert policy.time_zone.key == "Europe/Berlin"
    assert (policy.digest_minute, policy.digest_length) == (540, 10)
    assert policy.unpriced == UnpricedGate(Fraction(10), Fraction(1, 5), cards=True)
    assert policy.public_url == "https://clusop.example.com/x"


def test_a_time_without_quotes_means_the_same():
    quiet = yaml.safe_load("quiet_hours: {from: 19:00, to: 07:30}")
    assert read_policy(quiet).quiet_hours == QuietHours(19 * 60, 7 * 60 + 30)


def test_a_tenth_is_a_tenth():
    assert read_policy({"min_usd_per_30_days": 0.1}).min_usd == Fraction(1, 10)


@pytest.mark.parametrize(
    ("section", "where"),
    [
        ([], "gate"),
        ({"min_usd": 1}, "gate.min_usd"),
        ({"min_usd_per_30_days": -1}, "gate.min_usd_per_30_days"),
        ({"min_usd_per_30_days": True}, "gate.min_usd_per_30_days"),
        ({"min_usd_per_30_days": "ten"}, "gate.min_usd_per_30_days"),
        ({"min_usd_per_30_days": float("nan")}, "gate.min_usd_per_30_days"),
        ({"min_usd_per_30_days": 10**10}, "gate.min_usd_per_30_days"),
        ({"min_recommendation": 1.1}, "gate.min_recommendation"),
        ({"cooldown_days": 0}, "gate.cooldown_days"),
        ({"cooldown_days": 1.5}, "gate.cooldown_days"),
        ({"cards_per_team_and_day": -1}, "gate.cards_per_team_and_day"),
        ({"time_zone": "Mars/Olympus"}, "gate.time_zone"),
        ({"time_zone": "../../etc/passwd"}, "gate.time_zone"),
        ({"time_zone": ""}, "gate.time_zone"),
        ({"quiet_hours": {"from": "19:00"}}, "gate.quiet_hours"),
        ({"quiet_hours": {"from": "25:00", "to": "07:00"}}, "gate.quiet_hours.from"),
        ({"quiet_hours": {"days": ["someday"]}}, "gate.quiet_hours.days"),
        ({"quiet_hours": {"days": [*DAYS, "sunday"]}}, "gate.quiet_hours.days"),
        ({"quiet_hours": {"from": "19:00", "to": "07:00", "days": list(DAYS)}}, "gate.quiet_hours.days"),
        ({"digest": {"at": "noon"}}, "gate.digest.at"),
        ({"digest": {"length": 21}}, "gate.digest.length"),
        ({"unpriced": {"cards": "yes"}}, "gate.unpriced.cards"),
        ({"unpriced": {"min_time_share": 2}}, "gate.unpriced.min_time_share"),
    ],
)
def test_a_fault_names_its_key(section, where):
    with pytest.raises(InputError) as told:
        read_policy(section)
    assert told.value.where == where
    assert told.value.remedy


def test_settings_under_which_nothing_could_ever_be_sent_say_what_is_allowed():
    with pytest.raises(InputError) as told:
        read_policy({"quiet_hours": {"days": list(DAYS)}})
    assert str(told.value).startswith("gate.quiet_hours.days: ['mon', 'tue', ")
    assert told.value.remedy == "Allowed are up to 6 of mon, tue, wed, thu, fri, sat, sun."
    assert read_policy({"quiet_hours": {"days": list(DAYS[1:])}}).quiet_hours.days == frozenset(range(1, 7))


@pytest.mark.parametrize("value", ["1e3", "1E3", "1.5e+2", 1e22, 1e-7])
def test_a_number_with_an_exponent_is_told_to_be_written_out(value):
    with pytest.raises(InputError, match=r"has an exponent, which is not taken\. Write the number out"):
        read_policy({"min_usd_per_30_days": value})


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "clusop", "https://u:p@x", "https://x?y", "https://x/\n", "http://"]
)
def test_a_public_address_is_an_address(url):
    with pytest.raises(InputError):
        read_policy({}, public_url=url)
