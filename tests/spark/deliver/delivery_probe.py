"""The delivery side of the agent in a JVM of its own: ``com.clusop.probe.DeliveryProbe`` by lines of JSON."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from fractions import Fraction
from time import monotonic, sleep
from types import MappingProxyType

from market_json import market_json

from build_jars import main_jar, probe_jar
from clusop.analysis.cluster import Cluster, Epoch, Uptime
from clusop.analysis.observed import EngineFact, EngineState, Observed, RunStatus, Source, StageRun, StageTimes
from clusop.plan.node import Metric, Operator, Plan
from clusop.plan.reading import Phase, PlanReading, PlanSource
from spark_versions import BUILD_RELEASES, installed_release

AGENT = "fedcba9876543210" * 2
HOUR = 3_600_000
FACTS = {
    "workspace": "1234567890",
    "workloadName": "nightly load",
    "taskKey": "orders",
    "dbr": "15.4",
    "sparkVersion": "3.5.0",
    "engine": "photon",
    "clusterId": "1122-334455-abc12def",
}


def market(arguments: str = "[f(x#1)]", description: str = "", names: tuple[str, ...] = (), query_id: str = "7") -> str:
    """A run on Photon with one Python UDF, on a priced cluster."""
    tree = names or ("PhotonResultStage", "PhotonGroupingAgg", "BatchEvalPython", "PhotonProject", "PhotonScan parquet")
    plan = Plan(tuple(_operator(name, index, arguments) for index, name in enumerate(tree)))
    reading = PlanReading(plan, Phase.FINAL, PlanSource.EXPLAIN_TEXT)
    stage = StageRun(
        stage_id=1,
        attempt=0,
        run_ms=Fraction(1000),
        native_ns=600_000_000,
        task_count=4,
        accumulators=MappingProxyType(dict.fromkeys(range(len(tree)), 1)),
        run_by_epoch_ms=((0, Fraction(1000)),),
    )
    run = Observed(
        query_id,
        Source.LIVE,
        (reading,),
        EngineFact("photon", EngineState.ON),
        StageTimes((stage,)),
        description=description,
        status=RunStatus.SUCCEEDED,
        start_at_ms=1_790_000_000_000,
        end_at_ms=1_790_000_001_000,
    )
    cluster = Cluster(
        cloud="AWS",
        product="JOBS_COMPUTE",
        tier="PREMIUM",
        driver_node_type="i3.xlarge",
        worker_node_type="i3.xlarge",
        availability="ON_DEMAND",
        uptime=Uptime.ELASTIC,
        is_databricks=True,
        epochs=(Epoch(0, HOUR, 8, 2),),
    )
    return market_json("photon", cluster, run)


def _operator(name: str, index: int, arguments: str) -> Operator:
    """Each operator has a metric that the stage updated: it ran there."""
    return Operator(name, index - 1, arguments=arguments, metrics=(Metric("number of output rows", "sum", index),))


class DeliveryProbe:
    """One JVM with a deliverer. Every command is answered before the next."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def do(self, what: str, **fields: object) -> dict:
        self._process.stdin.write(json.dumps({"do": what, **fields}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the JVM ended while asked to {what}: {self._process.stderr.read()[-2000:]}"
        return json.loads(line)

    def start(self, agent: str = AGENT, **settings: object) -> None:
        named = {f"spark.clusop.{name.replace('__', '.')}": str(value) for name, value in settings.items()}
        self.do("start", agent=agent, settings=named)

    def executed(self, facts: dict | None = None, **about: str) -> None:
        self.do("executed", market=market(**about), facts=FACTS | (facts or {}), owner="me", hours="1/80")

    def call(self, op: str, **request: object) -> dict:
        return self.do("call", op=op, request=request)

    def seal(self) -> None:
        self.call("flush", holder="")

    @property
    def status(self) -> dict:
        return self.do("status")

    def leave_alone(self) -> None:
        """Nobody polls for longer than a batcher that has nothing to do may be silent."""
        self.do("advance", ms=76_000)
        self.do("tick")

    def wait_until(self, holds, seconds: float = 20.0) -> dict:
        """Tick until the status holds, as the agent's thread would."""
        deadline = monotonic() + seconds
        while not holds(status := self.status):
            assert monotonic() < deadline, status
            self.do("tick")
            sleep(0.02)
        return status


@contextmanager
def delivery_probe(java_home, scala_binary: str):
    release = next(one for one in BUILD_RELEASES if one.scala_binary == scala_binary)
    jars = installed_release(release) / "pyspark" / "jars"
    path = ":".join([str(main_jar(scala_binary)), str(probe_jar(scala_binary)), str(jars / "*")])
    command = [str(java_home / "bin" / "java"), "-XX:+UseSerialGC", "-cp", path, "com.clusop.probe.DeliveryProbe"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield DeliveryProbe(process)
        finally:
            process.kill()


def behave(aggregator, mode: str, **more: object) -> None:
    """Make the stand-in for an aggregator answer so."""
    from fake_aggregator import Behaviour

    aggregator.behave(Behaviour(mode, **more))
