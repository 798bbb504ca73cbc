"""Undoes what copying does to a whole text: escapes, entities, colour codes, invisible characters, odd blanks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.plan.json_text import clean_text

if TYPE_CHECKING:
    from clusop.plan.text.steps import Steps

__all__ = ["Repaired", "repair"]

_TERMINAL_CODE = re.compile(r"\x1b(?:\[[0-9;?]*[@-~]|\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>])|\x1b")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_ODD_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_CONTROL_BLANK = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
_ODD_NEWLINE = re.compile("[\x85\u2028\u2029]")
_TYPOGRAPHIC_DASH = re.compile("(?<=[+:])[\u2010-\u2015\u2212](?= )")
_ENTITY = re.compile(r"&(?:(gt|lt|amp|nbsp|quot|apos)|#(\d{1,5})|#x([0-9a-fA-F]{1,4}));")
_NAMED_ENTITY = {"gt": ">", "lt": "<", "amp": "&", "nbsp": " ", "quot": '"', "apos": "'"}
_HTML_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE | re.ASCII)
_HTML_TAG = re.compile(r"</?(?:pre|code|div|span|strong)(?: [^<>\n]{0,200})?>", re.IGNORECASE | re.ASCII)
# A newline written as backslash and n counts only where a heading or a branch of a tree follows it: regular expressions
# inside a plan's arguments hold the same two characters.
_ESCAPED_LINE = re.compile(r"\\n[ :]*(?:[+:]- |==)|==\\n")
_ESCAPE = re.compile(r"(?<!\\)\\+(?:([nrt\"'/])|u([0-9a-fA-F]{4}))")
_ESCAPED = {"n": "\n", "r": "", "t": "\t", '"': '"', "'": "'", "/": "/"}
_MARKUP = (
    (_HTML_BREAK, "\n", "HTML"),
    (_HTML_TAG, "", "HTML"),
)
_CONTROLS = (
    (_TERMINAL_CODE, "", "terminal codes"),
    (_CONTROL_BLANK, " ", "control characters"),
    *_MARKUP,
)
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\n"
_BEYOND_ASCII = (
    (_INVISIBLE, "", "invisible characters"),
    (_ODD_BLANK, " ", "non-breaking blanks"),
    (_ODD_NEWLINE, "\n", "odd line ends"),
    (_TYPOGRAPHIC_DASH, "-", "typographic dashes"),
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text with its damage undone, and what the damage was, in words."""

    text: str
    damages: tuple[str, ...]


def repair(text: str, steps: Steps) -> Repaired:
    """Undo the damage to ``text``. Every step is one pass; line ends become newlines, tabs stay."""
    damages: list[str] = []
    text = clean_text(text)
    # One character is found far faster than two, and nearly all texts have neither of these.
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        text = text.replace("\r", " ") if "\n" in text else text.replace("\r", "\n")
    steps.add(len(text))
    if "\\" in text and _ESCAPED_LINE.search(text):
        text = _joined_pairs(_ESCAPE.sub(_unescape, text))
        damages.append("escaped newlines")
    for pattern, replacement, damage in _damage_in(text):
        steps.add(len(text))
        text, found = pattern.subn(replacement, text)
        if found and damage not in damages:
            damages.append(damage)
    steps.add(len(text))
    text, found = _ENTITY.subn(_decode_entity, text)
    if found:
        damages.append("HTML entities")
    return Repaired(text, tuple(damages))


def _damage_in(text: str) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """What has to be looked for in ``text``: nearly all is plain, and then it is told at once what cannot be there."""
    if not text.isascii():
        return _CONTROLS + _BEYOND_ASCII
    markup = _MARKUP if "<" in text else ()
    has_controls = text.encode("ascii").translate(None, _PRINTABLE)
    return _CONTROLS[: -len(_MARKUP)] + markup if has_controls else markup


def _unescape(match: re.Match[str]) -> str:
    letter, code = match.groups()
    if letter is not None:
        return _ESCAPED[letter]
    return _character(int(code, 16))


def _decode_entity(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name is not None:
        return _NAMED_ENTITY[name]
    return clean_text(_character(int(decimal) if decimal is not None else int(hexadecimal, 16)))


def _character(code: int) -> str:
    return " " if code in {0, 0xA0} else chr(code)


def _joined_pairs(text: str) -> str:
    """Two escapes that stand for the halves of one character become that character."""
    if text.isascii():
        return text
    return clean_text(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass"))
