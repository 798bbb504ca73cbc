"""What two halves of one run must have in common: else the second would finish another matrix than the first began."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import clusop
from clusop.certify.dataset import RECIPE
from clusop.certify.workload import application_of
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from clusop.certify.workload import Workload

__all__ = ["Recipe", "clear", "fixtures_hash", "refuse_another_recipe"]

_FILE = "run.json"
_REMARKS = frozenset({"disagreement", "expected", "in_demo", "shows"})


@dataclass(frozen=True, slots=True)
class Recipe:
    """``fixtures`` is :func:`fixtures_hash`, ``jars`` are file names; ``spark`` is its release, ``data`` that of the tables."""

    engine: str
    spark: str
    fixtures: str
    jars: tuple[str, ...]
    repeats: int
    limit_s: float
    data: str = RECIPE
    clusop: str = clusop.__version__


def fixtures_hash(fixtures: Sequence[Workload], folder: Path | None = None) -> str:
    """A hash over the names of all fixtures, what they run and how their applications are started. ``folder`` holds them,
    ``None`` for ours.
    """
    digest = hashlib.sha256()
    for group in dict.fromkeys(fixture.group for fixture in fixtures):
        application = application_of(group, folder)
        digest.update(f"{group} {application.master} {sorted(application.settings.items())}\n".encode())
    for fixture in fixtures:
        digest.update(f"{fixture.group}/{fixture.name}\n".encode())
        digest.update(_what_runs(inspect.getsource(inspect.getmodule(fixture.run) or fixture.run)).encode())
    return digest.hexdigest()[:16]


def _what_runs(source: str) -> str:
    """The code of a fixture without its remarks: what is expected of it and how it is explained changes no run."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Workload":
            node.keywords = [keyword for keyword in node.keywords if keyword.arg not in _REMARKS]
    tree.body = [
        node
        for node in tree.body
        if not isinstance(node, ast.ImportFrom | ast.Import)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    return ast.dump(tree)


def clear(out: Path) -> None:
    """Take away what an earlier run left, and nothing else: the folder may be somebody's own."""
    for name in (_FILE, "matrix.json", "matrix.html", "matrix.md"):
        (out / name).unlink(missing_ok=True)
    for name in ("journal", "applications"):
        shutil.rmtree(out / name, ignore_errors=True)


def refuse_another_recipe(
    out: Path, recipe: Recipe, remedy: str = "Give another --out, or --fresh to begin anew."
) -> None:
    """Write the recipe into a new folder; raise :class:`~clusop.errors.InputError` with the remedy where another one stands
    there.
    """
    told = json.loads(json.dumps(asdict(recipe)))
    file = out / _FILE
    if not file.is_file():
        file.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return
    kept = json.loads(file.read_text(encoding="utf-8"))
    if kept != told:
        names = ", ".join(sorted(name for name in told if kept.get(name) != told[name]))
        raise InputError(
            str(out),
            f"a certification with other {names} was begun here",
            remedy,
        )
