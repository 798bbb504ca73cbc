"""Writes a jar whose bytes depend on its contents alone: sorted entries, one fixed date, one level of compression.

On one machine two builds agree to the byte. Another zlib may pack the same entry into other bytes, so across machines it is the
entries that are compared, by their hashes, never the jar around them.
"""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["jar_entries", "manifest", "sha256_of", "write_jar"]

_MANIFEST = "META-INF/MANIFEST.MF"
_OLDEST_DATE_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o644 << 16
_UNIX = 3
_LEVEL = 9


def manifest(title: str, version: str, automatic_module: str) -> bytes:
    """The manifest of a jar, with nothing in it that changes from build to build."""
    lines = (
        "Manifest-Version: 1.0",
        f"Automatic-Module-Name: {automatic_module}",
        f"Implementation-Title: {title}",
        f"Implementation-Version: {version}",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def write_jar(path: Path, entries: Mapping[str, bytes], manifest_bytes: bytes) -> None:
    """Write a jar beside ``path`` and rename it, so that nobody ever opens half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    with zipfile.ZipFile(unfinished, "w") as jar:
        for name, content in [(_MANIFEST, manifest_bytes), *sorted(entries.items())]:
            entry = zipfile.ZipInfo(name, _OLDEST_DATE_OF_ZIP)
            entry.external_attr = _PLAIN_FILE
            entry.create_system = _UNIX
            jar.writestr(entry, content, zipfile.ZIP_DEFLATED, _LEVEL)
    unfinished.replace(path)


def jar_entries(path: Path) -> dict[str, bytes]:
    """Every file in a jar by its path in it."""
    with zipfile.ZipFile(path) as jar:
        return {name: jar.read(name) for name in jar.namelist() if not name.endswith("/")}


def sha256_of(path: Path) -> str:
    """The hash of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
