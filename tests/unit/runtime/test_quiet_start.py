"""An armed Python that never meets Spark is as it was without clusop: real interpreters that run the line. SPEC P1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LINE = ROOT / "clusop_autoload.pth"
LONG_S = 60


class Python:
    """A venv whose start runs the line."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False)
        self.path = folder / "bin" / "python"
        (site,) = (folder / "lib").glob("python*/site-packages")
        (site / LINE.name).write_bytes(LINE.read_bytes())
        (site / "a_package.pth").write_text(f"{ROOT / 'src'}\n")

    def run(self, script: Path, **environment: str) -> str:
        """What a script printed. It ended well, and stderr is empty."""
        kept = {"PATH": os.environ["PATH"], **(environment or {"CLUSOP_ARM": "1"})}
        ended = subprocess.run(
            [str(self.path), str(script)], capture_output=True, text=True, env=kept, timeout=LONG_S, check=False
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        return ended.stdout.strip()


@pytest.fixture(scope="module")
def armed(tmp_path_factory: pytest.TempPathFactory) -> Python:
    return Python(tmp_path_factory.mktemp("venv"))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "job.py"


def test_it_waits_for_spark_in_a_thread_that_python_does_not_list(armed: Python, script: Path) -> None:
    script.write_text(
        "import os, threading\n"
        "print(len(os.listdir('/proc/self/task')), threading.active_count())\n"
        "[one.join() for one in threading.enumerate() if one is not threading.main_thread()]\n"
    )
    assert armed.run(script) == "2 1"
    assert armed.run(script, CLUSOP_ARM="0") == "1 1"


def test_it_loads_next_to_nothing(armed: Python, script: Path) -> None:
    script.write_text("import json, sys\nprint(json.dumps(sorted(sys.modules)))\n")
    bare, more = json.loads(armed.run(script, CLUSOP_ARM="0")), json.loads(armed.run(script))
    added = set(more) - set(bare)
    assert {name for name in added if not name.startswith("clusop")} <= {"atexit", "__future__"}
    assert 0 < len(added) <= 14, sorted(added)


def test_a_program_that_waits_for_a_signal_gets_it(armed: Python, script: Path) -> None:
    script.write_text(
        "import os, signal\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
        "print(signal.sigtimedwait({signal.SIGTERM}, 30).si_signo == signal.SIGTERM)\n"
    )
    assert armed.run(script) == "True"


def test_so_it_does_once_the_real_threads_are_there(armed: Python, script: Path) -> None:
    script.write_text(
        "import clusop, os, signal, threading\n"
        "clusop.arm()\n"
        "print([one.name for one in threading.enumerate() if one.name == 'clusop-arm'])\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
        "print(signal.sigtimedwait({signal.SIGTERM}, 30).si_signo == signal.SIGTERM)\n"
    )
    assert armed.run(script) == "['clusop-arm']\nTrue"


@pytest.mark.parametrize(
    "work", ["pass", "import sys; sys.stderr = None; import clusop; print(clusop.arm().reasons[0].id)"]
)
def test_a_sub_interpreter_ends_without_the_process(armed: Python, script: Path, work: str) -> None:
    """A thread that is left in one aborts the process at its end; site runs the line in each."""
    script.write_text(
        "try:\n"
        "    import _interpreters as made\n"
        "    one = made.create('legacy')\n"
        "    made.exec(one, {work!r})\n"
        "except ImportError:\n"
        "    import _xxsubinterpreters as made\n"
        "    one = made.create(isolated=False)\n"
        "    made.run_string(one, {work!r})\n"
        "made.destroy(one)\n"
        "print('ended')\n".replace("{work!r}", repr(work))
    )
    told = armed.run(script).splitlines()
    assert told[-1] == "ended"
    assert told[:-1] == ([] if work == "pass" else ["sub-interpreter"])


def test_helpers_of_multiprocessing_stay_single_threaded(armed: Python, script: Path) -> None:
    script.write_text(
        """
import multiprocessing, os

def threads(_):
    return [len(os.listdir(f"/proc/{pid}/task")) for pid in (os.getpid(), os.getppid())]

if __name__ == "__main__":
    for method in ("forkserver", "spawn"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            own, parent = pool.map(threads, [0])[0]
            print(own, parent if method == "forkserver" else "")
"""
    )
    assert armed.run(script).split() == ["1", "1", "1"]


def test_a_fork_is_as_ever_and_the_wait_goes_on(armed: Python, script: Path) -> None:
    """Python 3.12 and newer warn of a fork beside any thread."""
    script.write_text(
        "import os, time, warnings\n"
        "warnings.simplefilter('error')\n"
        "pid = os.fork()\n"
        "if pid == 0: os._exit(len(os.listdir('/proc/self/task')) - 1)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), len(os.listdir('/proc/self/task')))\n"
    )
    assert armed.run(script) == "0 2"


def test_a_script_s_own_module_of_a_well_known_name_is_its_own(armed: Python, script: Path) -> None:
    (script.parent / "email.py").write_text("print('loaded once')\ndef send_report(): return 'mine'\n")
    script.write_text("import time; time.sleep(0.2)\nimport email\nprint(email.send_report())\n")
    assert armed.run(script) == "loaded once\nmine"


@pytest.mark.parametrize(("name", "state"), [("email", "waiting"), ("dataclasses", "dormant"), ("http", "waiting")])
def test_arm_neither_runs_such_a_module_nor_fails_over_it(armed: Python, script: Path, name: str, state: str) -> None:
    (script.parent / f"{name}.py").write_text("print('run by whom?')\n")
    script.write_text(
        "import clusop\n"
        "status = clusop.arm(endpoint='http://127.0.0.1:9')\n"
        "print(status.state, status.is_armed, bool(repr(status)), bool(repr(clusop.report())))\n"
        "clusop.disarm()\n"
    )
    assert armed.run(script) == f"{state} False True True"


def test_arm_survives_a_package_of_another_version(armed: Python, script: Path) -> None:
    """pip at work under a running kernel: a reason that is not in the catalogue any more."""
    script.write_text(
        "import clusop, clusop.reasons\n"
        "clusop.arm\n"
        "clusop.reasons.catalogue = lambda: {}\n"
        "for name in ('arm', 'status', 'disarm', 'report'):\n"
        "    print(getattr(clusop, name)().reasons)\n"
    )
    assert armed.run(script) == "\n".join(["()"] * 4)


def test_a_jvm_hands_over_to_the_watch_that_arms(armed: Python, script: Path) -> None:
    package = script.parent / "pyspark"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "context.py").write_text(
        "class SparkContext:\n    _gateway = object()\n    _active_spark_context = None\n"
    )
    script.write_text(
        """
import pyspark.context, threading, time
names, deadline = [], time.monotonic() + 30
while "clusop-arm" not in names and time.monotonic() < deadline:
    time.sleep(0.01)
    names = [one.name for one in threading.enumerate()]
print(names)
"""
    )
    assert armed.run(script, CLUSOP_ARM="1", SPARK_HOME="/nowhere") == "['MainThread', 'clusop-arm']"


@pytest.mark.parametrize("setting", ["CLUSOP_TOKEN_FILE", "CLUSOP_KILL_FILE"])
def test_a_pipe_in_place_of_a_file_holds_nobody_up(armed: Python, script: Path, setting: str) -> None:
    pipe = script.parent / "pipe"
    os.mkfifo(pipe)
    script.write_text(
        "import clusop, contextlib, io\nwith contextlib.redirect_stderr(io.StringIO()): print(clusop.arm().state)\n"
    )
    expected = "off" if setting == "CLUSOP_KILL_FILE" else "waiting"
    assert armed.run(script, CLUSOP_ARM="1", **{setting: str(pipe)}) == expected


def test_what_the_runtime_loads_is_what_is_asked_to_be_python_s_own() -> None:
    code = """
import sys
before = set(sys.modules)
import clusop.runtime.public, clusop.runtime.private_copy
core = set(sys.modules)
import clusop.runtime.transport.http, clusop.runtime.transport.http_exchange
from clusop.runtime.python_library import CORE, HTTP
def tops(names):
    found = {name.partition('.')[0] for name in names}
    return {one for one in found if one in sys.stdlib_module_names and not one.startswith('_')} - set(sys.builtin_module_names)
# What Python's start has loaded, or has frozen, no file hides.
early = set('os stat posixpath genericpath ntpath copyreg fcntl grp math sre_compile sre_constants sre_parse io abc'.split())
print(sorted(tops(core - before) - set(CORE.split()) - early))
print(sorted(tops(set(sys.modules) - core) - set((CORE + ' ' + HTTP).split())))
"""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, env=env, timeout=LONG_S, check=True
    )
    assert done.stdout.split() == ["[]", "[]"]
