"""What arming finds wrong with the settings, without waiting for a mount that hangs. SPEC P1, P7 and P10."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from clusop.reasons import Reason
from clusop.runtime.arming import off_because, problems_of
from clusop.runtime.kill_file import is_there, look_for
from clusop.runtime.patience import within
from clusop.runtime.settings import resolve
from clusop.runtime.voice import Voice

if TYPE_CHECKING:
    from pathlib import Path


def problems(**given: object) -> list[str]:
    return [reason.id for reason in problems_of(resolve({}, given, {}))]


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://aggregator.example", ["token-in-clear"]),
        ("HTTP://10.0.0.1:8080/x", ["token-in-clear"]),
        ("http://localhost.example", ["token-in-clear"]),
        ("https://aggregator.example", []),
        ("http://localhost:8080", []),
        ("http://127.0.0.1/x", []),
        ("http://[::1]:9", []),
    ],
)
def test_a_token_that_would_travel_in_clear_is_told(tmp_path: Path, endpoint: str, expected: list[str]) -> None:
    (tmp_path / "token").write_text("abc")
    assert problems(endpoint=endpoint, token_file=str(tmp_path / "token")) == expected
    assert problems(endpoint=endpoint) == []


def test_a_pipe_is_no_token_file_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert problems(token_file=str(tmp_path / "pipe")) == ["unreadable-token-file"]


def test_a_kill_file_is_there_or_absent_or_nobody_knows(tmp_path: Path) -> None:
    (tmp_path / "off").touch()
    assert is_there(str(tmp_path / "off"))
    assert look_for(str(tmp_path / "on")) is False
    assert look_for(str(tmp_path / "off" / "below")) is False
    assert look_for("") is False
    far = f"/{'x' * 1000}"
    assert not is_there(far)
    assert problems(kill_file=far) == ["kill-file-unreadable"]
    assert off_because(resolve({}, {"kill_file": far}, {})) is None


def test_a_look_that_hangs_costs_its_time_and_no_more() -> None:
    for_ever = threading.Event()
    assert within(0.05, lambda: for_ever.wait(60), otherwise=False) is False
    for_ever.set()
    assert within(60, lambda: 7, 0) == 7


def test_a_look_that_fails_is_none() -> None:
    def fails() -> int:
        raise SystemExit(3)

    assert within(60, fails, 0) == 0


def test_a_stream_that_raises_whatever_it_likes_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        encoding = "utf-8"

        def write(self, _text: str) -> None:
            raise NotImplementedError

    monkeypatch.setattr(sys, "stderr", Stream())
    Voice().say([Reason("no-endpoint")])
