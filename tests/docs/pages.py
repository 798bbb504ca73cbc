"""The pages, and small readers for what the tests compare them with."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "clusop"


def page(name: str) -> str:
    """The text of a page, by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def markdown_pages() -> list[Path]:
    """Every page people read."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / ".github").glob("*.md")])


def headings(text: str) -> list[str]:
    """Headings outside code blocks, without their marks."""
    return re.findall(r"^#+ (.+)$", without_code(text), flags=re.MULTILINE)


def without_code(text: str) -> str:
    """The text with fenced code left out."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def code_blocks(text: str) -> list[str]:
    """The contents of fenced blocks."""
    return re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def reasons() -> list[dict[str, str]]:
    """The entries of ``reasons.json``."""
    entries: list[dict[str, str]] = json.loads((SOURCE / "reasons.json").read_text(encoding="utf-8"))["reasons"]
    return entries


def causes() -> list[str]:
    """Ids of all causes."""
    return [entry["id"] for entry in reasons() if entry["kind"] == "cause"]
