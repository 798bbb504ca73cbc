"""The guard's two moods, and a child that knows it is none of the parent's business. SPEC P1."""

from __future__ import annotations

import os

import pytest

from clusop.runtime.guard import Guard
from clusop.runtime.process import OwnProcess


@pytest.mark.parametrize(
    "kind", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit, MemoryError, RecursionError]
)
def test_in_production_nothing_comes_out_and_all_is_counted(kind: type[BaseException]) -> None:
    guard = Guard(raising=False)
    for _ in range(2):
        watch = guard.watch("place")
        with watch:
            raise kind("a secret")
        assert isinstance(watch.error, kind)
    assert guard.faults == {f"place: {kind.__name__}": 2}


def test_under_test_it_comes_out_counted() -> None:
    guard = Guard(raising=True)
    with pytest.raises(SystemExit), guard.watch("place"):
        raise SystemExit
    assert guard.faults == {"place: SystemExit": 1}


def test_what_belongs_to_the_user_passes_uncounted() -> None:
    guard = Guard(raising=False)
    with pytest.raises(KeyboardInterrupt), guard.watch("arm", lets=(KeyboardInterrupt,)):
        raise KeyboardInterrupt
    assert guard.faults == {}


def test_the_mood_is_the_environment_s_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLUSOP_GUARD", raising=False)
    assert not Guard().raising
    monkeypatch.setenv("CLUSOP_GUARD", "raise")
    assert Guard().raising


def test_the_account_of_faults_is_bounded() -> None:
    guard = Guard(raising=False)
    for number in range(100):
        guard.note(f"place {number}", "ValueError")
    assert len(guard.faults) == 32


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_and_its_child_are_not_the_process() -> None:
    process = OwnProcess()
    assert process.is_own
    pid = os.fork()
    if pid == 0:
        inner = os.fork()
        if inner == 0:
            os._exit(process.is_own)
        os._exit(process.is_own or os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1]))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert process.is_own
