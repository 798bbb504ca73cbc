"""What must not stand in a commit: paths of somebody's machine, hosts of package registries, downloads, secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tree_of_files import own_files, shown

if TYPE_CHECKING:
    from pathlib import Path

# Written in pieces, so that this file does not find itself. A home of "user" is what recordings put in place of a real one,
# "ann" lives in tests of what must be scrubbed.
HOMES = ["home", "root", "work", "tmp"]
MACHINE_PATH = re.compile(rf"(?<![\w.$~{{}}*-])(?<!dbfs:)/(?:{'|'.join(HOMES)})/(?!(?:user|ann)/)")
# By the registries' words, so that no host stands here whole.
REGISTRY_WORDS = (
    "pypi",
    "pythonhosted",
    "maven",
    r"maven\.apache",
    "npmjs",
    "crates",
    r"proxy\.golang",
    r"deb\.debian",
)
REGISTRY = re.compile(rf"\b(?:{'|'.join(REGISTRY_WORDS)})\.(?:org|io)\b")
DOWNLOAD = re.compile(r"https?://\S+\.(?:whl|jar|tgz|tar\.gz|deb)\b|index-" + "url")
SECRET = re.compile(
    r"\bdapi[0-9a-f]{32}\b|\bAKIA[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bghp_[A-Za-z0-9]{36}\b|\bxox[bap]-[0-9A-Za-z-]{20,}"
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def texts() -> list[Path]:
    return [path for path in own_files() if b"\0" not in path.read_bytes()[:8192]]


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a path of a machine", MACHINE_PATH),
        ("the host of a package registry", REGISTRY),
        ("the address of a package", DOWNLOAD),
        ("a secret", SECRET),
        ("a mark of unfinished work", UNFINISHED),
    ],
)
def test_no_file_holds(what: str, pattern: re.Pattern[str]) -> None:
    found = [
        f"{shown(path)}:{number}: {line.strip()[:120]}"
        for path in texts()
        if path.name != "LICENSE"
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == [], f"{what} stands in a file that is committed"


def test_the_check_for_machine_paths_sees_one_and_spares_addresses() -> None:
    assert MACHINE_PATH.search("see " + "/ho" + "me/someone/x")
    assert MACHINE_PATH.search('"' + "/t" + 'mp/x"')
    assert not MACHINE_PATH.search("s3://bucket/wo" + "rk/x")
    assert not MACHINE_PATH.search("$HOME/wo" + "rk/x")


def test_no_large_file_is_committed() -> None:
    limit_bytes = 3_000_000
    assert [shown(path) for path in own_files() if path.stat().st_size > limit_bytes] == []
