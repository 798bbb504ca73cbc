"""What a workload is, and how the workloads in the folder are found.

A workload is one file below ``workloads/<group>/`` that defines ``WORKLOAD``. Adding one is adding a file; the group is the
Spark application (and so the event log) that ``record.py`` puts it in. A function that Spark's Python workers call is
defined inside the workload's own function: so it travels by value, and the workers need not find this folder.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Application", "Dataset", "Expected", "Run", "Workload", "application_of", "discover"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where the tables lie that the workloads read (``inputs``, made once) and may write (``scratch``, new in every run)."""

    inputs: Path
    scratch: Path

    def __getitem__(self, table: str) -> str:
        """The path of an input table as Spark wants it."""
        return str(self.inputs / table)

    def scratch_table(self, name: str) -> str:
        """The path of a table this run may write."""
        return str(self.scratch / name)


Run: TypeAlias = Callable[["SparkSession", Dataset], "DataFrame | None"]
"""A query to collect, or ``None`` where the function has run everything itself."""


@dataclass(frozen=True, slots=True)
class Application:
    """How the application of one group of workloads is started."""

    master: str = "local[2]"
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Expected:
    """What is true of the workload's user queries on Comet: the worst verdict among them, the causes that must be named, and
    those that may be named ``also`` because the workload has them besides.
    """

    verdict: str
    causes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """One workload. ``set_up`` runs before it under a description of its own; ``settings`` are session settings in force
    while it runs; ``fails`` says that the query itself must fail.
    """

    name: str
    shows: str
    expected: Expected
    run: Run
    set_up: Run | None = None
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    in_demo: bool = False
    needs_delta: bool = False
    fails: bool = False
    group: str = ""


def discover() -> tuple[Workload, ...]:
    """Every workload below ``workloads/``, ordered by group and file name."""
    root = Path(__file__).parent / "workloads"
    found: list[Workload] = []
    for group in sorted(entry.name for entry in root.iterdir() if (entry / "__init__.py").is_file()):
        for module in sorted(pkgutil.iter_modules([str(root / group)]), key=lambda entry: entry.name):
            declared: Workload = importlib.import_module(f"workloads.{group}.{module.name}").WORKLOAD
            found.append(replace(declared, group=group))
    names = [workload.name for workload in found]
    if twice := {name for name in names if names.count(name) > 1}:
        message = f"workloads share a name: {', '.join(sorted(twice))}"
        raise ValueError(message)
    return tuple(found)


def application_of(group: str) -> Application:
    """What the group's package declares about its application."""
    declared: Application = importlib.import_module(f"workloads.{group}").APPLICATION
    return declared
