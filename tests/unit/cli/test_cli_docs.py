"""docs/cli.md is what the commands say."""

from __future__ import annotations

from pathlib import Path

from clusop.cli.docs import reference

PAGE = Path(__file__).parents[3] / "docs" / "cli.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: make docs"


def test_every_command_and_option_stands_in_it() -> None:
    text = reference()
    for name in ("clusop analyze", "clusop explain", "clusop prices show", "clusop prices check"):
        assert f"## `{name}`" in text
    for option in ("--json", "--html FILE", "--fail-on VERDICT", "--engine ENGINE", "--top", "--all", "--no-progress"):
        assert f"`{option}" in text
    assert "Default: `5`" in text
