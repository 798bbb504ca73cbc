from __future__ import annotations

from typing import Any

import pytest

from matrix_verdict import Run, problems_of

DOORS = ("conf-extra-listeners", "pth")


def row(execution: str, status: str = "succeeded") -> dict[str, str]:
    return {"execution": execution, "status": status}


def status(**changed: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "doors": ["pth", "conf-extra-listeners"],
        "contexts": [{"app": "gone", "state": "ended"}, {"app": "app-1", "state": "open", "queue": "own"}],
        "breaker": "",
        "off": "",
        "errors": 0,
        "losses": {},
        "problems": [],
    }
    return usual | changed


def context(**changed: Any) -> dict[str, Any]:
    usual = {
        "app": "app-1",
        "steps": {"succeeds": "ok"},
        "executions": {"0": "collect", "1": "count"},
        "by_step": {"succeeds": ["0", "1"]},
        "rows": [row("0"), row("1")],
        "status": status(),
    }
    return usual | changed


def after(first: dict[str, Any]) -> dict[str, Any]:
    """A second context that is in order: the agent's rows go on where the first one's ended."""
    return context(executions={"9": "collect"}, by_step={"succeeds": ["9"]}, rows=[*first["rows"], row("9")])


def run(*contexts: dict[str, Any], printed: str = "", exit_code: int = 0, due: tuple[str, ...] = DOORS) -> Run:
    return Run("3.5.9", "all", due, {"door": "all", "contexts": list(contexts)}, printed, exit_code, 1.0)


def planning(rows: list[dict[str, str]], in_store: tuple[str, ...] = ()) -> dict[str, Any]:
    return context(
        steps={"fails_in_planning": "ok"},
        executions=dict.fromkeys(in_store, "join"),
        by_step={"fails_in_planning": list(in_store)},
        rows=rows,
    )


def test_all_seen_once_passes() -> None:
    assert problems_of(run(context(), after(context()))) == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"rows": [row("0")]}, "execution 1 (count) was seen 0 times"),
        ({"rows": [row("0"), row("1"), row("1")]}, "execution 1 (count) was seen 2 times"),
        ({"rows": [row("0"), row("1"), row("7", "failed")]}, "the agent alone saw ['7'], where none was due"),
        ({"rows": [row("0"), row("1", "failed")]}, "execution 1 of succeeds is failed, succeeded was due"),
        ({"by_step": {"succeeds": []}}, "Spark saw no execution of succeeds"),
        ({"status": status(doors=["pth"])}, "the doors are ['pth'], ['conf-extra-listeners', 'pth'] were due"),
        ({"status": status(contexts=[])}, "the open contexts are [], ['app-1'] was due"),
        (
            {"status": status(contexts=[{"app": "app-1", "state": "open", "queue": "shared"}])},
            "it sits on the bus queues ['shared'], not on its own",
        ),
        ({"status": status(losses={"queue-full": 1})}, "its losses is {'queue-full': 1}"),
        ({"status": status(breaker="too-slow")}, "its breaker is too-slow"),
        ({"status": status(errors=3)}, "its errors is 3"),
    ],
)
def test_what_a_context_may_not_show(changed: dict[str, Any], problem: str) -> None:
    first = context(**changed)
    assert problems_of(run(first, after(first))) == [f"context 1: {problem}"]


def test_a_step_that_failed_is_told_and_its_executions_are_not_judged() -> None:
    failed = context(steps={"succeeds": "failed: X: y"}, rows=[row("0"), row("1", "failed")])
    assert problems_of(run(failed, after(failed))) == ["context 1: succeeds failed: X: y"]


def test_a_cancelled_query_told_as_succeeded_fails() -> None:
    wrong = context(
        steps={"is_cancelled": "ok"}, by_step={"is_cancelled": ["0", "1"]}, rows=[row("0", "failed"), row("1")]
    )
    assert problems_of(run(wrong, after(wrong))) == [
        "context 1: execution 1 of is_cancelled is succeeded, failed was due",
    ]


def test_a_planning_failure_is_seen_once_whether_or_not_the_store_has_it() -> None:
    last = context(executions={}, by_step={}, steps={}, rows=[row("0", "failed")])
    assert problems_of(run(planning([row("0", "failed")]), last)) == []
    assert problems_of(run(planning([row("0", "failed")], in_store=("0",)), last)) == []


def test_a_planning_failure_that_was_missed_or_told_as_a_success_fails() -> None:
    last = context(executions={}, by_step={}, steps={}, rows=[])
    assert problems_of(run(planning([]), last)) == ["context 1: the agent alone saw none, where 1 was due"]
    last["rows"] = [row("0")]
    assert problems_of(run(planning([row("0")]), last)) == [
        "context 1: execution 0, known to the agent alone, is succeeded"
    ]


def test_a_linkage_error_anywhere_fails() -> None:
    line = "java.lang.NoSuchMethodError: scala.collection.Seq"
    assert problems_of(run(context(), after(context()), printed=f"fine\n  {line}\n")) == [f"printed {line}"]


def test_a_scenario_that_ended_early_or_badly_fails() -> None:
    assert "boom" in problems_of(Run("3.5.9", "pth", DOORS, None, "x\nboom", 1, 1.0))[0]
    assert "second context" in problems_of(run(context(), exit_code=1))[0]
    assert "ended with 3" in problems_of(run(context(), after(context()), exit_code=3))[0]


def test_nothing_is_asked_of_an_agent_where_nothing_was_armed() -> None:
    bare = context(rows=[], status={})
    assert problems_of(run(bare, bare, due=())) == []
