"""The pages below ``docs/certified``: each matrix kept there as Markdown, and a list of them with what an upgrade changes."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from clusop.certify.compare import compare, comparison_text
from clusop.certify.matrix import read_matrix
from clusop.certify.render_markdown import matrix_markdown
from clusop.certify.words import tally

if TYPE_CHECKING:
    from pathlib import Path

    from clusop.certify.agreement import Rate
    from clusop.certify.matrix import Matrix

__all__ = ["certified_pages"]

_HEAD = """# Certified matrices

Made by `make certified`, which runs every fixture of [harness/workloads](../../harness/workloads) on each engine and Spark
below: `python harness/certify.py --engine ENGINE --spark VERSION --fresh --keep docs/certified`. Every line of a matrix is the
outcome of a run; nothing was written by hand. What the words mean stands in [Certify an engine](../certify.md).

| engine | Spark | Delta Lake | made on | fixtures | caught | false alarms | unexplained | matrix |
|---|---|---|---|---|---|---|---|---|
"""
_NO_ACCOUNT = "no engine to ask"


def certified_pages(folder: Path) -> dict[Path, str]:
    """The text of every page, by its path. ``folder`` holds a JSON per matrix."""
    matrices = {path: read_matrix(path) for path in sorted(folder.glob("*.json"))}
    pages = {path.with_suffix(".md"): matrix_markdown(matrix) for path, matrix in matrices.items()}
    if matrices:
        rows = "".join(_row(path, matrix) for path, matrix in matrices.items())
        pages[folder / "README.md"] = _HEAD + rows + _upgrades(matrices)
    return pages


def _row(path: Path, matrix: Matrix) -> str:
    stamp, agreement = matrix.stamp, matrix.agreement
    unexplained = sum(not one.explanation for one in agreement.disagreements)
    has_account = bool(agreement.caught.trials or agreement.false_alarms.trials)
    parts = (
        f"{stamp.engine} {stamp.engine_version}".strip(),
        stamp.spark,
        stamp.delta or "–",
        stamp.made_on,
        f"{len(matrix.cells)}: {tally(matrix.cells)}",
        _rate(agreement.caught) if has_account else _NO_ACCOUNT,
        _rate(agreement.false_alarms) if has_account else "–",
        str(unexplained) if has_account else "–",
        f"[{path.stem}]({path.stem}.md)",
    )
    return f"| {' | '.join(parts)} |\n"


def _rate(rate: Rate) -> str:
    low, high = rate.interval
    return f"{rate.successes} of {rate.trials} ({low:.1%} to {high:.1%})"


def _upgrades(matrices: dict[Path, Matrix]) -> str:
    """From each matrix to the next one of the same engine."""
    said = []
    by_engine: dict[str, list[Path]] = {}
    for path, matrix in matrices.items():
        by_engine.setdefault(matrix.stamp.engine, []).append(path)
    for paths in by_engine.values():
        paths.sort(key=lambda path: [int(part) for part in matrices[path].stamp.spark.split(".")])
        for before, after in pairwise(paths):
            found = compare(matrices[before], matrices[after])
            kinds = Counter(change.kind for change in found.changes)
            counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "nothing changed"
            said.append(
                f"\n## {before.stem} → {after.stem}\n\n"
                f"`clusop certify diff {before.name} {after.name}`: {counted}, {found.same} the same.\n\n"
                f"```text\n{comparison_text(found)}```\n"
            )
    return "".join(said)
