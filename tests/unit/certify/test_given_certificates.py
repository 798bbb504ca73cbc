"""``clusop analyze --certified``: what cannot be used is refused in a sentence."""

from __future__ import annotations

import subprocess
import sys

import pytest
from certified_runs import PLAN_OFF

from clusop.certify.cell import Cell, Outcome
from clusop.certify.matrix import AgentCheck, Matrix, matrix_json
from clusop.certify.stamp import Stamp


def kept(file, dbr):
    stamp = Stamp("photon", dbr, "3.5.2", "2.12", "17", "3.11", dbr, dbr, "image", "0.1.0", 2, "2026-11-29")
    cells = (Cell("one", "joins", "One.", Outcome.NATIVE),)
    file.write_text(matrix_json(Matrix(stamp, "x", cells, AgentCheck(1, 0, 0, 1, {}, 0))), encoding="utf-8")


@pytest.fixture
def analyze(tmp_path):
    (tmp_path / "plan.txt").write_text(PLAN_OFF, encoding="utf-8")
    kept(tmp_path / "before.json", "16.4")
    kept(tmp_path / "after.json", "17.3")
    kept(tmp_path / "again.json", "16.4")
    (tmp_path / "newer.json").write_text('{"clusop_certification": 2}', encoding="utf-8")

    def run(*names):
        given = [part for name in names for part in ("--certified", name)]
        command = [sys.executable, "-m", "clusop", "analyze", "plan.txt", *given]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    return run


def test_two_runtimes_are_taken(analyze):
    assert analyze("before.json", "after.json").returncode == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            ["before.json", "again.json"],
            "before.json and again.json are both of DBR 16.4. Give one matrix of a runtime.",
        ),
        (["before.json", "before.json"], "before.json and before.json are both of DBR 16.4."),
        (["before.json", "none.json"], "none.json: there is no such file. Give the matrix.json"),
        (["newer.json"], "newer.json: it holds no certification of version 1. Give the matrix.json"),
        (["plan.txt"], "plan.txt: it cannot be read as JSON"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(analyze, given, says):
    done = analyze(*given)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
