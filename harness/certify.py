"""Certifies an engine on this machine: ``python harness/certify.py --engine comet``. The same as ``clusop certify``.

Jars, tables and the run lie below ``.cache/``, where the rest of the harness has them too. ``--spark 4.1.4`` takes another
release of ``spark_versions.py``, which is installed if need be. ``--keep FOLDER`` copies the matrix there under a name that tells
what was certified (``comet-1.2.0-spark-4.1.4.json`` and ``.md``); ``make certified`` keeps those of ``docs/certified`` so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from prepare import CACHE
from spark_versions import RELEASES, installed_release

__all__ = ["run"]


def run() -> None:
    """Run ``clusop certify`` with this checkout's cache, and end with its exit code. What is given wins."""
    given = sys.argv[1:]
    version, keep = _taken(given, "--spark"), _taken(given, "--keep")
    engine = given[given.index("--engine") + 1] if "--engine" in given[:-1] else "none"
    name = f"{engine}-{version}" if version else engine
    own = ["certify", "--cache", str(CACHE / "certify"), "--out", str(CACHE / "certified" / name)]
    out = Path(given[given.index("--out") + 1]) if "--out" in given[:-1] else CACHE / "certified" / name
    environment = dict(os.environ)
    if version:
        environment["PYTHONPATH"] = str(_site(version))
    command = [sys.executable, "-m", "clusop", *own, *given]
    code = subprocess.run(command, env=environment, check=False).returncode
    if code == 0 and keep:
        _keep(out, Path(keep))
    sys.exit(code)


def _taken(given: list[str], option: str) -> str:
    """The value of an option of ours, which is taken out of what is given."""
    if option not in given[:-1]:
        return ""
    at = given.index(option)
    value = given[at + 1]
    del given[at : at + 2]
    return value


def _site(version: str) -> Path:
    for release in RELEASES:
        if release.version == version:
            return installed_release(release)
    sys.exit(
        f"--spark {version} is not among the releases of spark_versions.py: {', '.join(r.version for r in RELEASES)}"
    )


def _keep(out: Path, folder: Path) -> None:
    """Copy the matrix under the name of what it is about."""
    stamp = json.loads((out / "matrix.json").read_text(encoding="utf-8"))["stamp"]
    engine = "-".join(part for part in (stamp["engine"], stamp["engine_version"]) if part)
    folder.mkdir(parents=True, exist_ok=True)
    for ending in ("json", "md"):
        kept = folder / f"{engine}-spark-{stamp['spark']}.{ending}"
        shutil.copyfile(out / f"matrix.{ending}", kept)
        print(f"  kept: {kept}")


if __name__ == "__main__":
    run()
