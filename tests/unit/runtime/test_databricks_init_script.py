"""The init script in a pretended driver: arms only with a whole jar, takes itself back, and always exits 0. SPEC P1."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from clusop.runtime.settings import declared

DEPLOY = Path(__file__).parents[3] / "deploy" / "databricks"
SCRIPT = DEPLOY / "clusop-init.sh"
OURS = "com.clusop.listener.PhotonFallbackListener"
THEIRS = "com.databricks.backend.daemon.driver.DBCEventLoggingListener"
DRIVER = {"DB_IS_DRIVER": "TRUE", "SCALA_VERSION": "2.12"}

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


class Cluster:
    """A driver's file system below a folder, and a Volume with a release in it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.conf_dir = self.root / "databricks/driver/conf"
        self.conf = self.conf_dir / "99-clusop.conf"
        self.jar_dir = self.root / "databricks/jars"
        self.source = folder / "volume"
        for made in (self.conf_dir, self.jar_dir, self.source):
            made.mkdir(parents=True)
        listed = {}
        for scala in ("2.12", "2.13"):
            name = f"clusop-listener_{scala}.jar"
            (self.source / name).write_bytes(f"jar for {scala}".encode())
            listed[scala] = {
                "bytes": 1,
                "file": name,
                "sha256": hashlib.sha256((self.source / name).read_bytes()).hexdigest(),
                "spark": "3.5.9",
            }
        document = {"clusop_jars": 1, "jars": listed, "version": "0.1.0"}
        (self.source / "jars.json").write_text(json.dumps(document, indent=2, sort_keys=True))

    def start(self, **environment: str) -> str:
        """Run the script as a starting cluster does; the line it logged last."""
        env = {
            "PATH": os.environ["PATH"],
            "CLUSOP_TEST_ROOT": str(self.root),
            "CLUSOP_SOURCE": str(self.source),
            **DRIVER,
            **environment,
        }
        ended = subprocess.run(["bash", str(SCRIPT)], capture_output=True, text=True, env=env, timeout=60, check=False)
        assert ended.returncode == 0, "anything else stops the cluster"
        assert ended.stdout == ""
        assert ended.stderr == ""
        log = self.root / "databricks/driver/logs/clusop-init.log"
        return log.read_text().splitlines()[-1].partition(" clusop-init: ")[2] if log.is_file() else ""

    def jars(self) -> list[str]:
        return sorted(path.name for path in self.jar_dir.iterdir())

    def left_no_trace(self) -> bool:
        return not list(self.conf_dir.iterdir()) and not list(self.jar_dir.iterdir())


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(tmp_path)


def listeners(conf: Path) -> list[str]:
    found = re.fullmatch(r'\[driver\] \{\n  "spark\.extraListeners" = "([^"]+)"\n\}\n', conf.read_text())
    assert found is not None, conf.read_text()
    return found[1].split(",")


def test_it_arms_with_a_verified_jar_and_keeps_databricks_own_listener(cluster: Cluster) -> None:
    assert cluster.start().startswith("armed: clusop-listener_2.12.jar")
    assert listeners(cluster.conf) == [THEIRS, OURS]
    assert cluster.jars() == ["clusop-listener_2.12.jar"]


@pytest.mark.parametrize(
    "told", [{"SCALA_VERSION": "2.13"}, {"SPARK_SCALA_VERSION": "2.13.16", "SCALA_VERSION": "2.12"}]
)
def test_it_takes_the_jar_for_the_image_s_scala(cluster: Cluster, told: dict[str, str]) -> None:
    cluster.start(**told)
    assert cluster.jars() == ["clusop-listener_2.13.jar"]


def test_without_the_variable_spark_s_own_jars_tell_the_scala_version(cluster: Cluster) -> None:
    (cluster.jar_dir / "scala-library_2.13.16.jar").write_text("")
    assert cluster.start(SCALA_VERSION="").startswith("armed: clusop-listener_2.13.jar")


def test_an_unknown_scala_version_arms_nothing(cluster: Cluster) -> None:
    assert "Scala version" in cluster.start(SCALA_VERSION="3.3")
    assert cluster.left_no_trace()


@pytest.mark.parametrize(
    "line",
    [
        '[driver] {\n  "spark.extraListeners" = "com.other.One,com.other.Two"\n}\n',
        "spark.extraListeners com.other.One, com.other.Two\n",
        "spark.extraListeners=com.other.One,com.other.Two",
        f'"spark.extraListeners" = "{THEIRS},com.other.One,com.other.Two,{OURS}"\n',
    ],
)
def test_entries_of_other_files_are_kept_and_their_files_untouched(cluster: Cluster, line: str) -> None:
    other = cluster.conf_dir / "10-other.conf"
    other.write_text(line)
    cluster.start()
    assert listeners(cluster.conf) == [THEIRS, "com.other.One", "com.other.Two", OURS]
    assert other.read_text() == line


def test_entries_that_only_the_owner_knows_can_be_told(cluster: Cluster) -> None:
    cluster.start(CLUSOP_LISTENERS=f"com.mine.A,{THEIRS}")
    assert listeners(cluster.conf) == ["com.mine.A", THEIRS, OURS]


def test_a_jar_that_is_not_the_listed_one_writes_nothing(cluster: Cluster) -> None:
    (cluster.source / "clusop-listener_2.12.jar").write_bytes(b"another")
    assert "is not the jar" in cluster.start()
    assert cluster.left_no_trace()


def test_a_list_that_is_not_the_pinned_one_writes_nothing(cluster: Cluster) -> None:
    assert "CLUSOP_JARS_SHA256" in cluster.start(CLUSOP_JARS_SHA256="0" * 64)
    assert cluster.left_no_trace()
    pinned = hashlib.sha256((cluster.source / "jars.json").read_bytes()).hexdigest()
    assert cluster.start(CLUSOP_JARS_SHA256=pinned).startswith("armed")


@pytest.mark.parametrize("content", ["", "{}", "not json", '{"jars": {"2.12": {"file": "clusop-listener_2.12.jar"}}}'])
def test_a_list_that_tells_nothing_writes_nothing(cluster: Cluster, content: str) -> None:
    (cluster.source / "jars.json").write_text(content)
    assert "no SHA-256" in cluster.start()
    assert cluster.left_no_trace()


def test_a_source_without_the_jar_writes_nothing(cluster: Cluster) -> None:
    assert "does not hold" in cluster.start(CLUSOP_SOURCE=str(cluster.source / "gone"))
    assert cluster.left_no_trace()


def test_the_wheel_is_a_source_too(cluster: Cluster, tmp_path: Path) -> None:
    wheel = tmp_path / "clusop-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as made:
        for path in cluster.source.iterdir():
            made.write(path, f"clusop/jars/{path.name}")
    assert cluster.start(CLUSOP_SOURCE=str(wheel)).startswith("armed")
    wheel.write_bytes(b"no wheel")
    assert "does not hold" in cluster.start(CLUSOP_SOURCE=str(wheel))


def test_twice_is_once(cluster: Cluster) -> None:
    cluster.start()
    first = cluster.conf.read_text()
    cluster.start()
    assert cluster.conf.read_text() == first
    assert cluster.jars() == ["clusop-listener_2.12.jar"]


def test_a_later_start_with_a_damaged_jar_takes_the_earlier_one_back(cluster: Cluster) -> None:
    cluster.start()
    (cluster.source / "clusop-listener_2.12.jar").write_bytes(b"damaged")
    cluster.start()
    assert cluster.left_no_trace()


def test_undo_restores_what_was(cluster: Cluster) -> None:
    other = cluster.conf_dir / "10-other.conf"
    other.write_text('[driver] {\n  "spark.extraListeners" = "com.other.One"\n}\n')
    (cluster.jar_dir / "other.jar").write_text("")
    cluster.start()
    assert cluster.start(CLUSOP_INIT="undo").startswith("undo")
    assert sorted(path.name for path in cluster.conf_dir.iterdir()) == ["10-other.conf"]
    assert cluster.jars() == ["other.jar"]


@pytest.mark.parametrize("environment", [{"DB_IS_DRIVER": "FALSE"}, {"DB_IS_DRIVER": ""}, {"CLUSOP_INIT": "off"}])
def test_it_does_nothing_where_it_has_nothing_to_do(cluster: Cluster, environment: dict[str, str]) -> None:
    cluster.start(**environment)
    assert cluster.left_no_trace()


def test_a_kill_file_takes_everything_back(cluster: Cluster) -> None:
    cluster.start()
    (cluster.root / "OFF").write_text("")
    assert "kill file" in cluster.start(CLUSOP_KILL_FILE="/OFF")
    assert cluster.left_no_trace()


def test_settings_may_lie_in_a_file_beside_the_script_and_are_never_run(cluster: Cluster, tmp_path: Path) -> None:
    copied = shutil.copy(SCRIPT, cluster.source)
    witness = tmp_path / "ran"
    (cluster.source / "clusop-init.env").write_text(f"CLUSOP_INIT=$(touch {witness})\nCLUSOP_LISTENERS=com.mine.A\r\n")
    env = {"PATH": os.environ["PATH"], "CLUSOP_TEST_ROOT": str(cluster.root), **DRIVER}
    ended = subprocess.run(["bash", copied], capture_output=True, env=env, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert not witness.exists()
    assert listeners(cluster.conf) == ["com.mine.A", OURS]


def test_a_full_disk_leaves_no_half_written_conf(cluster: Cluster) -> None:
    (cluster.conf_dir / "99-clusop.conf.part").symlink_to("/dev/full")
    assert "cannot be written" in cluster.start()
    assert cluster.left_no_trace()


def test_a_jar_folder_that_cannot_be_made_names_no_class(cluster: Cluster) -> None:
    cluster.jar_dir.rmdir()
    cluster.jar_dir.write_text("a file where the folder should be")
    assert "cannot be copied" in cluster.start()
    assert list(cluster.conf_dir.iterdir()) == []


def test_a_log_that_cannot_be_written_is_no_fault(cluster: Cluster) -> None:
    (cluster.root / "databricks/driver/logs").write_text("")
    cluster.start()
    assert listeners(cluster.conf) == [THEIRS, OURS]


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
