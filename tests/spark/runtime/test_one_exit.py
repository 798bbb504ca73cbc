"""Python and its JVM end one after the other under spark-submit, which waits for both: they share two seconds. SPEC P1."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
from local_aggregator import local_aggregator
from spark_job import job_environment, run_to_its_end

JOBS = Path(__file__).parent / "jobs"
EXIT_S = 2.0
# Of the four seconds of two flushes, the end of Spark that every job waits for hides up to one and a half.
SLACK_S = 0.4
TRIES = 3


@pytest.fixture(scope="module")
def exit_of(java_home, tmp_path_factory):
    """How long a submitted job took from its last line to its end, and what it left in the spool."""
    import pyspark

    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"

    def run(folder, arguments=(), **environment):
        where = tmp_path_factory.mktemp("job")
        env = job_environment(java_home, where, folder) | {"PYSPARK_PYTHON": sys.executable} | environment
        options = env.pop("PYSPARK_SUBMIT_ARGS").split()[:-1]
        done = run_to_its_end([str(submit), *options, str(JOBS / "leaving_job.py"), *map(str, arguments)], env, where)
        ended_at_s = time.time()
        assert (done.code, done.rows) == (0, ["[Row(id=0), Row(id=1)]"]), done.stderr[-20:]
        assert done.ours == []
        return ended_at_s - done.told["end_at_s"]

    return run


def test_a_hanging_endpoint_costs_one_flush_and_not_two(exit_of, whole_site, tmp_path):
    """No send has failed yet, so Python waits for its own; its lease stays lent, so the JVM waits for that too."""
    longer_s = []
    for attempt in range(TRIES):
        bare_s = exit_of(None)
        spool, sign = tmp_path / f"spool-{attempt}", tmp_path / f"sign-{attempt}"
        with local_aggregator() as server:
            server.hang = sign
            environment = {
                "CLUSOP_ARM": "1",
                "CLUSOP_ENDPOINT": server.url,
                "CLUSOP_SPOOL_DIRECTORY": str(spool),
                "CLUSOP_TIMEOUT_MS": "60000",
                "CLUSOP_SEAL_INTERVAL_MS": "200",
                "CLUSOP_POLL_INTERVAL_MS": "100",
            }
            longer_s.append(exit_of(whole_site, [sign], **environment) - bare_s)
            assert server.requests
            server.go.set()
        # What nobody answered lies on disk, all of it.
        records = [json.loads(line) for path in spool.glob("clusop-*.jsonl") for line in path.read_text().splitlines()]
        assert [record for record in records if record["record"] == "agent-state" and record["final"]]
        sequences = sorted(record["sequence"] for record in records)
        assert sequences == list(range(1, len(sequences) + 1))
        if longer_s[-1] < EXIT_S + SLACK_S:
            return
    pytest.fail(f"it took so much longer than without us: {longer_s}")
