"""A spool on a disk that is full, then read-only, in a mount of its own: root is stopped by that too, unlike by file modes."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from fault_settings import ARM, SOON

RING = 10


def mounted(folder, then):
    """The command in front of a job: its own mount table, where ``folder`` is a tiny file system."""
    return ["unshare", "--mount", "sh", "-c", f"mount -t tmpfs -o size=64k,mode=700 tmpfs '{folder}' && {then}", "sh"]


@pytest.fixture(scope="module")
def told(jobs, whole_site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mount")
    tried = shutil.which("unshare") and subprocess.run([*mounted(folder, "true")], capture_output=True, check=False)
    if not tried or tried.returncode != 0:
        pytest.skip("this user may not mount a file system (unshare --mount)")
    environment = {
        **ARM,
        **SOON,
        "CLUSOP_ENDPOINT": "http://127.0.0.1:9",
        "CLUSOP_SPOOL_DIRECTORY": str(folder),
        "CLUSOP_RING_MAX_RECORDS": str(RING),
    }
    # Full to the last byte before we come.
    fill = f"cat /dev/zero 2>/dev/null > '{folder}/full'; exec \"$@\""
    seen = {"rows": []}
    with jobs(whole_site, before=mounted(folder, fill), **environment) as job:
        job.until("status", lambda status: status["state"] == "armed")
        seen["full"] = _until_lost(job, seen, 0, "No space left on device")
        pid = str(job.process.pid)
        subprocess.run(["nsenter", "--mount", "--target", pid, "mount", "-o", "remount,ro", str(folder)], check=True)
        # Arming anew begins with a fresh attempt; the old one may be waiting for a minute by now.
        job.do("arm")
        lost = seen["full"]["agent"]["delivery"]["losses"]["ring-overflow"]
        seen["read-only"] = _until_lost(job, seen, lost, "Read-only file system")
        seen["code"] = job.end()
        seen["stderr"] = job.stderr
    return seen


def _until_lost(job, seen, before, word):
    def holds(now):
        lost = now["agent"]["delivery"]["losses"].get("ring-overflow", 0)
        if lost <= before:
            seen["rows"].append(job.do("rows"))
            job.do("ask", op="flush", holder="")
        return lost > before and f"The spool cannot be written ({word})." in now["sentences"]

    return job.until("status", holds)


def test_the_job_is_as_it_was(told, bare):
    assert told["rows"] == [bare[0]] * len(told["rows"])
    assert (told["code"], told["stderr"]) == (0, bare[1])


@pytest.mark.parametrize("disk", ["full", "read-only"])
def test_what_cannot_be_kept_is_counted_by_reason(told, disk):
    status = told[disk]
    delivery = status["agent"]["delivery"]
    assert (status["state"], status["faults"], status["agent"]["errors"]) == ("armed", {}, 0)
    assert delivery["losses"].keys() == {"ring-overflow"}
    assert (delivery["spooled"], delivery["delivered"]) == (0, 0)
    assert 0 < delivery["waiting"] <= RING
