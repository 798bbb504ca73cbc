"""What two halves of one run must have in common: else the second would finish another matrix than the first began."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import clusop
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from clusop.certify.workload import Workload

__all__ = ["Recipe", "refuse_another_recipe"]

_FILE = "run.json"
_REMARKS = frozenset({"disagreement", "expected", "in_demo", "shows"})


@dataclass(frozen=True, slots=True)
class Recipe:
    """``fixtures`` is a hash over the names of all of them and over what they run, ``jars`` their file names; ``spark`` is its
    release.
    """

    engine: str
    spark: str
    fixtures: str
    jars: tuple[str, ...]
    repeats: int
    clusop: str

    @staticmethod
    def of(engine: str, spark: str, fixtures: Sequence[Workload], jars: Sequence[str], repeats: int) -> Recipe:
        """The recipe of a run."""
        digest = hashlib.sha256()
        for fixture in fixtures:
            digest.update(f"{fixture.group}/{fixture.name}\n".encode())
            digest.update(_what_runs(inspect.getsource(inspect.getmodule(fixture.run) or fixture.run)).encode())
        return Recipe(engine, spark, digest.hexdigest()[:16], tuple(jars), repeats, clusop.__version__)


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


def refuse_another_recipe(out: Path, recipe: Recipe) -> None:
    """Write the recipe into a new folder; raise :class:`~clusop.errors.InputError` where another one stands there."""
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
            "Give another --out, or --fresh to begin anew.",
        )
