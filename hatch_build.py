"""Build hook: a wheel carries the jars that ``make jars`` built and the line that Python reads at its start.

A wheel without the jars would install and never arm, so there is none. An editable install does without them (they appear in
the tree when they are built) but has the ``.pth``, so that a developer's Python starts as a user's does.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_AT_THE_ROOT = ("clusop_autoload.pth", "clusop_autoload.start")
_HOW = "Run `make jars` (it needs only pip and a JVM) and build again."


def jars_problem(root: Path, version: str) -> str:
    """Why the jars below ``root`` must not be shipped; ``""`` where they may."""
    folder = root / "src" / "clusop" / "jars"
    try:
        listed = json.loads((folder / "jars.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return f"The jars of the listener are not built, and a wheel without them cannot arm. {_HOW}"
    if listed["version"] != version:
        return f"The jars were built for clusop {listed['version']}, and this is {version}. {_HOW}"
    for jar in listed["jars"].values():
        path = folder / jar["file"]
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != jar["sha256"]:
            return f"{jar['file']} is not the jar that jars.json tells of. {_HOW}"
    return ""


class JarsAndStartLine(BuildHookInterface[Any]):
    """Called by hatchling for every wheel and sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Refuse to build without the jars; add the start lines where ``site-packages`` begins."""
        root = Path(self.root)
        if version != "editable" and (problem := jars_problem(root, self.metadata.version)):
            raise SystemExit(problem)
        if self.target_name != "wheel":
            return
        key = "force_include_editable" if version == "editable" else "force_include"
        build_data.setdefault(key, {}).update(
            {str(root / name): name for name in _AT_THE_ROOT if (root / name).is_file()}
        )
