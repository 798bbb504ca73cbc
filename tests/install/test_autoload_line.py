"""The start line as Python meets it: real interpreters, a venv in which it runs twice, and every way it could hurt. SPEC P1."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINE = ROOT / "clusop_autoload.pth"
START = ROOT / "clusop_autoload.start"
LOADED = "import sys; print(sorted(name for name in sys.modules if name.split('.')[0] == 'clusop'))"
# Counted by the operating system: the lookout is a bare thread that Python's `threading` does not list.
THREADS = "import os; print(len(os.listdir('/proc/self/task')) - 1)"

pytestmark = pytest.mark.install


class Interpreter:
    """A venv whose site directory holds our line, and a folder where ``clusop`` is found before the line runs."""

    def __init__(self, folder: Path, package: Path) -> None:
        venv.create(folder, with_pip=False)
        self.python = folder / "bin" / "python"
        (self.site,) = (folder / "lib").glob("python*/site-packages")
        (self.site / LINE.name).write_bytes(LINE.read_bytes())
        # Files run in the order of their names: the path is there before the line is.
        (self.site / "a_package.pth").write_text(f"{package}\n")

    def run(self, code: str, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {"PATH": os.environ["PATH"], **environment}
        command = [str(self.python), *flags, "-c", code]
        return subprocess.run(command, capture_output=True, text=True, env=kept, timeout=60, check=False)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    return Interpreter(tmp_path_factory.mktemp("venv"), ROOT / "src")


def quiet(ended: subprocess.CompletedProcess[str]) -> str:
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.strip()


def test_the_line_is_one_line_that_a_person_can_read() -> None:
    (line,) = LINE.read_text(encoding="ascii").splitlines()
    assert line.startswith("import os, sys; ")
    for word in (
        "DATABRICKS_RUNTIME_VERSION",
        "PYSPARK_GATEWAY_PORT",
        "SPARK_ENV_LOADED",
        "CLUSOP_ARM",
        "CLUSOP_DISABLE",
    ):
        assert word in line
    assert len(line) < 700
    assert "base64" not in line
    assert START.read_text(encoding="ascii") == "clusop.runtime.autoload:start\n"


def test_the_twin_names_something_that_can_be_called() -> None:
    import importlib

    module, _, name = START.read_text().strip().partition(":")
    assert callable(getattr(importlib.import_module(module), name))


def test_a_plain_python_loads_no_module_of_clusop(ours: Interpreter) -> None:
    assert quiet(ours.run(LOADED)) == "[]"


def test_outside_spark_the_line_loads_no_module_at_all(ours: Interpreter) -> None:
    """Not one more than Python's own start: what the line needs (os, sys) is there before it runs."""
    loaded = "import sys; print(sorted(sys.modules))"
    with_line = quiet(ours.run(loaded))
    (ours.site / LINE.name).rename(ours.site / "aside")
    without = quiet(ours.run(loaded))
    (ours.site / "aside").rename(ours.site / LINE.name)
    assert with_line == without


@pytest.mark.parametrize(
    "environment",
    [
        {"DATABRICKS_RUNTIME_VERSION": "17.3"},
        {"PYSPARK_GATEWAY_PORT": "12345"},
        {"SPARK_ENV_LOADED": "1"},
        {"CLUSOP_ARM": "1"},
        {"CLUSOP_ARM": "1", "CLUSOP_DISABLE": "0"},
        {"CLUSOP_ARM": "1", "CLUSOP_DISABLE": "No"},
    ],
)
def test_a_driver_waits_in_one_thread_though_the_line_runs_twice(
    ours: Interpreter, environment: dict[str, str]
) -> None:
    assert quiet(ours.run(THREADS, **environment)) == "1"


def test_the_line_does_run_twice_in_a_venv(ours: Interpreter) -> None:
    (ours.site / "b_count.pth").write_text("import sys; sys.clusop_count = getattr(sys, 'clusop_count', 0) + 1\n")
    told = quiet(ours.run("import sys; print(sys.clusop_count)"))
    (ours.site / "b_count.pth").unlink()
    assert int(told) >= 2, "if Python mends this, the test above proves nothing"


@pytest.mark.parametrize(
    "environment",
    [
        {"CLUSOP_ARM": "0"},
        {"CLUSOP_ARM": "1", "CLUSOP_DISABLE": "1"},
        {"DATABRICKS_RUNTIME_VERSION": "17.3", "CLUSOP_DISABLE": "yes"},
        {"DATABRICKS_RUNTIME_VERSION": "17.3", "CLUSOP_ARM": "0"},
        {"CLUSOP_ARM": "1", "PYTHON_WORKER_FACTORY_SECRET": "x"},
        {"CLUSOP_ARM": "1", "PYTHON_WORKER_FACTORY_PORT": "1"},
        {"CLUSOP_ARM": "1", "PYTHON_WORKER_FACTORY_SOCK_DIR": "/run"},
    ],
)
def test_switched_off_or_in_a_worker_no_module_is_loaded(ours: Interpreter, environment: dict[str, str]) -> None:
    assert quiet(ours.run(LOADED, **environment)) == "[]"


def test_a_worker_by_its_command_line_loads_no_module(ours: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "pyspark").mkdir()
    (tmp_path / "pyspark" / "__init__.py").write_text("")
    (tmp_path / "pyspark" / "daemon.py").write_text(LOADED)
    env = {"PATH": os.environ["PATH"], "CLUSOP_ARM": "1", "PYTHONPATH": str(tmp_path)}
    command = [str(ours.python), "-m", "pyspark.daemon"]
    ended = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=False)
    assert quiet(ended) == "[]"


@pytest.mark.parametrize(("flags", "threads"), [(("-S",), "0"), (("-I",), "1"), (("-E",), "1")])
def test_python_s_own_switches(ours: Interpreter, flags: tuple[str, ...], threads: str) -> None:
    assert quiet(ours.run(THREADS, *flags, CLUSOP_ARM="1")) == threads


@pytest.mark.parametrize("code", ["pass", "raise SystemExit(7)", "import os; os._exit(9)", "1/0"])
def test_the_exit_of_a_program_is_the_same_armed_or_not(ours: Interpreter, code: str) -> None:
    bare, armed = ours.run(code), ours.run(code, CLUSOP_ARM="1")
    assert (armed.returncode, armed.stdout, armed.stderr) == (bare.returncode, bare.stdout, bare.stderr)


def test_a_forked_child_is_quiet(ours: Interpreter) -> None:
    code = """
import os, sys, clusop
pid = os.fork()
if pid == 0:
    reasons = [reason.id for reason in clusop.arm().reasons]
    sys.exit(0 if reasons == ["forked-child"] else 5)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""
    # From 3.12 on Python itself warns of a fork beside any thread; that is the user's own doing with PySpark as well.
    ended = ours.run(code, "-W", "ignore::DeprecationWarning", CLUSOP_ARM="1")
    assert quiet(ended) == ""


def test_arming_before_spark_waits_and_says_so(ours: Interpreter) -> None:
    told = quiet(ours.run("import clusop; print(clusop.arm()); print(clusop.arm().state)"))
    assert told.startswith("clusop is waiting")
    assert told.endswith("waiting")


SABOTAGE = {
    "exit": "def start(): raise SystemExit(3)",
    "interrupt": "def start(): raise KeyboardInterrupt",
    "error": "def start(): 1 / 0",
    "memory": "def start(): raise MemoryError",
    "at-import": "raise SystemExit(3)",
    "syntax": "def start(:",
    "no-name": "",
}


@pytest.mark.parametrize("name", [*SABOTAGE, "no-module", "no-package"])
def test_whatever_the_line_meets_python_starts_as_ever(tmp_path: Path, name: str) -> None:
    package = tmp_path / "package"
    package.mkdir()
    if name != "no-package":
        (package / "clusop" / "runtime").mkdir(parents=True)
        (package / "clusop" / "__init__.py").write_text("")
        (package / "clusop" / "runtime" / "__init__.py").write_text("")
    if name in SABOTAGE:
        (package / "clusop" / "runtime" / "autoload.py").write_text(SABOTAGE[name])
    assert quiet(Interpreter(tmp_path / "venv", package).run("print('alive')", CLUSOP_ARM="1")) == "alive"


def test_system_exit_within_arming_does_not_end_the_job(ours: Interpreter, tmp_path: Path) -> None:
    """A SparkContext whose JVM side raises SystemExit when it is looked at: by our thread, and by a call of ``arm()``."""
    (tmp_path / "pyspark").mkdir()
    (tmp_path / "pyspark" / "__init__.py").write_text("")
    (tmp_path / "pyspark" / "context.py").write_text(
        """
class Stopping:
    _jsc = True
    def __getattribute__(self, name):
        if name in ("_jvm", "_gateway", "applicationId"):
            raise SystemExit(3)
        return object.__getattribute__(self, name)

class SparkContext:
    _gateway = True
    _active_spark_context = Stopping()
"""
    )
    code = """
import pyspark.context, clusop
status = clusop.arm()
print(status.state, [reason.id for reason in status.reasons])
"""
    told = quiet(ours.run(code, CLUSOP_ARM="1", PYTHONPATH=str(tmp_path)))
    assert told == "dormant ['arming-failed']"
