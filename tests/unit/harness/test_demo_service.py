"""The demo's service: its pages open again at the address that the cards link to, without the stand-in for Teams."""

from __future__ import annotations

import subprocess
import urllib.request

import pytest
import yaml

from demo_service import DemoService, config_text


@pytest.fixture
def ended(tmp_path):
    """The demo's service, after it was up and ended."""
    with DemoService(tmp_path / "service", {}) as service:
        assert service.asked("/problems")
    return service


def test_its_pages_open_again_where_the_cards_links_lead(ended) -> None:
    command = ended.again()
    assert command[command.index("--port") + 1] == ended.url.rstrip("/").rpartition(":")[2]
    process = subprocess.Popen(command, env={}, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        told = dict(process.stdout.readline().strip().rsplit(" ", 1) for _ in range(2))
        assert told["clusop serves at"] == ended.url
        assert b"Problems" in ended.asked("/problems")
        with urllib.request.urlopen(f"{ended.url}health", timeout=30) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()


def test_what_opens_them_names_no_channel_and_the_same_gate() -> None:
    shown, sending = (yaml.safe_load(config_text(has_channel=told)) for told in (False, True))
    assert "channels" not in shown
    assert shown["gate"] == sending["gate"]
    assert [one["url"] for one in sending["channels"]] == ["env:CLUSOP_DEMO_WEBHOOK"]


def test_only_messages_that_were_taken_are_cards_to_look_at(tmp_path) -> None:
    service = DemoService(tmp_path, {})
    folder = tmp_path / "teams"
    folder.mkdir()
    for name in ("message-0002-202.json", "message-0001-202.json", "message-0003-429.json"):
        (folder / name).write_text("{}")
    assert [path.name for path in service.messages] == ["message-0001-202.json", "message-0002-202.json"]
