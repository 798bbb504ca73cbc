"""The command line as a process of its own: exit codes, pipes, missing packages."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cli_samples import FALLBACK, put

if TYPE_CHECKING:
    from pathlib import Path

CLUSOP = (sys.executable, "-m", "clusop")


def start(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*CLUSOP, *arguments],
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, **environment},
    )


def test_standard_input_is_an_input() -> None:
    ended = start("analyze", "-", "--fail-on", "fallback", stdin=FALLBACK.encode())
    assert ended.returncode == 3
    assert ended.stdout.decode().startswith("- · explain text")
    assert ended.stderr.decode().splitlines() == ["clusop: --fail-on fallback matched: -"]


def test_standard_output_carries_the_report_only_and_no_colour_when_piped(tmp_path: Path) -> None:
    ended = start("analyze", put(tmp_path, "slow.txt", FALLBACK), str(tmp_path / "gone"), FORCE_COLOR="", TERM="xterm")
    assert ended.returncode == 2
    assert b"\x1b" not in ended.stdout
    assert ended.stderr.decode().splitlines() == [f"clusop: There is no such file or directory: {tmp_path / 'gone'}."]


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    paths = [put(tmp_path, f"plan-{number}.txt", FALLBACK) for number in range(40)]
    with subprocess.Popen(
        [*CLUSOP, "analyze", *paths, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(timeout=120), said) == (0, b"")


def test_a_locale_without_unicode_loses_signs_and_not_the_report(tmp_path: Path) -> None:
    ended = start("analyze", put(tmp_path, "slow.txt", FALLBACK), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ended.returncode == 0
    assert b"FALLBACK" in ended.stdout


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_it_says_what_to_install(tmp_path: Path, missing: str) -> None:
    put(tmp_path, f"{missing}.py", f"raise ModuleNotFoundError('missing', name={missing!r})\n")
    ended = start("analyze", "x", PYTHONPATH=str(tmp_path))
    assert ended.returncode == 2
    assert (
        ended.stderr.decode()
        == f"clusop: the package '{missing}' is missing. Install it with: pip install 'clusop[cli]'\n"
    )


@pytest.mark.parametrize(
    ("command", "extra"), [("serve", "service"), ("collect", "service"), ("onboard", "service,databricks")]
)
def test_a_bare_install_names_the_extra_that_the_command_needs(tmp_path: Path, command: str, extra: str) -> None:
    put(tmp_path, "typer.py", "raise ModuleNotFoundError('missing', name='typer')\n")
    ended = start(command, PYTHONPATH=str(tmp_path))
    assert ended.returncode == 2
    assert ended.stderr.decode().endswith(f"Install it with: pip install 'clusop[{extra}]'\n")


def test_without_the_template_engine_html_says_what_to_install(tmp_path: Path) -> None:
    slow = put(tmp_path, "slow.txt", FALLBACK)
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    put(hidden, "jinja2.py", "raise ModuleNotFoundError('No module named jinja2', name='jinja2')\n")
    ended = start("analyze", slow, "--html", str(tmp_path / "r.html"), PYTHONPATH=str(hidden))
    assert ended.returncode == 2
    assert "jinja2 is missing" in ended.stderr.decode()


def test_a_bug_shows_its_traceback_and_is_1(tmp_path: Path) -> None:
    broken = """
import clusop.report.intake as intake

def broken(*arguments, **named):
    raise ValueError("a bug")

intake.read_inputs = broken
"""
    put(tmp_path, "sitecustomize.py", broken)
    ended = start("analyze", "x", PYTHONPATH=str(tmp_path))
    assert ended.returncode == 1
    assert b"Traceback" in ended.stderr
    assert b"a bug" in ended.stderr


LOADED = """
import sys
from clusop.cli import run
try:
    run()
finally:
    print(*(name for name in sys.modules if name.startswith("clusop.")), file=sys.stderr)
"""


def loaded_by(*arguments: str) -> set[str]:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, timeout=120, check=True
    )
    return {name.split(".")[1] for name in ended.stderr.split()}


def test_the_version_loads_the_command_line_and_nothing_else() -> None:
    assert loaded_by("--version") == {"cli", "errors"}


def test_the_doctor_loads_the_agent_and_neither_plans_nor_reports() -> None:
    loaded = loaded_by("doctor", "--json")
    assert "runtime" in loaded
    assert loaded.isdisjoint({"eventlog", "plan", "pricing", "report"})


def test_the_help_knows_every_command() -> None:
    shown = start("--help").stdout.decode()
    assert all(name in shown for name in ("analyze", "explain", "doctor", "prices"))
