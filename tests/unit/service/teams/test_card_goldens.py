"""Three cards and a digest, as they are sent. ``write_goldens.py`` writes them anew; read the difference."""

from __future__ import annotations

import pytest
from write_goldens import FOLDER, messages


@pytest.mark.parametrize("name", ["capacity-that-came-back", "digest", "priced", "unpriced"])
def test_a_message_is_as_it_was(name):
    assert messages()[name] == (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def test_there_is_no_golden_that_nobody_compares():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(messages())
