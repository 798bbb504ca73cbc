"""Whatever fails, hangs or is cut off: the init script exits 0 and arms nothing. SPEC P1."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from init_script_driver import DRIVER, IMAGE_JAR, LIMITS, SCRIPT, THEIRS, Cluster, make_jar, with_tool

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


@pytest.mark.parametrize("hangs", ["jars.json", "clusop-listener_2.12.jar", "OFF", "x.whl", "10-other.conf"])
def test_what_does_not_answer_holds_nothing_up(cluster: Cluster, hangs: str) -> None:
    folder = cluster.conf_dir if hangs.endswith(".conf") else cluster.source
    (folder / hangs).unlink(missing_ok=True)
    os.mkfifo(folder / hangs)
    named = {"x.whl": {"CLUSOP_SOURCE": str(cluster.source / "x.whl")}}.get(hangs, {})
    began_s = time.monotonic()
    line = cluster.start(**LIMITS, **named, **({"CLUSOP_KILL_FILE": "/OFF"} if hangs == "OFF" else {}))
    if hangs == "OFF":
        assert line.startswith("written"), "a kill file is looked up, not opened"
        return
    assert "does not answer within 1 s" in line
    assert time.monotonic() - began_s < 30
    assert not cluster.conf.exists()


def test_a_kill_file_that_does_not_answer_arms_nothing(cluster: Cluster) -> None:
    environment = with_tool(cluster, "stat", "exec sleep 20")
    assert "OFF does not answer" in cluster.start(CLUSOP_KILL_FILE="/OFF", **LIMITS, **environment)
    assert cluster.left_no_trace()


@pytest.mark.parametrize("told", ["Permission denied", "Input/output error", "Transport endpoint is not connected"])
def test_a_kill_file_that_cannot_be_asked_for_arms_nothing(cluster: Cluster, told: str) -> None:
    environment = with_tool(cluster, "stat", f"echo \"stat: cannot statx '/OFF': {told}\" >&2; exit 1")
    assert f"({told})" in cluster.start(CLUSOP_KILL_FILE="/OFF", **environment)
    assert cluster.left_no_trace()


def test_a_command_that_cannot_be_ended_is_left_behind(cluster: Cluster) -> None:
    cluster.start()
    # As a process in the kernel's uninterruptible sleep: the limit's own signals do nothing.
    environment = with_tool(cluster, "timeout", "exec setsid sleep 8")
    began_s = time.monotonic()
    assert "longer than 4 s" in cluster.start(**LIMITS, **environment)
    assert time.monotonic() - began_s < 7.5
    assert cluster.left_no_trace()


@pytest.mark.parametrize(
    ("tool", "fault"),
    [
        *(
            (tool, "exit 1")
            for tool in "awk chmod cp cut grep head mktemp mv python3 rm sha256sum stat timeout tr".split()
        ),
        *((tool, "kill -9 $$") for tool in ("cp", "mv", "timeout")),
    ],
)
def test_any_command_may_fail_or_die(cluster: Cluster, tool: str, fault: str) -> None:
    cluster.write("10-other.conf", "spark.extraListeners com.other.One\n")
    cluster.start(CLUSOP_KILL_FILE="/OFF", **LIMITS, **with_tool(cluster, tool, fault))


@pytest.mark.parametrize("cut", range(200, 17_000, 2_800))
def test_a_script_that_is_cut_off_arms_nothing_and_exits_0(cluster: Cluster, tmp_path: Path, cut: int) -> None:
    whole = SCRIPT.read_bytes()
    assert cut < len(whole)
    (tmp_path / "cut.sh").write_bytes(whole[:cut])
    ended = subprocess.run(
        ["bash", str(tmp_path / "cut.sh")],
        capture_output=True,
        env={"PATH": os.environ["PATH"], "CLUSOP_TEST_ROOT": str(cluster.root), **DRIVER},
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0 or cut < whole.index(b"trap")
    assert cluster.left_no_trace()


def test_windows_line_ends_and_another_shell_arm_nothing(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "crlf.sh").write_bytes(SCRIPT.read_bytes().replace(b"\n", b"\r\n"))
    assert cluster.start(tmp_path / "crlf.sh") == ""
    other = shutil.which("dash")
    if other is not None:
        assert subprocess.run([other, str(SCRIPT)], env=DRIVER, timeout=60, check=False).returncode == 0
    assert cluster.left_no_trace()


def test_the_caller_s_shell_options_change_nothing(cluster: Cluster) -> None:
    assert cluster.start(SHELLOPTS="errexit:nounset:noglob:noclobber:pipefail").startswith("written")
    assert cluster.start(CLUSOP_INIT="undo", SHELLOPTS="errexit").startswith("undo")


def test_an_image_without_jars_where_they_are_looked_for_names_no_class(cluster: Cluster) -> None:
    (cluster.jar_dir / IMAGE_JAR).unlink()
    assert "does not know it" in cluster.start()
    shutil.rmtree(cluster.conf_dir)
    make_jar(cluster.jar_dir / IMAGE_JAR, THEIRS)
    assert "does not know it" in cluster.start()
    assert not cluster.conf_dir.exists()
