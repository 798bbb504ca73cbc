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


@pytest.mark.parametrize(
    "argv",
    [
        ["python", "-c", "from multiprocessing.spawn import spawn_main; spawn_main(7)", "--multiprocessing-fork"],
        ["python", "-s", "-c", "from multiprocessing.forkserver import main; main(4, 5, [])"],
        ["python", "-c", "from multiprocessing.resource_tracker import main;main(4)"],
        ["python", "-m", "joblib.externals.loky.backend.popen_loky_posix", "--process-name", "x"],
    ],
)
def test_a_helper_that_a_driver_started_is_left_alone(argv: list[str]) -> None:
    assert closed_because({"DATABRICKS_RUNTIME_VERSION": "17.3"}, argv) == "helper-process"


def test_a_script_may_be_named_after_multiprocessing() -> None:
    assert closed_because({"CLUSOP_ARM": "1"}, ["python", "multiprocessing_job.py", "from multiprocessing"]) == ""


@pytest.mark.parametrize(("told", "expected"), [("FALSE", "worker-node"), ("false", "worker-node"), ("TRUE", "")])
def test_databricks_says_which_node_is_the_driver_s(told: str, expected: str) -> None:
    assert closed_because({"DATABRICKS_RUNTIME_VERSION": "17.3", "DB_IS_DRIVER": told}, SCRIPT) == expected


def test_a_worker_over_unix_sockets_is_known_too() -> None:
    environ = {"CLUSOP_ARM": "1", "PYTHON_WORKER_FACTORY_SOCK_DIR": "/sockets"}
    assert closed_because(environ, ["python", "-m", "other.daemon"]) == "spark-worker"


@pytest.mark.parametrize("said", ["False", "no", "OFF", " 0 "])
def test_no_is_no_in_any_case(said: str) -> None:
    assert closed_because({"CLUSOP_ARM": "1", "CLUSOP_DISABLE": said}, SCRIPT) == ""
