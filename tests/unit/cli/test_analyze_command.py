"""``clusop analyze`` inside this process: what is read, what is said, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli_samples import FALLBACK, NATIVE, NO_ENGINE, event_log, put
from jsonschema import Draft202012Validator

from clusop.cli.root import main
from clusop.report.json import report_schema

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Run the command line: (exit code, standard output, standard error)."""
    monkeypatch.setenv("COLUMNS", "100")

    def started(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfd.readouterr()
        return code, out, err

    return started


def document(text: str) -> Any:  # Any: decoded JSON
    decoded = json.loads(text)
    Draft202012Validator(report_schema()).validate(decoded)
    return decoded


def test_a_plan_gives_the_verdict_first(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    code, out, err = run("analyze", put(tmp_path, "slow.txt", FALLBACK))
    assert (code, err) == (0, "")
    head = out.splitlines()
    assert head[0] == "slow.txt · explain text"
    assert head[2].startswith("FALLBACK")
    assert "python-udf at BatchEvalPython" in out


def test_json_meets_the_schema(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    code, out, err = run("analyze", "--json", put(tmp_path, "slow.txt", FALLBACK), event_log(tmp_path))
    text, log = document(out)["inputs"]
    assert (code, err) == (0, "")
    assert (text["kind"], text["app"], len(text["queries"])) == ("explain-text", None, 1)
    assert text["queries"][0]["verdict"] == "fallback"
    assert (log["kind"], log["app"]["id"], log["app"]["spark"]) == ("event-log", "app-1", "3.5.1")
    assert log["queries"][0]["verdict"] == "not-accelerated"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", "", "empty"),
        ("prose.txt", "Dear all,\nthe job was slow again.\n", ""),
        ("no-engine.txt", NO_ENGINE, "no-engine-evidence"),
        ("data.bin", bytes(range(256)) * 40, "binary-file"),
        ("report.json", '{"clusop_report": 1, "inputs": []}', "clusop-report"),
        ("some.json", '{"a": 1}', ""),
        ("packed.gz", b"\x1f\x8b\x08\x00" + b"\x00" * 64, ""),
    ],
)
def test_bad_input_is_one_sentence_and_2_and_the_rest_is_reported(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    bad = put(tmp_path, name, content)
    code, out, err = run("analyze", "--json", bad, put(tmp_path, "fast.txt", NATIVE))
    first, second = document(out)["inputs"]
    assert code == 2
    assert second["queries"][0]["verdict"] == "native"
    assert all(each["verdict"] == "unknown" for each in first["queries"])
    assert len(err.splitlines()) == 1
    assert err.startswith("clusop: ")
    assert first["errors"][0]["reason"] == (reason or first["errors"][0]["reason"])
    assert first["errors"][0]["sentence"] in err


@pytest.mark.parametrize("name", ["ok.py", "notes.md"])
def test_a_text_that_is_no_plan_is_told_what_it_is_not_and_what_can_be_given(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, name: str
) -> None:
    code, out, err = run("analyze", put(tmp_path, name, "from pyspark.sql import SparkSession\nprint(1)\n"))
    assert code == 2
    told = " ".join(out.split())
    assert f"{name} · not recognised" in told
    assert "explain text" not in told
    assert "UNKNOWN" not in told
    for words in ("neither the heading of a plan nor a tree of operators", "no event log", "EXPLAIN FORMATTED"):
        assert words in told
        assert words in err


def test_an_explanation_without_its_plan_is_still_a_query(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    text = "== Photon Explanation ==\nPhoton does not fully support the query because:\n\t\tUnsupported node: Foo.\n"
    code, out, _ = run("analyze", "--json", put(tmp_path, "half.txt", text))
    (only,) = document(out)["inputs"]
    assert (code, only["kind"], only["queries"][0]["verdict"]) == (2, "explain-text", "unknown")


def test_a_missing_path(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere.txt")
    code, out, err = run("analyze", missing, "--json")
    assert (code, document(out)["inputs"][0]["errors"][0]["reason"]) == (2, "not-found")
    assert missing in err


def test_a_path_no_file_system_knows(run: Callable[..., tuple[int, str, str]]) -> None:
    assert run("analyze", "dbfs:/logs/app", "s3://bucket/app", "a\0b", "--json")[0] == 2


def test_a_directory_without_logs_lists_what_was_tried(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    put(tmp_path, "notes.csv", "a,b\n")
    code, out, err = run("analyze", str(tmp_path), "--json")
    assert (code, document(out)["inputs"][0]["errors"][0]["reason"]) == (2, "no-logs-here")
    assert "notes.csv" in err


def test_a_directory_of_plans_is_read_and_other_files_in_it_are_no_error(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    put(tmp_path, "README.md", "These are plans.\n")
    put(tmp_path, "slow.txt", FALLBACK)
    put(tmp_path, "fast.txt", NATIVE)
    code, out, err = run("analyze", str(tmp_path), "--json")
    assert (code, err) == (0, "")
    inputs = document(out)["inputs"]
    assert [Path(one["path"]).name for one in inputs if one["queries"]] == ["fast.txt", "slow.txt"]
    assert "directory" in run("analyze", str(tmp_path))[1]
    assert "README.md" in run("analyze", str(tmp_path))[1]


def test_a_directory_of_logs(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    event_log(tmp_path, "one")
    event_log(tmp_path, "two")
    assert [Path(one["path"]).name for one in document(run("analyze", str(tmp_path), "--json")[1])["inputs"]] == [
        "one",
        "two",
    ]


@pytest.mark.parametrize(
    ("verdict", "code"), [("fallback", 3), ("native", 3), ("partial", 0), ("unknown", 0), ("not-accelerated", 0)]
)
def test_fail_on(run: Callable[..., tuple[int, str, str]], tmp_path: Path, verdict: str, code: int) -> None:
    paths = put(tmp_path, "slow.txt", FALLBACK), put(tmp_path, "fast.txt", NATIVE)
    assert run("analyze", *paths, "--fail-on", verdict)[0] == code


def test_fail_on_says_where(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    slow, log = put(tmp_path, "slow.txt", FALLBACK), event_log(tmp_path)
    arguments = ("--fail-on", "fallback", "--fail-on", "not-accelerated", "--fail-on", "native")
    code, _, err = run("analyze", slow, log, *arguments)
    assert (code, err.splitlines()) == (
        3,
        [f"clusop: --fail-on fallback matched: {slow}", f"clusop: --fail-on not-accelerated matched: {log} (query 0)"],
    )
    assert run("analyze", *[slow] * 5, "--fail-on", "fallback")[2].endswith(" and 2 more\n")


def test_at_a_terminal_a_refusal_is_said_once(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    code, out, err = run("analyze", str(tmp_path / "missing"), "--no-progress")
    assert (code, err) == (2, "")
    assert "missing" in out


def test_fail_on_is_repeatable_and_a_match_is_certain_whatever_else_was_wrong(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    slow = put(tmp_path, "slow.txt", FALLBACK)
    assert run("analyze", slow, "--fail-on", "partial", "--fail-on", "fallback", str(tmp_path / "missing"))[0] == 3
    assert run("analyze", slow, "--fail-on", "partial", str(tmp_path / "missing"))[0] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("--fail-on", "slow"),
        ("--engine", "warp"),
        ("--top", "-1"),
        ("--no-such-option",),
        ("--html", "."),
        ("--output", "/no/such/directory/x"),
    ],
)
def test_bad_usage_is_2_and_a_sentence(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    code, out, err = run("analyze", put(tmp_path, "slow.txt", FALLBACK), *arguments)
    assert (code, out) == (2, "")
    assert arguments[0] in err
    assert "Traceback" not in err


def test_the_engine_may_be_named(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    path = put(tmp_path, "plain.txt", NO_ENGINE)
    for engine, verdict in (("photon", "fallback"), ("none", "not-accelerated")):
        code, out, _ = run("analyze", path, "--engine", engine, "--json")
        assert (code, document(out)["inputs"][0]["queries"][0]["verdict"]) == (0, verdict)


def test_prices_that_cannot_be_used_are_refused_and_the_inputs_still_reported(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    slow = put(tmp_path, "slow.txt", FALLBACK)
    code, out, err = run("analyze", slow, "--price", "vm_usd/AWS/i3.xlarge=-1", "--json")
    found = document(out)
    assert (code, found["errors"][0]["reason"]) == (2, "prices-refused")
    assert found["inputs"][0]["queries"][0]["verdict"] == "fallback"
    assert len(err.splitlines()) == 1
    bad_file = put(tmp_path, "prices.json", '{"format": 1, "entries": [{"kind": "vm_usd", "value": "-1"}]}')
    assert run("analyze", slow, "--price-file", bad_file)[0] == 2
    assert run("analyze", slow, "--price-file", str(tmp_path / "none.json"))[0] == 2


def test_one_query_may_be_chosen(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    log = event_log(tmp_path)
    code, out, _ = run("analyze", log, "--query", "0", "--json")
    assert (code, [each["id"] for each in document(out)["inputs"][0]["queries"]]) == (0, ["0"])
    code, out, err = run("analyze", log, "--query", "99", "--json")
    assert (code, document(out)["errors"][0]["reason"]) == (2, "no-such-query")
    assert "99" in err


def test_files_are_written_whole_and_replace_what_was_there(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    slow, page, text = put(tmp_path, "slow.txt", FALLBACK), put(tmp_path, "r.html", "old"), tmp_path / "r.txt"
    code, out, _ = run("analyze", slow, "--html", page, "--output", str(text))
    assert (code, out) == (0, "")
    assert Path(page).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "FALLBACK" in text.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.html", "r.txt", "slow.txt"]


def test_an_input_is_never_overwritten_nor_one_file_written_twice(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    slow, target = put(tmp_path, "slow.txt", FALLBACK), str(tmp_path / "x")
    assert run("analyze", slow, "--output", slow)[0] == 2
    assert Path(slow).read_text(encoding="utf-8") == FALLBACK
    assert run("analyze", slow, "--output", target, "--html", target)[0] == 2
    assert not Path(target).exists()


def test_a_refused_input_is_reported_in_every_form(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    page = tmp_path / "r.html"
    _, out, _ = run("analyze", str(tmp_path / "gone.txt"), "--html", str(page))
    assert "There is no such file or directory" in out
    assert "There is no such file or directory" in page.read_text(encoding="utf-8")


def test_version_and_help(run: Callable[..., tuple[int, str, str]]) -> None:
    assert run("--version")[1].startswith("clusop ")
    assert "analyze" in run("--help")[1]
    assert run("analyze", "--help")[0] == 0
