"""Compares the jars that ship with those sbt built from the same sources: the same entries, or the build has two truths.

Run after ``make jars`` and ``make sbt``. Class files of the same names must be there; whether their bytes agree is told, and
held too, since both come from the same compiler with the same options.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from build_jars import ROOT, main_jar, version_in_tree
from jar_file import jar_entries

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["differences", "main"]

_MANIFEST = "META-INF/MANIFEST.MF"


def differences(ours: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """What is in one jar only, and what is in both with other bytes. Manifests are each tool's own."""
    found = [f"only in the shipped jar: {name}" for name in sorted(set(ours) - set(other) - {_MANIFEST})]
    found += [f"only in sbt's jar: {name}" for name in sorted(set(other) - set(ours) - {_MANIFEST})]
    both = sorted((set(ours) & set(other)) - {_MANIFEST})
    return found + [f"other bytes: {name}" for name in both if ours[name] != other[name]]


def _jar_of_sbt(scala_binary: str) -> Path:
    name = f"clusop-listener_{scala_binary}-{version_in_tree()}.jar"
    return ROOT / "scala" / "target" / f"scala-{scala_binary}" / name


def main() -> int:
    """Compare both Scala versions' jars; 1 where they differ or one is missing."""
    worst = 0
    for binary in ("2.12", "2.13"):
        pair = (main_jar(binary), _jar_of_sbt(binary))
        absent = [path for path in pair if not path.is_file()]
        if absent:
            print(f"Scala {binary}: {absent[0].relative_to(ROOT)} is not there; run `make jars` and `make sbt`")
            worst = 1
            continue
        ours, other = map(jar_entries, pair)
        found = differences(ours, other)
        print(f"Scala {binary}: {len(ours)} and {len(other)} files, {len(found)} differences")
        for line in found:
            print(f"  {line}")
        worst = max(worst, int(bool(found)))
    return worst


if __name__ == "__main__":
    sys.exit(main())
