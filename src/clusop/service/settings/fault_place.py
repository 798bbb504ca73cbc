"""Whoever reads a section knows its key and not its file, and people look for the file."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from clusop.errors import InputError
from clusop.service.settings.declared import sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from clusop.service.settings.settings import Settings

__all__ = ["naming_file"]

_KEY = re.compile(r"[a-z_]+", re.ASCII)


@contextmanager
def naming_file(settings: Settings, options: Mapping[str, str] | None = None) -> Iterator[None]:
    """Faults of what stands in the settings' file name the file as well; others are left as they are. ``options``: by place, of
    what was given on the command line instead.
    """
    try:
        yield
    except InputError as error:
        if error.where in (options or {}):
            raise InputError((options or {})[error.where], error.what, error.remedy) from error
        found = _KEY.match(error.where)
        key = found[0] if found else ""
        is_in_file = key in sections() or settings.origins.get(key) == f"{settings.path}: {key}"
        if not settings.path or not is_in_file:
            raise
        raise InputError(f"{settings.path}: {error.where}", error.what, error.remedy) from error
