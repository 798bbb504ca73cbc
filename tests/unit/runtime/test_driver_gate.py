"""Which processes arm by themselves. SPEC P1."""

from __future__ import annotations

import pytest

from clusop.runtime.autoload import DRIVER_SIGNS, closed_because

SCRIPT = ["python", "job.py"]


@pytest.mark.parametrize("sign", DRIVER_SIGNS)
def test_each_sign_of_a_driver_opens(sign: str) -> None:
    assert closed_because({sign: "1"}, SCRIPT) == ""


def test_a_plain_python_is_left_alone() -> None:
    assert closed_because({"PATH": "/bin", "SPARK_HOME": "/opt/spark"}, SCRIPT) == "no-driver"


@pytest.mark.parametrize(
    "argv",
    [
        ["python", "-m", "pyspark.daemon"],
        ["python3", "-u", "-m", "pyspark.daemon", "pyspark.worker"],
        ["python", "-m", "pyspark.worker"],
        ["python", "-m", "pyspark.sql.worker.analyze_udtf"],
        ["python", "-m", "pyspark.sql.connect.streaming.worker.foreach_batch_worker"],
    ],
)
def test_a_worker_is_left_alone_whatever_it_inherited(argv: list[str]) -> None:
    assert closed_because({"DATABRICKS_RUNTIME_VERSION": "17.3", "CLUSOP_ARM": "1"}, argv) == "spark-worker"


@pytest.mark.parametrize("sign", ["PYTHON_WORKER_FACTORY_SECRET", "PYTHON_WORKER_FACTORY_PORT"])
def test_a_worker_of_another_module_is_known_by_its_environment(sign: str) -> None:
    assert closed_because({"SPARK_ENV_LOADED": "1", sign: "x"}, ["python", "-m", "other.daemon"]) == "spark-worker"


@pytest.mark.parametrize("off", [{"CLUSOP_DISABLE": "1"}, {"CLUSOP_DISABLE": "yes"}, {"CLUSOP_ARM": "0"}])
def test_a_switch_closes(off: dict[str, str]) -> None:
    assert closed_because({"DATABRICKS_RUNTIME_VERSION": "17.3", **off}, SCRIPT) == "switched-off"


@pytest.mark.parametrize("not_off", [{"CLUSOP_DISABLE": "0"}, {"CLUSOP_DISABLE": ""}, {"CLUSOP_DISABLE": "false"}])
def test_a_switch_that_says_no_does_not_close(not_off: dict[str, str]) -> None:
    assert closed_because({"PYSPARK_GATEWAY_PORT": "1", **not_off}, SCRIPT) == ""
