"""Help, comparison and refusals of ``clusop certify`` where neither PySpark nor Py4J is installed: a fresh ``pip install``."""

from __future__ import annotations

import subprocess
import sys

import pytest

NONE_OF_THEM = """
import sys
for name in ("py4j", "py4j.protocol", "pyspark", "pyspark.errors", "pyspark.sql"):
    sys.modules[name] = None
from clusop.cli.root import main
sys.exit(main(sys.argv[1:]))
"""


def run(*arguments, folder):
    command = [sys.executable, "-c", NONE_OF_THEM, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.parametrize("arguments", [["--help"], ["certify", "--help"], ["certify", "diff", "--help"]])
def test_help_needs_no_spark(arguments, tmp_path):
    done = run(*arguments, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "certify" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["certify"], "--engine: none was named. Name one of comet, photon, none."),
        (["certify", "--engine", "nope"], "--engine: 'nope' is not known. Known are comet, photon, none."),
        (
            ["certify", "--engine", "photon"],
            "Photon runs on Databricks clusters only. Import harness/certify_notebook.py",
        ),
        (["certify", "--engine", "none"], "there is no PySpark in this Python. Install it: pip install"),
        (["certify", "diff", "a.json", "b.json"], "a.json: there is no such file. Give the matrix.json"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_leaves_nothing(arguments, says, tmp_path):
    done = run(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
