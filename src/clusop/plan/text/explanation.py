"""Reads the engine's own explanation below a plan. The wordings come from the dialect file; no other wording counts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from clusop.plan.naming import MAX_ARGUMENT_CHARS
from clusop.plan.reading import ABSENT, Explanation, ExplanationBlock, ExplanationVerdict

if TYPE_CHECKING:
    from clusop.plan.text.steps import Steps

__all__ = ["Grammar", "explanation_grammar", "read_explanation"]

_MAX_BLOCKS = 1000
_MAX_LINES = 50
"""Far more lines than any reason has."""
_OTHER = "other"
_EXPRESSION = "expression"


@dataclass(frozen=True, slots=True)
class Grammar:
    """One engine's wordings: the section's title, the sentences of each verdict, the patterns of what a block names."""

    title: str
    sentences: tuple[tuple[str, ExplanationVerdict], ...]
    reference: str
    patterns: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def explanation_grammar() -> Grammar:
    """Photon's grammar, the one engine that explains itself in plan text. The only place that reads it."""
    path = resources.files("clusop.plan") / "dialects" / "photon.json"
    entry = json.loads(path.read_text(encoding="utf-8"))["explanation"]
    sentences = [
        (" ".join(sentence.split()), verdict)
        for key, verdict in (
            ("fully", ExplanationVerdict.FULLY),
            ("not_fully", ExplanationVerdict.NOT_FULLY),
            ("command", ExplanationVerdict.COMMAND),
        )
        for sentence in entry[key]
    ]
    patterns = [
        (kind, re.compile(pattern, re.ASCII))
        for key, kind in (
            ("node", "node"),
            ("aggregate", "aggregate"),
            ("expression_list", _EXPRESSION),
            (_EXPRESSION, _EXPRESSION),
        )
        for pattern in entry[key]
    ]
    return Grammar(entry["header"], tuple(sentences), entry["reference"].lower(), tuple(patterns))


@dataclass(slots=True)
class _Block:
    announced: bool = False
    subject: str = ""
    kind: str = _OTHER
    unmatched: list[str] = field(default_factory=list)
    detail: list[str] = field(default_factory=list)
    reference: list[str] = field(default_factory=list)
    in_reference: bool = False

    def finish(self) -> ExplanationBlock | None:
        """The block, ``None`` where it holds nothing or only prose that follows the explanation."""
        if not (self.announced or self.subject):
            return None
        subject = self.subject or _joined(self.unmatched)
        if not (subject or self.reference):
            return None
        return ExplanationBlock(subject[:MAX_ARGUMENT_CHARS], self.kind, _joined(self.detail), _joined(self.reference))


def read_explanation(lines: list[str], steps: Steps) -> Explanation:
    """Read the lines below the section's heading; ``ABSENT`` where they hold none of the known sentences."""
    grammar = explanation_grammar()
    steps.add(sum(map(len, lines)) + len(lines))
    verdict = _verdict(lines, grammar)
    if verdict is None:
        return ABSENT
    if verdict is not ExplanationVerdict.NOT_FULLY:
        return Explanation(verdict)
    return Explanation(verdict, tuple(_blocks(lines, grammar)))


def _verdict(lines: list[str], grammar: Grammar) -> ExplanationVerdict | None:
    """What the section begins with. Lines may be wrapped, so it is compared with blanks folded."""
    longest = max(len(sentence) for sentence, _ in grammar.sentences)
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        following = " ".join(" ".join(other[: 2 * longest] for other in lines[number : number + 8]).split())
        for sentence, verdict in grammar.sentences:
            if following.startswith(sentence):
                return verdict
    return None


class _BlockReader:
    """Takes the lines of a "does not fully support" explanation in order."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._openings = tuple(s for s, verdict in grammar.sentences if verdict is ExplanationVerdict.NOT_FULLY)
        self._block = _Block()
        self.found: list[ExplanationBlock] = []

    def close(self) -> None:
        """End the current block."""
        finished = self._block.finish()
        if finished is not None and len(self.found) < _MAX_BLOCKS:
            self.found.append(finished)
        self._block = _Block()

    def take(self, line: str) -> None:
        """Read one line, blanks and a closing quote already removed."""
        block = self._block
        if line.startswith(self._openings):
            self.close()
            self._block.announced = True
        elif line.lower().startswith(self._grammar.reference):
            block.in_reference = True
            rest = line[len(self._grammar.reference) :].strip(" :")
            if rest:
                block.reference.append(rest)
        elif not line:
            if block.reference:
                self.close()
        elif block.in_reference:
            if not block.reference or _open_brackets(block.reference):
                _add(block.reference, line)
        else:
            self._name(line)

    def _name(self, line: str) -> None:
        unmatched = self._block.unmatched
        if unmatched and " ".join((*unmatched, line)).startswith(self._openings):
            unmatched.clear()
            self._block.announced = True
            return
        named = _named(line, self._block, self._grammar)
        if named is None:
            _add(self._block.detail if self._block.subject else self._block.unmatched, line)
            return
        if self._block.subject:
            self.close()
        self._block.kind, self._block.subject = named


def _blocks(lines: list[str], grammar: Grammar) -> list[ExplanationBlock]:
    reader = _BlockReader(grammar)
    for line in lines:
        reader.take(line.strip().rstrip('"'))
    reader.close()
    return reader.found


def _named(line: str, block: _Block, grammar: Grammar) -> tuple[str, str] | None:
    """What a line names as unsupported. Inside a block that names something already, only a node starts another one."""
    wrapped = " ".join((*block.unmatched, line)) if block.unmatched and not block.subject else line
    for kind, pattern in grammar.patterns:
        match = pattern.match(wrapped) or pattern.match(line)
        if match is None:
            continue
        if kind == "aggregate" and block.subject:
            return None
        return kind, match.group("subject").strip()
    return None


def _open_brackets(lines: list[str]) -> bool:
    """Whether the line of a node goes on: its brackets are still open."""
    return sum(line.count("(") + line.count("[") - line.count(")") - line.count("]") for line in lines) > 0


def _add(lines: list[str], line: str) -> None:
    if sum(map(len, lines)) < MAX_ARGUMENT_CHARS and len(lines) < _MAX_LINES:
        lines.append(line[:MAX_ARGUMENT_CHARS])


def _joined(lines: list[str]) -> str:
    return " ".join(lines)[:MAX_ARGUMENT_CHARS]
