"""Where the labelled corpus is, and one analysis of all of it through the public command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
MISSING = "the labelled corpus is not beside the checkout (../shared/corpus)"


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in Path(str(item.fspath)).parents:
            item.add_marker(pytest.mark.corpus)


@pytest.fixture(scope="session")
def corpus():
    if not CORPUS.is_dir():
        pytest.skip(MISSING)
    return CORPUS


@pytest.fixture(scope="session")
def labels(corpus):
    lines = (corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


@pytest.fixture(scope="session")
def analyze():
    """Run ``clusop analyze --json`` in a process of its own, as a person would."""

    def run(*paths, options=()):
        command = [sys.executable, "-m", "clusop", "analyze", "--json", *options, *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode in {0, 2}, done.stderr
        return done.returncode, json.loads(done.stdout)

    return run
