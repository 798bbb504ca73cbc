"""``python -m clusop`` is ``clusop``."""

from __future__ import annotations

from clusop.cli import run

if __name__ == "__main__":
    run()
