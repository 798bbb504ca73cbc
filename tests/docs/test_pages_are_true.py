"""What the pages promise exists: words, commands, links, numbers."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from pages import DOCS, ROOT, SOURCE, code_blocks, headings, markdown_pages, page, without_code

if TYPE_CHECKING:
    from pathlib import Path

WORDS = [
    "plan",
    "dialect",
    "island",
    "cause",
    "observed",
    "finding",
    "verdict",
    "exposure",
    "avoidable",
    "signal",
    "signature",
    "proposal",
    "suppression",
    "hand-over",
    "row shuffle",
    "engine decision",
    "window",
    "warm-up and unexplained",
    "confidence legs",
]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("word", WORDS)
def test_the_glossary_explains(word: str) -> None:
    assert re.search(rf"^\*\*{word}\*\*\n: \S", page("docs/glossary.md"), flags=re.MULTILINE)


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", page("Makefile"), flags=re.MULTILINE))


@pytest.mark.parametrize("path", markdown_pages(), ids=shown)
def test_every_make_target_named_on_a_page_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    code = "\n".join([*code_blocks(text), *re.findall(r"`([^`\n]+)`", without_code(text))])
    named = set(re.findall(r"(?:^|\n|&& )\s*make ([a-z]+)", code))
    assert named <= make_targets()


def commands_named() -> set[str]:
    """First words after ``clusop`` in the code of the README and the modes: what people will type."""
    texts = [page("README.md"), *(path.read_text(encoding="utf-8") for path in (DOCS / "modes").glob("*.md"))]
    code = "\n".join(block for text in texts for block in code_blocks(text))
    return set(re.findall(r"^(?:\$ )?clusop ([a-z]+)", code, flags=re.MULTILINE))


def test_the_pages_name_a_command() -> None:
    assert "analyze" in commands_named()


@pytest.mark.parametrize("command", sorted(commands_named()))
def test_every_command_named_on_a_page_exists(command: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", "import sys; from clusop.cli import run; sys.exit(run())", command, "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert command in answer.stdout


@pytest.mark.parametrize("path", markdown_pages(), ids=shown)
def test_every_link_within_the_repository_leads_somewhere(path: Path) -> None:
    text = without_code(path.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing = [target for target in targets if "://" not in target and not (path.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("path", markdown_pages(), ids=shown)
def test_every_link_into_a_page_meets_a_heading(path: Path) -> None:
    text = without_code(path.read_text(encoding="utf-8"))
    for target, anchor in re.findall(r"\]\(([^)#\s:]*)#([^)]+)\)", text):
        aimed = path.parent / target if target else path
        anchors = [re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings(aimed.read_text("utf-8"))]
        assert anchor in anchors, f"{shown(path)}: {target}#{anchor}"


def test_nobody_is_sent_to_an_index_that_holds_another_product() -> None:
    """Until 0.1.0 is out, a bare ``pip install clusop`` gets something else; drop this test with the release."""
    code = "\n".join(block for name in ("README.md", "docs/modes/files.md") for block in code_blocks(page(name)))
    assert re.findall(r"pip install .*clusop", code) == []
    # Editable: a wheel wants the jars, which a fresh clone has not.
    assert "pip install -e '.[all]'" in code


def test_the_changelog_has_an_entry_for_what_is_not_released() -> None:
    text = page("CHANGELOG.md")
    unreleased = text.partition("## [Unreleased]")[2].partition("\n## [")[0]
    assert re.search(r"^### (Added|Changed|Deprecated|Removed|Fixed|Security)\n\n- \S", unreleased, flags=re.MULTILINE)


def promises() -> list[str]:
    return re.findall(r"^\| (P\d+) \|", page("SPEC.md"), flags=re.MULTILINE)


def test_the_promises_are_numbered_without_a_gap() -> None:
    assert promises() == [f"P{number}" for number in range(1, 13)]


def test_every_promise_cited_by_a_test_exists() -> None:
    cited = {
        f"P{number}"
        for path in (ROOT / "tests").rglob("*.py")
        for numbers in re.findall(r"SPEC,? (P\d+(?:(?:, | and )P\d+)*)", path.read_text(encoding="utf-8"))
        for number in re.findall(r"P(\d+)", numbers)
    }
    assert cited, "tests cite the promises they hold: SPEC P6"
    assert cited <= set(promises())


def test_every_file_the_spec_names_exists() -> None:
    named = set(re.findall(r"`((?:src|tests|docs|harness)/[\w./-]+)`", page("SPEC.md")))
    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize(
    ("letter", "last", "left_out"), [("C", 25, ()), ("S", 26, ()), ("Q", 23, (21,)), ("G", 25, (1, 19, 20, 21, 24))]
)
def test_no_claim_of_the_origin_is_dropped_in_silence(letter: str, last: int, left_out: tuple[int, ...]) -> None:
    rows = re.findall(rf"^\| {letter}(\d+)(?:–{letter}?(\d+))? \|", page("SPEC.md"), flags=re.MULTILINE)
    answered = [number for first, end in rows for number in range(int(first), int(end or first) + 1)]
    assert answered == [number for number in range(1, last + 1) if number not in left_out]


def test_the_spec_states_every_verdict_and_kind() -> None:
    spec = page("SPEC.md")
    values = re.findall(
        r'^    [A-Z_]+ = "([a-z-]+)"', (SOURCE / "plan" / "kind.py").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert len(values) == 11
    assert [value for value in values if f"`{value}`" not in spec] == []
    from clusop.analysis.assessment import Verdict

    assert [verdict.value for verdict in Verdict if f"`{verdict.value}`" not in spec] == []


def test_no_page_has_the_same_heading_twice() -> None:
    for path in markdown_pages():
        if path.name == "CHANGELOG.md":
            continue
        found = headings(path.read_text(encoding="utf-8"))
        repeated = {heading for heading in found if found.count(heading) > 1}
        assert not repeated, f"{shown(path)}: {repeated}"


def test_what_is_generated_in_the_pages_is_current() -> None:
    """``docs/cli.md`` and the output in the README: a page that lags behind its program misleads."""
    answer = subprocess.run(
        [sys.executable, str(ROOT / "harness" / "write_pages.py"), "--check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, f"run make docs: {answer.stdout}{answer.stderr}"
