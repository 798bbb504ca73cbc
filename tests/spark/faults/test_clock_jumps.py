"""The wall clock jumps by days, back and forth, between every two steps: nothing is lost, sent twice or kept for ever."""

from __future__ import annotations

import json

import pytest
from delivery_probe import delivery_probe

from fake_aggregator import Behaviour, FakeAggregator

DAY_MS = 86_400_000
JUMPS = (DAY_MS, -3 * DAY_MS, 400 * DAY_MS, -401 * DAY_MS, 31_000, -31_000)


@pytest.fixture(scope="module")
def probe(java_home):
    from build_jars import main_jar, probe_jar

    if not (main_jar("2.12").is_file() and probe_jar("2.12").is_file()):
        pytest.skip("the jars are not built (make jars)")
    with delivery_probe(java_home, "2.12") as one:
        yield one


def test_records_leave_whatever_the_clock_says(probe):
    with FakeAggregator() as server:
        probe.start(endpoint=server.url)
        for jump in JUMPS:
            probe.executed(query_id=str(abs(jump)), names=())
            probe.seal()
            lease = probe.call("poll", holder="python", max_records=1)
            server.behave(Behaviour("status", status=429, retry_after="200", times=1))
            probe.do("advance", ms=jump)
            probe.do("tick")
            again = probe.call("poll", holder="another", max_records=100)
            assert not set(lease["records"]) & set(again["records"]) or abs(jump) >= 20_000
            probe.do("advance", ms=jump // 2)
            probe.do("tick")
        server.behave(Behaviour())
        probe.leave_alone()
        probe.do("advance", ms=80_000)
        status = probe.wait_until(lambda now: now["waiting"] == 0, 60)
        assert status["losses"].keys() <= {"hour-closed"}
        sequences = [record["sequence"] for record in map(json.loads, server.lines)]
        assert sorted(sequences) == list(range(1, max(sequences) + 1))
        assert [one for one in server.requests if one.status == 400] == []
