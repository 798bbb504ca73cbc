"""Events replayed through Spark's own bus into the collector give what the Python reader gives for the same log (P8, P9)."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "harness"))
sys.path.insert(0, str(REPOSITORY / "tests" / "vectors" / "answers"))

Q88 = "nds_q88_photon_db_13_3.zstd"
# A bare underscore stands in it for a number: Spark gives the log up, the Python reader counts the record.
UNREADABLE_FOR_SPARK = "malformed_json_eventlog.zstd"
RECORDED = REPOSITORY / "tests" / "data" / "eventlogs" / "comet"


def class_path():
    pytest.importorskip("pyspark", reason="pyspark is not installed (make test installs it)")
    import pyspark

    from build_jars import main_jar, probe_jar

    jars = [main_jar("2.12"), probe_jar("2.12")]
    if not all(jar.is_file() for jar in jars):
        pytest.skip("the jars are not built (make jars)")
    return ":".join([*map(str, jars), str(Path(pyspark.__file__).parent / "jars" / "*")])


@pytest.fixture(scope="module")
def java():
    from find_java import find_java_home

    home = find_java_home()
    if home is None:
        pytest.skip("no Java 17 to 21")
    return str(home / "bin" / "java")


@pytest.fixture(scope="module")
def replayed(corpus, java, tmp_path_factory):
    """Of every log by name: what Python reads in it and what the collector found, both as text."""
    from application_answer import answer_of_application

    from clusop.eventlog import NotLocated, locate, read_application
    from clusop.eventlog.lines import LineStream

    folder = tmp_path_factory.mktemp("replayed")
    logs = [*sorted((corpus / "eventlogs").iterdir()), *sorted(RECORDED.glob("*.zstd"))]
    read, pairs = {}, []
    for log in logs:
        located = locate(log)
        if isinstance(located, NotLocated) or log.name == UNREADABLE_FOR_SPARK:
            continue
        (source,) = located
        read[log.name] = answer_of_application(read_application(source))
        decompressed = folder / f"{log.name}.jsonl"
        with decompressed.open("wb") as out:
            out.writelines(line + b"\n" for line in LineStream(source) if line.strip())
        pairs += [str(decompressed), str(folder / f"{log.name}.json")]
    command = [java, "-Xmx1500m", "-cp", class_path(), "com.clusop.probe.ReplayedLog", *pairs]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return {name: (text, (folder / f"{name}.json").read_text(encoding="utf-8")) for name, text in read.items()}


def test_all_logs_were_there(replayed):
    assert len(replayed) >= 15
    assert Q88 in replayed


def test_every_log_gives_the_same_answer_to_the_byte(replayed):
    different = [name for name, (read, found) in replayed.items() if read != found]
    assert different == []


def test_q88_has_its_executions_stages_and_photon_time(replayed):
    found = json.loads(replayed[Q88][1])
    assert found["engine"] == "photon"
    assert len(found["executions"]) == 27
    stages = [stage for execution in found["executions"].values() for stage in execution["stages"]]
    assert len(stages) == 26  # and 31 of no SQL
    time = found["executions"]["26"]["time"]
    assert time["ratio_basis"] == "measured"
    assert round(float(Fraction(time["native_ms"])) / 1000, 1) == 3747.7
    assert round(float(Fraction(time["run_ms"])) / 1000, 1) == 3818.1
