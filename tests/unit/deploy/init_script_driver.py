"""A pretended Databricks driver for the init script: a tree of folders, jars, conf files and tools."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import zipfile
from pathlib import Path

DEPLOY = Path(__file__).parents[3] / "deploy" / "databricks"
SCRIPT = DEPLOY / "clusop-init.sh"
OURS = "com.clusop.listener.PhotonFallbackListener"
THEIRS = "com.databricks.backend.daemon.driver.DBCEventLoggingListener"
OPENLINEAGE = "io.openlineage.spark.agent.OpenLineageSparkListener"
DRIVER = {"DB_IS_DRIVER": "TRUE", "SCALA_VERSION": "2.12"}
LIMITS = {"CLUSOP_TEST_ACCESS_S": "1", "CLUSOP_TEST_WHOLE_S": "4"}
IMAGE_JAR = "image.jar"


def make_jar(path: Path, *classes: str) -> None:
    with zipfile.ZipFile(path, "w") as made:
        for name in classes:
            made.writestr(name.replace(".", "/") + ".class", path.name)


class Cluster:
    """A driver's file system below a folder, and a Volume with a release in it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.conf_dir = self.root / "databricks/driver/conf"
        self.conf = self.conf_dir / "zzz-clusop.conf"
        self.jar_dir = self.root / "databricks/jars"
        self.source = folder / "volume"
        for made in (self.conf_dir, self.jar_dir, self.source, self.root / "tmp"):
            made.mkdir(parents=True)
        make_jar(self.jar_dir / IMAGE_JAR, THEIRS, "com.mine.A")
        for scala in ("2.12", "2.13"):
            make_jar(self.source / f"clusop-listener_{scala}.jar", OURS)
        self.list_jars()

    def list_jars(self) -> None:
        listed = {
            scala: {"bytes": 1, "file": path.name, "sha256": sha256(path), "spark": "3.5.9"}
            for scala in ("2.12", "2.13")
            if (path := self.source / f"clusop-listener_{scala}.jar").is_file()
        }
        document = {"clusop_jars": 1, "jars": listed, "version": "0.1.0"}
        (self.source / "jars.json").write_text(json.dumps(document, indent=2, sort_keys=True))

    def start(self, script: Path = SCRIPT, /, **environment: str) -> str:
        """Run the script as a starting cluster does; the line it logged last."""
        env = {
            "PATH": os.environ["PATH"],
            "CLUSOP_TEST_ROOT": str(self.root),
            "CLUSOP_SOURCE": str(self.source),
            "CLUSOP_LISTENERS": THEIRS,
            **DRIVER,
            **environment,
        }
        env = {name: value for name, value in env.items() if value}
        ended = subprocess.run(["bash", str(script)], capture_output=True, text=True, env=env, timeout=60, check=False)
        assert ended.returncode == 0, "anything else stops the cluster"
        assert ended.stdout == ""
        assert ended.stderr == ""
        self.cannot_kill()
        log = self.root / "databricks/driver/logs/clusop-init.log"
        return log.read_text().splitlines()[-1].partition(" clusop-init: ")[2] if log.is_file() else ""

    def cannot_kill(self) -> None:
        """What must hold after every run, whatever was broken: a conf is whole, and our jar is whole where it is named."""
        if self.conf.exists():
            assert OURS in listeners(self.conf)
            released = {sha256(path) for path in self.source.glob("clusop-listener_*.jar")}
            assert {sha256(path) for path in self.jar_dir.glob("clusop-init_*.jar")} <= released
            assert self.jars()

    def write(self, name: str, text: str) -> Path:
        """A conf file of somebody else's."""
        path = self.conf_dir / name
        path.write_bytes(text.encode())
        return path

    def jars(self) -> list[str]:
        return sorted(path.name for path in self.jar_dir.iterdir() if path.name != IMAGE_JAR)

    def left_no_trace(self) -> bool:
        return not list(self.conf_dir.iterdir()) and not self.jars()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def listeners(conf: Path) -> list[str]:
    found = re.fullmatch(r'\[driver\] \{\n  "spark\.extraListeners" = "([^"]+)"\n\}\n', conf.read_text())
    assert found is not None, conf.read_text()
    return found[1].split(",")


def with_tool(cluster: Cluster, name: str, body: str) -> dict[str, str]:
    """An environment in which one command does something else."""
    folder = cluster.source.parent / "bin"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{body}\n")
    (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}
