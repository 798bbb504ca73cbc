"""One name per operator, whichever source shows it.

Simple text writes ``FileScan csv [a#1] Batched: false …``, formatted text ``Scan csv `` and SparkPlanInfo ``Scan csv ``; all
become ``Scan csv``. What follows the name (join type, table, statistics, columns) is arguments. Node names can be kilobytes
long and carry data (Delta's change feed does); only the operator's own name is kept.
"""

from __future__ import annotations

import re

__all__ = ["MAX_ARGUMENT_CHARS", "canonical_name", "codegen_number", "split_codegen_prefix"]

MAX_ARGUMENT_CHARS = 4096
"""Longer arguments are cut; causes are found well before that."""

_CODEGEN_PREFIX = re.compile(r"^\*\s*(?:\((?P<number>\d+)\)\s*)?")
_WORD = re.compile(r"[A-Za-z_][\w$]*")
_SCAN_HEAD = re.compile(
    r"^(?P<head>(?:File)?Scan|PhotonScan|PhotonFileSourceScan|CometScan|CometNativeScan|BatchScan|CometBatchScan)\b:?\s*"
    r"(?:\[native_\w+\]\s*)?"
)
_NAMED_CACHE = "Scan In-memory table"
"""What Spark calls the scan of a cached table that has a name."""

_V2_FORMATS = frozenset({"parquet", "orc", "csv", "json", "text", "avro", "xml"})
_CODEGEN_NUMBER = re.compile(r"\((\d+)\)")


def split_codegen_prefix(text: str) -> tuple[int | None, str]:
    """Split ``*(2) Project …``, ``* Project …`` or ``*Project …`` into the codegen number (0 where it has none) and the rest.

    ``None`` where there is no such prefix.
    """
    match = _CODEGEN_PREFIX.match(text)
    if match is None:
        return None, text
    return int(match["number"] or 0), text[match.end() :]


def codegen_number(name: str) -> int | None:
    """The number in ``WholeStageCodegen (3)``."""
    match = _CODEGEN_NUMBER.search(name)
    return int(match.group(1)) if match else None


def canonical_name(text: str) -> tuple[str, str]:
    """Split the text of one node (no codegen prefix) into its canonical name and its arguments.

    The name is ``""`` where the text does not begin with a name.
    """
    text = text.strip()
    if text.startswith(_NAMED_CACHE):
        return "InMemoryTableScan", _cut(text[len(_NAMED_CACHE) :])
    scan = _SCAN_HEAD.match(text)
    if scan is not None:
        return _scan_name(scan.group("head"), text[scan.end() :])
    word = _WORD.match(text)
    if word is None:
        return "", text
    if word.group() == "Execute":
        command = _WORD.search(text, word.end())
        if command is not None and text[word.end() : command.start()].isspace():
            return f"Execute {command.group()}", _cut(text[command.end() :])
    return word.group(), _cut(text[word.end() :])


def _scan_name(head: str, rest: str) -> tuple[str, str]:
    head = "Scan" if head == "FileScan" else head
    form = _WORD.match(rest)
    if form is None:
        return head, _cut(rest)
    if head in {"BatchScan", "CometBatchScan"} and form.group().lower() not in _V2_FORMATS:
        return head, _cut(rest)
    return f"{head} {form.group()}", _cut(rest[form.end() :])


def _cut(arguments: str) -> str:
    arguments = arguments.strip()
    return arguments if len(arguments) <= MAX_ARGUMENT_CHARS else arguments[:MAX_ARGUMENT_CHARS]
