"""Makes the tables the workloads read: ``python harness/dataset.py FOLDER``.

A program of its own so that its executions stand in no event log anybody looks at.
"""

from __future__ import annotations

import sys
from pathlib import Path

from clusop.certify.dataset import make
from session import SessionPlan, build_session

__all__ = ["main"]


def main() -> int:
    """Make the tables in the folder named on the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    spark = build_session(SessionPlan("none", "clusop workload data", folder.parent / "dataset-scratch"))
    make(spark, folder)
    spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
