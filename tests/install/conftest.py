"""The wheel as a stranger gets it, and a fresh environment with nothing else in it."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the tree with the backend that is installed."""
    return built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source release, built from the tree."""
    return built("sdist", tmp_path_factory.mktemp("sdist"))


def built(kind: str, folder: Path) -> Path:
    """What the build backend makes of the tree; skipped where the jars are not built."""
    if not (ROOT / "src" / "clusop" / "jars" / "jars.json").is_file():
        pytest.skip("the jars are not built (make jars)")
    code = f"import hatchling.build, os; os.chdir({str(ROOT)!r}); print(hatchling.build.build_{kind}({str(folder)!r}))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert answer.returncode == 0, answer.stderr
    return folder / answer.stdout.split()[-1]


class Environment:
    """A virtual environment with the wheel and, on demand, packages lent by the one that runs the tests."""

    def __init__(self, folder: Path) -> None:
        self.python = folder / "bin" / "python"
        self.scripts = folder / "bin"

    def run(
        self, *command: str | Path, lend_packages: bool = False, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as a user would, with none of our own settings in its environment."""
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PYTHON", "PYTEST", "CLUSOP", "COV_"))
        }
        kept["PATH"] = f"{self.scripts}{os.pathsep}{kept.get('PATH', '')}"
        kept["COLUMNS"] = "100"
        if lend_packages:
            kept["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
        return subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, env=kept, cwd=cwd, check=False, timeout=120
        )


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A fresh environment with the wheel and no extra."""
    folder = tmp_path_factory.mktemp("fresh")
    # Without pip in it: making one takes longer than all the rest, and the wheel can be installed from outside.
    venv.create(folder, with_pip=False)
    environment = Environment(folder)
    install = ["-m", "pip", "--python", environment.python, "install", "--no-deps", "--no-index", "--quiet", wheel]
    answer = environment.run(sys.executable, *install)
    assert answer.returncode == 0, answer.stderr
    return environment
