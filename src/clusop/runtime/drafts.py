"""Files that were begun and never renamed: what a crash leaves in a spool. Nobody reads them, so somebody must remove them."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from clusop.clock import Clock

__all__ = ["remove_old_drafts"]

# The name that `whole_file` gives, and the one that the dispatcher in the JVM gives.
_NAME = re.compile(r"\.clusop-[0-9a-f]{32}-(?:[0-9]{1,19}-[0-9]{1,19}\.jsonl\.[0-9a-f]{16}\.part|[0-9a-f]{8}\.tmp)")
# Longer than any write takes, however far the clocks of the machines that share a spool are apart.
_OLD_S = 24 * 60 * 60


def remove_old_drafts(entries: Iterable[Path], clock: Clock) -> None:
    """Remove those of a spool's ``entries`` that are drafts of any agent older than a day; what cannot be removed stays."""
    for path in entries:
        if _NAME.fullmatch(path.name):
            _remove_if_old(path, clock.now_at().timestamp())


def _remove_if_old(path: Path, now_s: float) -> None:
    try:
        found = path.lstat()
        if stat.S_ISREG(found.st_mode) and now_s - found.st_mtime > _OLD_S:
            path.unlink(missing_ok=True)
    except OSError:
        return
