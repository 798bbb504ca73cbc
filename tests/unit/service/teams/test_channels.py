"""Channels of the settings: faults name key, value and what is allowed, and never an address."""

from __future__ import annotations

import pytest

from clusop.errors import InputError
from clusop.reasons import Reason
from clusop.service.teams.channels import read_channels

GOOD = {"name": "pricing", "url": "env:TEAMS_PRICING"}
SECRET = "https://prod-1.westeurope.logic.azure.com/workflows/x?sig=TOPSECRET"


def test_a_channel_with_everything():
    told = {
        **GOOD,
        "teams": ["pric*"],
        "hosts": ["Hooks.example.com"],
        "networks": ["10.0.0.0/8"],
        "http_on_loopback": True,
    }
    (channel,) = read_channels([told])
    assert channel.kind == "teams"
    assert channel.egress.hosts == {"hooks.example.com"}
    assert [channel.serves(team) for team in ("Pricing", "risk", "")] == [True, False, False]


def test_a_channel_without_teams_serves_all_even_those_nobody_knows():
    (channel,) = read_channels([GOOD])
    assert channel.serves("")


@pytest.mark.parametrize(
    ("section", "where"),
    [
        ({"a": 1}, "channels"),
        (["x"], "channels[0]"),
        ([{**GOOD, "nmae": 1}], "channels[0].nmae"),
        ([{"url": "env:X"}], "channels[0].name"),
        ([{**GOOD, "name": "a\nb"}], "channels[0].name"),
        ([{**GOOD, "kind": "slack"}], "channels[0].kind"),
        ([{"name": "a"}], "channels[0].url"),
        ([{**GOOD, "url": SECRET}], "channels[0].url"),
        ([{**GOOD, "url": 5}], "channels[0].url"),
        ([{**GOOD, "url": "env:"}], "channels[0].url"),
        ([{**GOOD, "teams": 5}], "channels[0].teams"),
        ([{**GOOD, "networks": ["10.0.0.0/99"]}], "channels[0].networks"),
        ([{**GOOD, "http_on_loopback": "yes"}], "channels[0].http_on_loopback"),
        ([GOOD, GOOD], "channels"),
    ],
)
def test_a_fault_names_its_key_and_no_secret(section, where):
    with pytest.raises(InputError) as told:
        read_channels(section)
    assert told.value.where == where
    assert told.value.remedy
    assert "TOPSECRET" not in str(told.value)


def test_an_address_is_read_anew_each_time_and_never_shown(monkeypatch, tmp_path):
    file = tmp_path / "url"
    (by_env, by_file) = read_channels([GOOD, {"name": "b", "url": f"file:{file}"}])
    assert isinstance(by_env.address.read(), Reason)
    assert isinstance(by_file.address.read(), Reason)
    monkeypatch.setenv("TEAMS_PRICING", f" {SECRET}\n")
    file.write_text(SECRET + "\n")
    assert by_env.address.read() == by_file.address.read() == SECRET
    assert "TOPSECRET" not in repr((by_env, by_file))
    file.write_bytes(b"\xff\xfe")
    assert isinstance(by_file.address.read(), Reason)
