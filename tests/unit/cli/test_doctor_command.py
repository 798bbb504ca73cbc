"""``clusop doctor``: each door with state, why and what to do; without any package of the extra; no secret. SPEC P7 and P10."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from clusop.cli.doctor_checks import PTH, doors, in_force, jar_checks, probe, strangers
from clusop.cli.doctor_conf import INIT_CONF, init_script_door, spark_conf_door
from clusop.reasons import Reason
from clusop.runtime.jars import jars
from clusop.runtime.settings import resolve
from clusop.runtime.transport.http_exchange import PROXY_PORT

if TYPE_CHECKING:
    from pathlib import Path

    from clusop.cli.doctor_check import Check

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


def test_it_sends_nobody_to_the_doctor() -> None:
    shown = doctor().stdout
    assert "clusop is not armed in this process. Below stands" in shown
    assert "run clusop doctor" not in shown


@pytest.mark.parametrize(("reason", "state"), [("jar-missing", "missing"), ("jar-damaged", "damaged")])
def test_jars_that_are_not_there_are_told_with_one_way_to_get_them(
    monkeypatch: pytest.MonkeyPatch, reason: str, state: str
) -> None:
    monkeypatch.setattr("clusop.cli.doctor_checks.jars", lambda: Reason(reason, ": jars.json"))
    (found,) = jar_checks()
    assert found.state == state
    assert "install clusop" not in found.why, "what to do stands below, once"
    assert found.what_to_do.startswith("Run `make jars` in /"), "these tests run in a clone"


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
    found = doctor("--json", hide=None, **environment).stdout
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


@pytest.mark.parametrize("name", [".pth", "arm()"])
def test_both_python_doors_know_the_kill_file_and_the_switch(folder: Path, name: str) -> None:
    (folder / "OFF").write_text("")

    def state(**environ: str) -> Check:
        return door(name, doors({"CLUSOP_ARM": "1", **environ}, SCRIPT, [folder]))

    killed = state(CLUSOP_KILL_FILE=str(folder / "OFF"))
    assert (killed.state, killed.what_to_do) == ("closed", "Remove the file.")
    assert str(folder / "OFF") in killed.why
    assert state(CLUSOP_KILL_FILE=str(folder / "gone")).state == "open"
    for word in ("1", "yes", "on"):
        assert state(CLUSOP_DISABLE=word).state == "closed"
    for word in ("0", "False", "no", "off"):
        assert state(CLUSOP_DISABLE=word).state == "open", "as the real gate reads it"
    assert state(CLUSOP_TOKEN_FILE=str(folder / "no-token")).state == "open", "told among the settings, once"


def test_what_does_not_work_is_a_problem_in_text_and_json(tmp_path: Path) -> None:
    environment = {"CLUSOP_TOKEN_FILE": str(tmp_path / "gone"), "CLUSOP_ENDPOINT": "https://clusop.example"}
    told = json.loads(doctor("--json", hide=None, **environment).stdout)
    assert [one["reason"] for one in told["problems"]] == ["unreadable-token-file"]
    shown = doctor(hide=None, CLUSOP_ARM="1", CLUSOP_TIMEOUT_MS="soon", **environment).stdout.splitlines()
    for sentence in ("The token file cannot be read", "A setting cannot be used"):
        (at,) = (place for place, line in enumerate(shown) if sentence in line)
        assert shown[at].startswith("  ! ")
        assert shown[at + 1].startswith("    -> "), "what to do stands below"
    assert any("clusop doctor --probe" in line for line in shown)


def made_jar(path: Path, member: str = "com/clusop/listener/PhotonFallbackListener.class") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(member, "")
    return path


OURS = "com.clusop.listener.PhotonFallbackListener"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (f"spark.extraListeners com.other.X,{OURS}", "spark.extraListeners"),
        (f"spark.extraListeners={OURS}", "spark.extraListeners"),
        (f" spark.sql.queryExecutionListeners : {OURS}", "spark.sql.queryExecutionListeners"),
        (f"# spark.extraListeners {OURS}", ""),
        (f"spark.extraListeners {OURS}Other", ""),
        (f"spark.extraListenersOfMine {OURS}", ""),
        ("spark.master local", ""),
    ],
)
def test_spark_defaults_are_read_and_the_jar_is_looked_for(tmp_path: Path, line: str, key: str) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/spark-defaults.conf").write_text(f"{line}\n")
    found = spark_conf_door({"SPARK_HOME": str(tmp_path)}, None)
    if not key:
        assert found.state == "closed"
        return
    assert found.state == "missing", "a class that is named and missing stops Spark"
    assert f": {key};" in found.why
    made_jar(tmp_path / "jars/clusop-listener_2.12.jar", "other/Thing.class")
    assert spark_conf_door({"SPARK_HOME": str(tmp_path)}, None).state == "missing"
    made_jar(tmp_path / "jars/clusop-listener_2.12.jar")
    foreign = spark_conf_door({"SPARK_HOME": str(tmp_path)}, None)
    assert foreign.state == "unknown", "another release's, or damaged"


def real_jar() -> Path:
    found = jars()
    if isinstance(found, Reason):
        pytest.skip("needs the built jars")
    return found[0].path


def test_spark_s_conf_is_open_with_a_whole_jar_on_the_class_path(tmp_path: Path) -> None:
    jar = real_jar()
    (tmp_path / "spark-defaults.conf").write_text(
        f"spark.driver.extraClassPath /gone.jar:{jar}\nspark.extraListeners {OURS}\n"
    )
    environ = {"SPARK_CONF_DIR": str(tmp_path), "SPARK_HOME": str(tmp_path)}
    assert spark_conf_door(environ, None).state == "open"
    switched_off = spark_conf_door(environ, Reason("kill-file", ": /OFF"))
    assert switched_off.state == "closed"
    assert "/OFF" in switched_off.why


def test_the_init_script_s_door_is_open_with_its_conf_and_a_whole_jar_only(tmp_path: Path) -> None:
    assert init_script_door(tmp_path, None).state == "closed"
    conf_dir, jar_dir, log = (tmp_path / f"databricks/{name}" for name in ("driver/conf", "jars", "driver/logs"))
    for folder in (conf_dir, jar_dir, log):
        folder.mkdir(parents=True)
    (log / "clusop-init.log").write_text("2026-01-01T00:00:00Z clusop-init: not armed: no temporary directory\n")
    closed = init_script_door(tmp_path, None)
    assert (closed.state, "not armed: no temporary directory" in closed.why) == ("closed", True)
    (conf_dir / INIT_CONF).write_text(f'[driver] {{\n  "spark.extraListeners" = "com.a.B,{OURS}"\n}}\n')
    assert init_script_door(tmp_path, None).state == "missing"
    made_jar(jar_dir / "clusop-init_2.12.jar")
    assert init_script_door(tmp_path, None).state == "unknown"
    (jar_dir / "clusop-init_2.12.jar").write_bytes(real_jar().read_bytes())
    assert init_script_door(tmp_path, None).state == "open"
    (conf_dir / "10-late.conf").write_text('"spark.extraListeners" = "com.a.B,com.late.C"\n')
    late = init_script_door(tmp_path, None)
    assert (late.state, "names com.late.C" in late.why) == ("open", True)
    (conf_dir / "zzzz.conf").write_text("spark.extraListeners com.last.D\n")
    assert init_script_door(tmp_path, None).state == "closed"


def test_the_probe_of_a_proxy_takes_the_port_that_the_transport_takes() -> None:
    settings = resolve({}, {"endpoint": "https://clusop.example", "proxy": "http://127.0.0.1"}, {})
    assert f"127.0.0.1:{PROXY_PORT} (proxy)" in probe(settings).why


def test_the_probe_connects_and_sends_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        assert probe(resolve({}, {"endpoint": url}, {})).state == "ok"
        connection, _ = listening.accept()
        with connection:
            assert connection.recv(1) == b""
    refused = probe(resolve({}, {"endpoint": url}, {}))
    assert refused.state == "closed"
    assert "Nothing listens there" in refused.what_to_do
    assert "spark.clusop.endpoint" in refused.what_to_do
    through = probe(resolve({}, {"endpoint": "https://clusop.example", "proxy": url}, {}))
    assert "the proxy runs, and that spark.clusop.proxy" in through.what_to_do
    assert probe(resolve({}, {}, {})).state == "missing"


def test_an_endpoint_whose_host_nobody_knows_or_that_is_none_is_told_with_what_to_do() -> None:
    nowhere = probe(resolve({}, {"endpoint": "http://clusop.invalid"}, {}))
    assert nowhere.state == "closed"
    assert "No host of this name" in nowhere.what_to_do
    wrong = probe(resolve({}, {"endpoint": "clusop.example"}, {}))
    assert (wrong.state, "cannot be used" in wrong.why, "https://HOST" in wrong.what_to_do) == ("missing", True, True)
    shown = doctor("--probe", CLUSOP_ENDPOINT="clusop.example").stdout
    assert "    -> Give it as https://HOST" in shown


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("CLUSOP_TIMEOUT", "CLUSOP_TIMEOUT (did you mean CLUSOP_TIMEOUT_MS?)"),
        ("CLUSOP_ENDPONT", "CLUSOP_ENDPONT (did you mean CLUSOP_ENDPOINT?)"),
        ("CLUSOP_endpoint", "CLUSOP_endpoint (did you mean CLUSOP_ENDPOINT?)"),
        ("CLUSOP_AMR", "CLUSOP_AMR (did you mean CLUSOP_ARM?)"),
        ("CLUSOP_XYZZY", "CLUSOP_XYZZY"),
        ("CLUSOP_ENABLE", "CLUSOP_ENABLE"),
        ("CLUSOP_DISABLED", "CLUSOP_DISABLED"),
    ],
)
def test_what_looks_like_a_setting_and_is_none_is_told_with_the_nearest_name(name: str, told: str) -> None:
    assert [reason.detail for reason in strangers({"CLUSOP_ARM": "1", name: "1", "PATH": ""})] == [told]


def test_what_other_programs_of_clusop_read_is_no_stranger() -> None:
    for_the_script = ("CLUSOP_SOURCE", "CLUSOP_JARS_SHA256", "CLUSOP_INIT", "CLUSOP_LISTENERS")
    assert strangers(dict.fromkeys(for_the_script, "x")) == []
    assert in_force({"CLUSOP_TIMEOUT_MS": "900"})[1] == [("spark.clusop.timeoutMs", "900", "environment")]
