"""Python's answers and the JVM that gives Scala's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "harness"), str(Path(__file__).parent / "answers")]

CORPUS = REPOSITORY.parent / "shared" / "corpus"


@pytest.fixture(scope="session", params=["2.12", "2.13"])
def scala_binary(request):
    """Each of the two Scala versions."""
    return request.param


@pytest.fixture(scope="session")
def scala(scala_binary):
    """The probe's answer in one Scala version: ``scala(kind, text)``."""
    pytest.importorskip("py4j", reason="pyspark is not installed (make test installs it)")
    from build_jars import main_jar, probe_jar
    from probe_jvm import ProbeJvm

    if not main_jar(scala_binary).is_file() or not probe_jar(scala_binary).is_file():
        pytest.skip("the jars are not built (make jars)")
    with ProbeJvm(scala_binary) as jvm:
        yield jvm.answer


@pytest.fixture(scope="session")
def corpus():
    if not CORPUS.is_dir():
        pytest.skip("the labelled corpus is not beside the checkout (../shared/corpus)")
    return CORPUS
