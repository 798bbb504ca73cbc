"""The jars as they are shipped: built by ``make jars``, opened here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "harness"))

from build_jars import main_jar
from class_file import read_class_file
from jar_file import jar_entries


@pytest.fixture(scope="session", params=["2.12", "2.13"])
def jar(request):
    path = main_jar(request.param)
    if not path.is_file():
        pytest.skip("the jars are not built (make jars)")
    return path


@pytest.fixture(scope="session")
def entries(jar):
    return jar_entries(jar)


@pytest.fixture(scope="session")
def classes(entries):
    return {name: read_class_file(content) for name, content in entries.items() if name.endswith(".class")}
