"""A private copy of the jar on local disk: what the JVM maps must not change or vanish under it when a wheel is upgraded."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.runtime.jars import sha256_of

if TYPE_CHECKING:
    from clusop.runtime.jars import Jar

__all__ = ["discard", "private_copy"]


def private_copy(jar: Jar) -> Path | Reason:
    """The path of a copy whose hash was checked, in a directory of its own that only this user can read.

    It is removed when Python exits. The agent has loaded all its classes and resources by then, so nothing is read from it in
    a JVM that outlives its Python.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="clusop-"))  # made with mode 0700
    except OSError as error:
        return Reason("jar-copy-failed", f" ({error.strerror or type(error).__name__})")
    atexit.register(_remove, folder, os.getpid())
    copy = folder / jar.path.name
    try:
        shutil.copyfile(jar.path, copy)
        copy.chmod(0o400)
        found = sha256_of(copy)
    except FileNotFoundError:
        _remove(folder, os.getpid())
        return Reason("jar-missing", f": {jar.path.name}")
    except OSError as error:
        _remove(folder, os.getpid())
        return Reason("jar-copy-failed", f" ({error.strerror or type(error).__name__})")
    # The copy's hash, not the original's: what is loaded is what was checked.
    if found != jar.sha256:
        _remove(folder, os.getpid())
        return Reason("jar-damaged", f": {jar.path.name}")
    return copy


def discard(copy: Path) -> None:
    """Remove a copy that nothing was loaded from, with its folder."""
    _remove(copy.parent, os.getpid())


def _remove(folder: Path, made_by_pid: int) -> None:
    if os.getpid() == made_by_pid:
        shutil.rmtree(folder, ignore_errors=True)
