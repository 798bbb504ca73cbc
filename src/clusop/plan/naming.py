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

# Patterns are ASCII: Spark's names are, and Scala reads the same texts with Java's idea of a letter.
_CODEGEN_PREFIX = re.compile(r"\*\s*(?:\((?P<number>\d{1,9})\)\s*)?", re.ASCII)
_WORD = re.compile(r"[A-Za-z_][\w$]*", re.ASCII)
_SCANS = frozenset(
    {
        "BatchScan", "CometBatchScan", "CometNativeScan", "CometScan", "FileScan", "PhotonFileSourceScan", "PhotonScan",
        "Scan",
    }
)  # fmt: skip
_V2_SCANS = frozenset({"BatchScan", "CometBatchScan"})
_BEFORE_FORMAT = re.compile(r":?\s*(?:\[native_\w+\]\s*)?", re.ASCII)
_COMMAND = "Execute"
_GO_ON = _SCANS | {_COMMAND}
"""Words whose canonical name may go on behind them."""

_NAMED_CACHE = "Scan In-memory table"
"""What Spark calls the scan of a cached table that has a name."""

_V2_FORMATS = frozenset({"parquet", "orc", "csv", "json", "text", "avro", "xml"})
_CODEGEN_NUMBER = re.compile(r"\(([0-9]{1,9})\)")


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
    word, _, rest = text.partition(" ")
    # Nearly always the name ends at the first blank, and a pattern is slower than to ask whether it does.
    if word.isascii() and word.isidentifier() and word not in _GO_ON:
        return word, rest.strip()[:MAX_ARGUMENT_CHARS]
    match = _WORD.match(text)
    if match is None:
        return "", text
    word, end = match.group(), match.end()
    if word in _SCANS:
        return _scan_name(word, text, end)
    if word == _COMMAND:
        command = _WORD.search(text, end)
        if command is not None and text[end : command.start()].isspace():
            return f"{_COMMAND} {command.group()}", _cut(text[command.end() :])
    return word, _cut(text[end:])


def _scan_name(head: str, text: str, end: int) -> tuple[str, str]:
    if text.startswith(_NAMED_CACHE):
        return "InMemoryTableScan", _cut(text[len(_NAMED_CACHE) :])
    head = "Scan" if head == "FileScan" else head
    before = _BEFORE_FORMAT.match(text, end)
    end = before.end() if before is not None else end
    form = _WORD.match(text, end)
    if form is None or (head in _V2_SCANS and form.group().lower() not in _V2_FORMATS):
        return head, _cut(text[end:])
    return f"{head} {form.group()}", _cut(text[form.end() :])


def _cut(arguments: str) -> str:
    return arguments.strip()[:MAX_ARGUMENT_CHARS]
