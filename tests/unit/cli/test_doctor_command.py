"""``clusop doctor``: each door with state, why and what to do; without any package of the extra; no secret. SPEC P7 and P10."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from clusop.cli.doctor_checks import PTH, Check, doors, in_force, probe, strangers
from clusop.runtime.settings import resolve

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = ("python", "job.py")


def doctor(*arguments: str, hide: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLUSOP")}
    path = {"PYTHONPATH": str(hide)} if hide else {}
    command = [sys.executable, "-m", "clusop", "doctor", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env={**kept, **path, **environment}, timeout=120, check=False
    )


def door(name: str, found: list[Check]) -> Check:
    return next(check for check in found if name in check.name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / PTH).write_text("import os\n")
    return tmp_path


def test_outside_spark_it_says_what_is_missing_and_exits_0() -> None:
    ended = doctor()
    assert (ended.returncode, ended.stderr) == (0, "")
    for part in (
        "start line (.pth)",
        "clusop.arm()",
        "Spark conf",
        "Databricks init script",
        "jar",
        "python",
        "Settings",
    ):
        assert part in ended.stdout


def test_json_is_one_document_with_every_door() -> None:
    found = json.loads(doctor("--json").stdout)
    assert found["clusop_doctor"] == 1
    assert [one["name"] for one in found["doors"]] == [
        "start line (.pth)",
        "clusop.arm()",
        "Spark conf",
        "Databricks init script",
    ]
    assert all(one["why"] for one in found["doors"])
    assert all(one["what_to_do"] for one in found["doors"] if one["state"] == "closed")
    assert found["gate"] == "no-driver"
    assert found["endpoint"] is None, "nothing is connected to unless it is asked for"


@pytest.mark.parametrize("arguments", [(), ("--json",), ("--probe",), ("--json", "--probe")])
def test_a_bare_install_runs_it_all_the_same(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError('missing', name='typer')\n")
    bare, whole = doctor(*arguments, hide=tmp_path), doctor(*arguments)
    assert (bare.returncode, bare.stderr) == (0, "")
    assert bare.stdout == whole.stdout


def test_a_bare_install_refuses_options_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError('missing', name='typer')\n")
    assert doctor("--nonsense", hide=tmp_path).returncode == 2


def test_settings_are_shown_with_where_they_come_from_and_no_secret(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("the-secret-token")
    environment = {
        "CLUSOP_ENDPOINT": "https://user:hunter2@aggregator.example",
        "CLUSOP_TOKEN_FILE": str(token),
        "CLUSOP_TIMEOUT_MS": "900",
        "CLUSOP_ENDPONT": "x",
    }
    found = doctor("--json", **environment).stdout
    told = json.loads(found)
    assert {one["key"]: one["from"] for one in told["settings"]} == {
        "spark.clusop.tokenFile": "environment",
        "spark.clusop.timeoutMs": "environment",
    }
    assert [one["reason"] for one in told["problems"]] == ["bad-setting", "unknown-setting"]
    assert "hunter2" not in found
    assert "the-secret-token" not in found


def test_the_start_line_is_found_in_its_folder_and_its_gate_is_told(folder: Path) -> None:
    found = door(".pth", doors({"CLUSOP_ARM": "1"}, SCRIPT, [folder]))
    assert found.state == "open"
    assert str(folder) in found.why
    assert "CLUSOP_ARM" in found.why


@pytest.mark.parametrize(
    ("environ", "argv", "part"),
    [
        ({}, SCRIPT, "CLUSOP_ARM=1"),
        ({"CLUSOP_ARM": "1", "CLUSOP_DISABLE": "1"}, SCRIPT, "CLUSOP_DISABLE"),
        ({"CLUSOP_ARM": "1"}, ("python", "-m", "pyspark.daemon"), "no driver"),
    ],
)
def test_a_closed_gate_says_what_to_do(folder: Path, environ: dict[str, str], argv: tuple[str, ...], part: str) -> None:
    found = door(".pth", doors(environ, argv, [folder]))
    assert found.state == "closed"
    assert part in found.what_to_do


def test_a_missing_line_says_where_it_was_looked_for(tmp_path: Path) -> None:
    found = door(".pth", doors({"CLUSOP_ARM": "1"}, SCRIPT, [tmp_path]))
    assert found.state == "closed"
    assert str(tmp_path) in found.why


def test_serverless_is_told_without_a_session() -> None:
    assert door("arm()", doors({"DATABRICKS_RUNTIME_VERSION": "client.5.1"}, SCRIPT, [])).state == "closed"


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("spark.extraListeners com.other.X,com.clusop.listener.PhotonFallbackListener", "open"),
        ("spark.sql.queryExecutionListeners=com.clusop.listener.PhotonFallbackListener", "open"),
        ("# spark.extraListeners com.clusop.listener.PhotonFallbackListener", "closed"),
        ("spark.master local", "closed"),
    ],
)
def test_spark_defaults_are_read(tmp_path: Path, line: str, state: str) -> None:
    (tmp_path / "spark-defaults.conf").write_text(f"{line}\n")
    assert door("Spark conf", doors({"SPARK_CONF_DIR": str(tmp_path)}, SCRIPT, [])).state == state


def test_the_probe_connects_and_sends_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        assert probe(resolve({}, {"endpoint": url}, {})).state == "ok"
        connection, _ = listening.accept()
        with connection:
            assert connection.recv(1) == b""
    assert probe(resolve({}, {"endpoint": url}, {})).state == "closed"
    assert probe(resolve({}, {}, {})).state == "missing"


def test_what_looks_like_a_setting_and_is_none_is_told() -> None:
    assert [reason.detail for reason in strangers({"CLUSOP_ARM": "1", "CLUSOP_TIMEOUT": "1", "PATH": ""})] == [
        "CLUSOP_TIMEOUT"
    ]
    assert in_force({"CLUSOP_TIMEOUT_MS": "900"})[1] == [("spark.clusop.timeoutMs", "900", "environment")]
