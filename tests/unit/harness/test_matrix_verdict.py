from __future__ import annotations

from typing import Any

from matrix import Run, problems_of


def row(execution: str, status: str = "succeeded") -> dict[str, str]:
    return {"execution": execution, "status": status}


def context(**changed: Any) -> dict[str, Any]:
    usual = {
        "master": "local[2]",
        "steps": {"succeeds": "ok"},
        "executions": {"0": "collect", "1": "count"},
        "by_step": {"succeeds": ["0", "1"]},
        "rows": [row("0"), row("1")],
    }
    return usual | changed


def run(*contexts: dict[str, Any], stderr: str = "") -> Run:
    return Run("3.5.9", "python", {"door": "python", "contexts": list(contexts)}, stderr, 1.0)


def test_all_seen_once_passes() -> None:
    assert problems_of(run(context(), context(master="spark://127.0.0.1:7"))) == []


def test_an_execution_seen_never_or_twice_fails() -> None:
    missed = context(rows=[row("0")])
    doubled = context(rows=[row("0"), row("1"), row("1")])
    assert problems_of(run(missed, doubled)) == [
        "local: execution 1 (count) was seen 0 times",
        "local: execution 1 (count) was seen 2 times",
    ]


def test_a_step_that_failed_is_told() -> None:
    assert problems_of(run(context(steps={"writes": "failed: X: y"}), context())) == ["local: writes failed: X: y"]


def test_an_execution_whose_end_is_told_wrongly_fails() -> None:
    wrong = context(rows=[row("0"), row("1", "failed")])
    cancelled = context(
        steps={"is_cancelled": "ok"}, by_step={"is_cancelled": ["0", "1"]}, rows=[row("0", "failed"), row("1")]
    )
    assert problems_of(run(wrong, cancelled)) == [
        "local: execution 1 of succeeds is failed, succeeded was due",
        "local: execution 1 of is_cancelled is succeeded, failed was due",
    ]


def test_a_linkage_error_anywhere_fails() -> None:
    line = "java.lang.NoSuchMethodError: scala.collection.Seq"
    assert problems_of(run(context(), context(), stderr=f"fine\n  {line}\n")) == [f"printed {line}"]


def test_a_scenario_that_ended_early_fails() -> None:
    assert "boom" in problems_of(Run("3.5.9", "python", None, "x\nboom", 1.0))[0]
    assert "second context" in problems_of(run(context()))[0]
