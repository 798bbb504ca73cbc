"""Records the logs anew and prints what changed in what is expected of them: ``python harness/regenerate.py [GROUP …]``.

It blindly writes what the workloads declare and what Comet said this time: the person who runs it must read the difference and
say whether it is right. Execution ids and times change with every run and are left out of the comparison.
"""

from __future__ import annotations

import difflib
import json
import sys
from typing import TYPE_CHECKING, Any

from clusop.certify.workload import application_of, discover
from prepare import fetch_jars
from record import RECORDED, record

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["comparable", "main"]


def comparable(expected: Mapping[str, Any]) -> list[str]:
    """The expectations as sorted lines: per workload what it declares, per description what Comet said of its executions."""
    lines = []
    for log, told in expected.items():
        for name, truth in told["workloads"].items():
            causes = ", ".join((*truth["causes"], *(f"({cause})" for cause in truth.get("also", ()))))
            lines.append(f"{log}#{name}: {truth['verdict']} {causes}".rstrip())
        for execution in told["executions"].values():
            reasons = "; ".join(f"{operator}: {reason}" for operator, reason in execution.get("reasons", ()))
            share = f"{execution.get('native')}/{execution.get('eligible')}"
            lines.append(f"{log}#{execution['description'].splitlines()[0]}: Comet {share} {reasons}".rstrip())
    return sorted(lines)


def _known() -> dict[str, Any]:
    kept = RECORDED / "expected.json"
    known: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    return known


def main() -> int:
    """Record all groups, or those named, and print the difference. 0 if nothing changed, 1 if something did."""
    known = sorted({workload.group for workload in discover()})
    groups = sys.argv[1:] or [group for group in known if application_of(group).is_recorded]
    jars = fetch_jars()
    if jars.comet is None or not jars.delta:
        print(" ".join(jars.remarks))
        return 2
    before = comparable(_known())
    record(groups, RECORDED, jars)
    difference = list(difflib.unified_diff(before, comparable(_known()), "before", "now", lineterm="", n=0))
    print("\n".join(difference) or "Nothing changed.")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
