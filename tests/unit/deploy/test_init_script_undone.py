"""Twice, undone, switched off; and what the policy beside the script names. SPEC P1."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from init_script_driver import DEPLOY, OURS, SCRIPT, THEIRS, Cluster, listeners

from clusop.runtime.settings import declared

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


def test_twice_is_once(cluster: Cluster) -> None:
    cluster.start()
    first = cluster.conf.read_text()
    cluster.start()
    assert cluster.conf.read_text() == first
    assert cluster.jars() == ["clusop-init_2.12.jar"]


def test_a_later_start_with_a_damaged_jar_takes_the_earlier_one_back(cluster: Cluster) -> None:
    cluster.start()
    (cluster.source / "clusop-listener_2.12.jar").write_bytes(b"damaged")
    cluster.start()
    assert cluster.left_no_trace()


def test_undo_restores_what_was(cluster: Cluster) -> None:
    cluster.write("10-other.conf", '[driver] {\n  "spark.extraListeners" = "com.other.One"\n}\n')
    for name in ("other.jar", "clusop-listener_2.12.jar"):
        (cluster.jar_dir / name).write_text("")
    cluster.start()
    assert cluster.start(CLUSOP_INIT="undo").startswith("undo")
    assert sorted(path.name for path in cluster.conf_dir.iterdir()) == ["10-other.conf"]
    assert cluster.jars() == ["clusop-listener_2.12.jar", "other.jar"], "what it did not put there it does not take"


def test_undo_leaves_the_jar_where_another_conf_names_our_class(cluster: Cluster) -> None:
    cluster.start()
    cluster.write("10-mine.conf", f"spark.extraListeners {OURS}\n")
    cluster.start(CLUSOP_INIT="undo")
    assert cluster.jars() == ["clusop-init_2.12.jar"], "a class that is named and missing stops the cluster"
    assert not cluster.conf.exists()


@pytest.mark.parametrize(
    "environment",
    [{"DB_IS_DRIVER": "FALSE"}, {"DB_IS_DRIVER": ""}, {"CLUSOP_INIT": "off"}, {"CLUSOP_INIT": "unod"}],
)
def test_it_does_nothing_where_it_has_nothing_to_do(cluster: Cluster, environment: dict[str, str]) -> None:
    cluster.start(**environment)
    assert cluster.left_no_trace()


def test_a_kill_file_takes_everything_back(cluster: Cluster) -> None:
    cluster.start()
    (cluster.root / "OFF").write_text("")
    assert "kill file" in cluster.start(CLUSOP_KILL_FILE="/OFF")
    assert cluster.left_no_trace()
    assert "no absolute path" in cluster.start(CLUSOP_KILL_FILE="OFF")


def test_settings_may_lie_in_a_file_beside_the_script_and_are_never_run(cluster: Cluster, tmp_path: Path) -> None:
    copied = Path(shutil.copy(SCRIPT, cluster.source))
    witness = tmp_path / "ran"
    (cluster.source / "clusop-init.env").write_text(
        f"CLUSOP_JARS_SHA256=$(touch {witness})\nCLUSOP_LISTENERS=com.mine.A\r\n"
    )
    assert "CLUSOP_JARS_SHA256" in cluster.start(copied, CLUSOP_SOURCE="", CLUSOP_LISTENERS="")
    (cluster.source / "clusop-init.env").write_text("CLUSOP_LISTENERS=com.mine.A\r\n")
    cluster.start(copied, CLUSOP_SOURCE="", CLUSOP_LISTENERS="")
    assert not witness.exists()
    assert listeners(cluster.conf) == ["com.mine.A", OURS]


def test_a_jar_folder_that_is_none_names_no_class(cluster: Cluster) -> None:
    shutil.rmtree(cluster.jar_dir)
    cluster.jar_dir.write_text("a file where the folder should be")
    assert cluster.start().startswith("not armed")
    assert list(cluster.conf_dir.iterdir()) == []


def test_a_log_that_cannot_be_written_is_no_fault(cluster: Cluster) -> None:
    (cluster.root / "databricks/driver/logs").write_text("")
    cluster.start()
    assert listeners(cluster.conf) == [THEIRS, OURS]


def test_what_others_wrote_does_not_forge_lines_of_the_log(cluster: Cluster) -> None:
    cluster.write("10-a\nwritten: all is well.conf", "{ spark.extraListeners = x }\n")
    assert cluster.start().startswith("not armed: 10-a?written")


def test_the_policy_names_settings_and_variables_that_exist() -> None:
    policy = json.loads((DEPLOY / "policy.json").read_text())
    script = SCRIPT.read_text()
    for name, rule in policy.items():
        assert rule["type"] in {"fixed", "unlimited", "allowlist", "regex", "range", "forbidden"}
        if name.startswith("spark_conf."):
            assert name.removeprefix("spark_conf.") in declared()
        elif name.startswith("spark_env_vars."):
            assert name.removeprefix("spark_env_vars.") in script
        else:
            assert name == "init_scripts.0.volumes.destination"
    assert policy["spark_env_vars.CLUSOP_LISTENERS"]["value"] == THEIRS
    assert not any(OURS in str(rule) for rule in policy.values()), "never as static conf"
