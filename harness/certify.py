"""Certifies an engine on this machine: ``python harness/certify.py --engine comet``. The same as ``clusop certify``.

Jars, tables and the run lie below ``.cache/``, where the rest of the harness has them too.
"""

from __future__ import annotations

import sys

from clusop.cli.root import main
from prepare import CACHE

__all__ = ["run"]


def run() -> None:
    """Run ``clusop certify`` with this checkout's cache, and end with its exit code. What is given wins."""
    given = sys.argv[1:]
    engine = given[given.index("--engine") + 1] if "--engine" in given[:-1] else "none"
    own = ["certify", "--cache", str(CACHE / "certify"), "--out", str(CACHE / "certified" / engine)]
    sys.exit(main([*own, *given]))


if __name__ == "__main__":
    run()
