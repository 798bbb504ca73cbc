"""``reasons.json`` and the code that speaks it agree: no unknown id, no dead one, no sentence with a hole."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest
from pages import ROOT, SOURCE, reasons

KINDS = {"cause", "verdict", "parse", "time", "price", "proposal", "input", "agent", "service"}

SCALA = ROOT / "scala" / "src" / "main" / "scala"
SCALA_TEXT = re.compile(r'"([a-z0-9]+(?:-[a-z0-9]+)*)"')
SCALA_REASON = re.compile(r'\b(?:Reason|losses\.add|losses\.count|lost)\("([^"$]+)"')

# Ids whose speaker is not built yet. An id leaves this list when something says it.
RESERVED: dict[str, str] = {}


@cache
def spoken() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Text constants → files that hold them, and first arguments of ``Reason(…)`` → files, in the package."""
    constants: dict[str, set[str]] = {}
    named: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.setdefault(node.value, set()).add(path.name)
            if isinstance(node, ast.Call) and called(node) == "Reason" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    named.setdefault(str(first.value), set()).add(path.name)
    for path in SOURCE.rglob("*.json"):
        if path.name != "reasons.json":
            for text in texts_in(json.loads(path.read_text(encoding="utf-8"))):
                constants.setdefault(text, set()).add(path.name)
    listen_to_scala(constants, named)
    return constants, named


def listen_to_scala(constants: dict[str, set[str]], named: dict[str, set[str]]) -> None:
    """The listener speaks too: its texts, and what it says by Reason("…"), losses.add and lost."""
    for path in SCALA.rglob("*.scala"):
        text = path.read_text(encoding="utf-8")
        for word in SCALA_TEXT.findall(text):
            constants.setdefault(word, set()).add(path.name)
        for word in SCALA_REASON.findall(text):
            named.setdefault(word, set()).add(path.name)


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def texts_in(value: object) -> list[str]:
    found: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return found


def words_of_tests() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)
    )


def test_every_reason_said_in_the_code_is_in_the_catalogue() -> None:
    known = {entry["id"] for entry in reasons()}
    assert {reason: files for reason, files in spoken()[1].items() if reason not in known} == {}


def test_every_reason_in_the_catalogue_is_said_somewhere() -> None:
    constants, _ = spoken()
    tests = words_of_tests()
    silent = {entry["id"] for entry in reasons() if entry["id"] not in constants and f'"{entry["id"]}"' not in tests}
    assert silent - RESERVED.keys() == set(), "nobody says these reasons: use them or remove them"


def test_a_reserved_reason_is_still_unsaid() -> None:
    assert RESERVED.keys() & spoken()[0].keys() == set(), "somebody says it now: take it off the list"


@pytest.mark.parametrize("entry", reasons(), ids=lambda entry: entry["id"])
def test_an_entry_is_well_formed(entry: dict[str, str]) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry["id"])
    assert entry["kind"] in KINDS
    assert re.match(r"[A-Z]|clusop\b|\{detail\} is ", entry["sentence"]), (
        "a sentence, which may begin with the product's name"
    )
    assert entry["sentence"].rstrip()[-1] in ".:}"
    assert entry["sentence"].count("{") == entry["sentence"].count("{detail}") <= 1
    if entry["kind"] == "cause":
        assert entry["instead"], "a cause tells what to do instead"
    else:
        assert set(entry) == {"id", "kind", "sentence"}


def test_ids_are_unique() -> None:
    ids = [entry["id"] for entry in reasons()]
    assert len(ids) == len(set(ids))
