"""What a stranger gets from ``pip install clusop``: the right files, no cost at import, and a sentence where something lacks."""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "harness"))

from hatch_build import jars_problem

from check_release import release_problems, wheel_problems

if TYPE_CHECKING:
    from conftest import Environment

pytestmark = pytest.mark.install

PLAN = """\
== Physical Plan ==
AdaptiveSparkPlan isFinalPlan=true
+- == Final Plan ==
   *(1) Project [pythonUDF0#12 AS net(price)#9]
   +- BatchEvalPython [net(price#3)#8], [pythonUDF0#12]
      +- *(1) ColumnarToRow
         +- PhotonResultStage
            +- PhotonScan parquet main.shop.sales[price#3] Batched: true, DataFilters: [], Format: Parquet
+- == Initial Plan ==
   Project [pythonUDF0#12 AS net(price)#9]
   +- BatchEvalPython [net(price#3)#8], [pythonUDF0#12]
      +- ColumnarToRow
         +- PhotonResultStage
            +- PhotonScan parquet main.shop.sales[price#3] Batched: true, DataFilters: [], Format: Parquet
"""


def test_the_wheel_holds_what_it_must_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        assert wheel_problems(opened.namelist()) == []


def test_a_stranger_in_the_wheel_and_a_missing_file_are_seen(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert wheel_problems([*names, "tests/test_x.py"]) == ["the wheel holds tests/test_x.py, which nobody allowed"]
    without_prices = [name for name in names if not name.endswith("price_table.json")]
    assert wheel_problems(without_prices) == ["the wheel holds nothing that matches clusop/pricing/price_table.json"]


def test_the_jars_in_the_wheel_are_those_that_were_built(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        listed = json.loads(opened.read("clusop/jars/jars.json"))
        found = {
            jar["file"]: hashlib.sha256(opened.read(f"clusop/jars/{jar['file']}")).hexdigest()
            for jar in listed["jars"].values()
        }
    assert found == {jar["file"]: jar["sha256"] for jar in listed["jars"].values()}
    assert set(listed["jars"]) == {"2.12", "2.13"}


def tree_with_jars(folder: Path, version: str = "1.2.3") -> Path:
    jars = folder / "src" / "clusop" / "jars"
    jars.mkdir(parents=True)
    (jars / "a.jar").write_bytes(b"jar")
    listed = {"version": version, "jars": {"2.12": {"file": "a.jar", "sha256": hashlib.sha256(b"jar").hexdigest()}}}
    (jars / "jars.json").write_text(json.dumps(listed))
    return jars


def test_no_wheel_is_built_without_the_jars(tmp_path: Path) -> None:
    assert "make jars" in jars_problem(tmp_path, "1.2.3")


def test_no_wheel_is_built_with_the_jars_of_another_version(tmp_path: Path) -> None:
    tree_with_jars(tmp_path)
    assert jars_problem(tmp_path, "1.2.3") == ""
    assert "1.2.3" in jars_problem(tmp_path, "1.2.4")


@pytest.mark.parametrize("content", [b"cut", None])
def test_no_wheel_is_built_with_a_jar_that_is_not_the_one_listed(tmp_path: Path, content: bytes | None) -> None:
    jar = tree_with_jars(tmp_path) / "a.jar"
    jar.unlink() if content is None else jar.write_bytes(content)
    assert "a.jar is not the jar" in jars_problem(tmp_path, "1.2.3")


def test_a_wheel_can_be_built_from_the_sdist(sdist: Path) -> None:
    """``pip install`` of a source release needs no JVM: the jars are in it."""
    with tarfile.open(sdist) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    must = {
        "pyproject.toml",
        "hatch_build.py",
        "clusop_autoload.pth",
        "src/clusop/jars/jars.json",
        "scala/build.sbt",
        "LICENSE",
    }
    assert must <= names
    assert not [name for name in names if "/target/" in name or name.startswith((".cache", ".venv", "tests/golden"))]


def test_a_release_needs_its_version_and_an_entry() -> None:
    changelog = "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-22\n"
    assert release_problems("v1.2.3", "1.2.3", changelog) == []
    assert release_problems("v1.2.4", "1.2.3", changelog) == ["the tag is v1.2.4, the version in the tree is 1.2.3"]
    assert release_problems("v1.2.4", "1.2.4", changelog) == ["CHANGELOG.md has no entry for 1.2.4"]


def test_importing_clusop_loads_nothing_else(installed: Environment) -> None:
    """SPEC P1: what runs at the start of every Python process loads one module, its own."""
    code = "import sys; before = set(sys.modules); import clusop; print(sorted(set(sys.modules) - before))"
    answer = installed.run(installed.python, "-c", code)
    assert answer.stdout.strip() == "['clusop']", answer.stderr


def test_the_wheel_needs_no_package(installed: Environment) -> None:
    code = (
        "from importlib.metadata import requires\n"
        "print([line for line in requires('clusop') or [] if 'extra ==' not in line])"
    )
    assert installed.run(installed.python, "-c", code).stdout.strip() == "[]"


def test_the_command_without_its_packages_says_what_to_install(installed: Environment) -> None:
    answer = installed.run(installed.scripts / "clusop", "analyze", "plan.txt")
    assert answer.returncode == 2, answer.stderr
    assert "pip install" in answer.stderr
    assert "clusop[" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert len(answer.stderr.strip().splitlines()) <= 2


def test_the_installed_command_analyzes_a_plan(installed: Environment, tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(PLAN)
    answer = installed.run(
        installed.scripts / "clusop", "analyze", "plan.txt", "--json", lend_packages=True, cwd=tmp_path
    )
    assert answer.returncode == 0, answer.stderr
    (query,) = json.loads(answer.stdout)["inputs"][0]["queries"]
    assert query["verdict"] == "fallback"
    assert [finding["cause"] for finding in query["findings"]] == ["python-udf"]


def test_the_installed_command_fails_a_pipeline_when_asked(installed: Environment, tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(PLAN)
    command = (installed.scripts / "clusop", "analyze", "plan.txt", "--fail-on", "fallback")
    assert installed.run(*command, lend_packages=True, cwd=tmp_path).returncode == 3


def test_a_missing_file_is_one_sentence_and_exit_2(installed: Environment, tmp_path: Path) -> None:
    answer = installed.run(installed.scripts / "clusop", "analyze", "absent.txt", lend_packages=True, cwd=tmp_path)
    assert answer.returncode == 2
    assert "absent.txt" in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
