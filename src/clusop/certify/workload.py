"""What a fixture is, and how the fixtures in a folder are found.

A fixture is one file below ``workloads/<group>/`` that defines ``WORKLOAD``. Adding one is adding a file; its group is the
Spark application (and so the event log) that it runs in. A function that Spark's Python workers call is defined inside the
fixture's own function: so it travels by value, and the workers need not find this folder. Fixtures import these names from
``workload``, or from here.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from pyspark.sql import DataFrame, SparkSession

__all__ = [
    "COUNTS_COMMANDS",
    "COUNTS_WRITES",
    "Application",
    "Dataset",
    "Expected",
    "Run",
    "Workload",
    "application_of",
    "discover",
    "workloads_folder",
]


COUNTS_WRITES = (
    "Comet counts the steps that write (WriteFiles, the sink) as operators it lacks; clusop judges the query that feeds them"
    " and takes a write for where its rows leave the engine, as it takes a collect."
)
COUNTS_COMMANDS = (
    "Comet counts the nodes of a command (Execute, CommandResult, AppendData) as operators it lacks; a command has no plan"
    " that an engine could run."
)
"""Two reasons why Comet's account and clusop's differ, for a fixture's ``disagreement``."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where the tables lie that the fixtures read (``inputs``, made once) and may write (``scratch``, new in every run), as
    paths Spark can read; ``schema`` is the one schema of the catalog in which they may make tables.
    """

    inputs: Path | str
    scratch: Path | str
    schema: str = "default"

    def __getitem__(self, table: str) -> str:
        """The path of an input table as Spark wants it."""
        return f"{self.inputs}/{table}"

    def scratch_table(self, name: str) -> str:
        """The path of a table this run may write."""
        return f"{self.scratch}/{name}"

    def table(self, name: str) -> str:
        """The full name of a table of the catalog this run may make."""
        return f"{self.schema}.{name}"


Run: TypeAlias = Callable[["SparkSession", Dataset], "DataFrame | None"]
"""A query to collect, or ``None`` where the function has run everything itself."""


@dataclass(frozen=True, slots=True)
class Application:
    """How the application of one group of fixtures is started, and the ``area`` of the matrix they make up.

    ``is_recorded``: the group's event log is one of the recorded logs that the golden tests read.
    """

    area: str = ""
    master: str = "local[2]"
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    is_recorded: bool = True


@dataclass(frozen=True, slots=True)
class Expected:
    """What is true of the fixture's user queries on Comet: the worst verdict among them, the causes that must be named, and
    those that may be named ``also`` because the fixture has them besides.
    """

    verdict: str
    causes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """One fixture. ``set_up`` runs before it under a description of its own; ``settings`` are session settings in force
    while it runs; ``fails`` says that the query itself must fail. ``needs`` names what a session must have besides Spark:
    ``delta``, ``hive``, ``sql-udf`` (a SQL function that is temporary). ``disagreement`` explains, in one sentence, why the
    engine's own account and clusop's differ here. ``crashes`` names the engine that is known to fail on the query although it
    is right.
    """

    name: str
    shows: str
    expected: Expected
    run: Run
    set_up: Run | None = None
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    in_demo: bool = False
    needs: tuple[str, ...] = ()
    fails: bool = False
    disagreement: str = ""
    crashes: str = ""
    group: str = ""

    def fails_with(self, engine: str) -> bool:
        """Whether it is declared to fail where this engine is on (``none`` for none)."""
        return self.fails or (self.crashes == engine and engine != "none")

    @property
    def needs_delta(self) -> bool:
        """Whether it can run only where Delta Lake is."""
        return "delta" in self.needs


def workloads_folder() -> Path:
    """Where the fixtures lie: beside this file in a wheel, in ``harness/`` in a checkout."""
    packed = Path(__file__).parent / "workloads"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[3] / "harness" / "workloads"


def discover(folder: Path | None = None) -> tuple[Workload, ...]:
    """Every fixture below ``folder`` (the shipped ones where none is given), ordered by group and file name. Raises
    ``ValueError`` where two share a name.
    """
    root = folder or workloads_folder()
    found: list[Workload] = []
    for group in sorted(entry.name for entry in root.iterdir() if (entry / "__init__.py").is_file()):
        for file in sorted((root / group).glob("*.py")):
            if file.stem != "__init__":
                declared: Workload = _loaded(file, f"{group}.{file.stem}").WORKLOAD
                found.append(replace(declared, group=group))
    names = [workload.name for workload in found]
    if twice := {name for name in names if names.count(name) > 1}:
        message = f"fixtures share a name: {', '.join(sorted(twice))}"
        raise ValueError(message)
    return tuple(found)


def application_of(group: str, folder: Path | None = None) -> Application:
    """What the group's package declares about its application."""
    declared: Application = _loaded((folder or workloads_folder()) / group / "__init__.py", group).APPLICATION
    return declared


def _loaded(file: Path, name: str) -> ModuleType:
    # Under a name of its own, so that a folder of somebody else's fixtures never meets an installed package.
    spec = importlib.util.spec_from_file_location(f"clusop_workloads.{name}", file)
    if spec is None or spec.loader is None:
        message = f"{file} is no Python file"
        raise ValueError(message)
    module = importlib.util.module_from_spec(spec)
    # A dataclass in a fixture asks for its module by name.
    sys.modules[spec.name] = module
    with _named_workload():
        spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def _named_workload() -> Iterator[None]:
    """Fixtures say ``from workload import …``, for a script may run them that must not import clusop. Only while they are loaded
    is this module what they mean: a notebook may have a module of that name itself.
    """
    before = sys.modules.get("workload")
    sys.modules["workload"] = sys.modules[__name__]
    try:
        yield
    finally:
        if before is None:
            del sys.modules["workload"]
        else:
            sys.modules["workload"] = before
