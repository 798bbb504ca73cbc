"""Silenced checks: each names its rule and says why, and their number may only go down.

The ceilings are in ``suppressions.json``. A change that removes one lowers the number with it; none raises it.
"""

from __future__ import annotations

import json
import re
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

from tree_of_files import own_files, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

CEILINGS = json.loads(Path(__file__).with_name("suppressions.json").read_text())
FORMS = {
    "noqa": re.compile(r"#\s*(?:ruff:\s*)?noqa\b"),
    "type: ignore": re.compile(r"#\s*type:\s*ignore\b"),
    "pragma: no cover": re.compile(r"#\s*pragma:\s*no\s+cover\b"),
}
WITH_A_REASON = re.compile(
    r"#\s*(?:noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|type: ignore\[[\w, -]+\])\s*(?:[-#:]|noqa)\s*\S+.*\S"
)


def comments(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as opened:
        for token in tokenize.tokenize(opened.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def suppressions() -> list[tuple[str, str, str]]:
    """Form, place and comment of every suppression in our own Python files."""
    return [
        (form, f"{shown(path)}:{line}", comment)
        for path in own_files()
        if path.suffix == ".py"
        for line, comment in comments(path)
        for form, pattern in FORMS.items()
        if pattern.search(comment)
    ]


def test_the_number_of_silenced_checks_only_goes_down() -> None:
    found = suppressions()
    counts = {form: sum(1 for other, _, _ in found if other == form) for form in CEILINGS}
    above = {form: f"{count}, allowed {CEILINGS[form]}" for form, count in counts.items() if count > CEILINGS[form]}
    assert not above, f"more silenced checks than before: {above}; mend the code instead"
    below = {form: count for form, count in counts.items() if count < CEILINGS[form]}
    assert not below, f"fewer silenced checks than before: write {below} into suppressions.json, so that it stays so"


def test_every_silenced_check_names_its_rule_and_its_reason() -> None:
    bare = [f"{place} {comment}" for _, place, comment in suppressions() if not WITH_A_REASON.search(comment)]
    assert bare == []
