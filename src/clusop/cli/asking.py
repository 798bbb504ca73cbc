"""A word before a workspace is asked: one that does not answer is waited for, and the terminal would say nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["tell_asking"]


def tell_asking(host: str, profile: str, environ: Mapping[str, str]) -> None:
    """Say on standard error which workspace is asked; where nobody named one, the SDK finds it."""
    named = _name(host) or ("" if profile else _name(environ.get("DATABRICKS_HOST", "")))
    whom = named or (
        f"the workspace of the profile {profile}" if profile else "the workspace that ~/.databrickscfg names"
    )
    sys.stderr.write(f"clusop: asking {whom} …\n")
    sys.stderr.flush()


def _name(host: str) -> str:
    """The host alone: an address may hold a user's name and password."""
    try:
        return urlsplit(host if "://" in host else f"https://{host}").hostname or ""
    except ValueError:
        return ""
