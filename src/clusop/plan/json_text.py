"""Decode JSON of any depth: the standard decoder where it can, an iterative one where nesting would exhaust the stack.

Python's C decoder recurses and gives up after about a thousand levels; a plan of 10,000 operators needs 20,000. Nothing here
raises anything but :class:`JsonTextError`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

__all__ = ["MAX_JSON_CHARS", "JsonTextError", "clean_text", "decode_json"]

MAX_JSON_CHARS = 256 * 1024 * 1024
"""Longer documents are refused before they are decoded."""

_MAX_LEVELS = 1_000_000
_BLANK = re.compile(r"[ \t\n\r]*")
_MAX_INTEGER_CHARS = 64
_OPENERS = {"{": "}", "[": "]"}


def _integer(digits: str) -> int | float:
    # Python refuses to read integers of thousands of digits; none of them is a count or an id.
    return int(digits) if len(digits) <= _MAX_INTEGER_CHARS else float(digits)


def _no_number(_: str) -> None:
    return None


# A raw line break inside a string and NaN are met in pastes; both decoders read them alike.
_DECODER = json.JSONDecoder(strict=False, parse_constant=_no_number, parse_int=_integer)


class JsonTextError(ValueError):
    """The text is no JSON. ``too_large`` where it might be but is longer or deeper than clusop reads."""

    def __init__(self, what: str, *, too_large: bool = False) -> None:
        super().__init__(what)
        self.too_large = too_large


def decode_json(data: bytes | bytearray | str) -> object:
    """The JSON value in ``data``. Bytes that are no UTF-8 become replacement characters. Raises :class:`JsonTextError`."""
    if len(data) > MAX_JSON_CHARS:
        message = f"{len(data)} characters"
        raise JsonTextError(message, too_large=True)
    text = data if isinstance(data, str) else _decode_bytes(bytes(data))
    text = text.removeprefix("\ufeff")
    try:
        return _DECODER.decode(text)
    except RecursionError:
        return _Decoder(text).decode()
    except ValueError as error:
        raise JsonTextError(str(error)) from None


def clean_text(value: object) -> str:
    """A string of a document, without halves of surrogate pairs (no output could encode them); anything else is no text."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _decode_bytes(data: bytes) -> str:
    try:
        return data.decode(json.detect_encoding(data))
    except (UnicodeDecodeError, LookupError):
        return data.decode("utf-8", errors="replace")


@dataclass(slots=True)
class _Open:
    """A list or object whose end has not been met; ``key`` is the object key that waits for its value."""

    value: list[object] | dict[str, object]
    close: str
    key: str = ""


@dataclass(slots=True)
class _Decoder:
    """The iterative decoder: containers on a stack of its own, scalars by the standard decoder."""

    text: str
    at: int = 0
    stack: list[_Open] = field(default_factory=list)

    def decode(self) -> object:
        while True:
            value = self._value()
            if self.stack and value is self.stack[-1].value and self._first():
                continue
            while self.stack:
                self._store(value)
                if self._comma():
                    break
                value = self.stack.pop().value
            if not self.stack:
                self._skip()
                if self.at != len(self.text):
                    raise self._error("more follows the end")
                return value

    def _skip(self) -> str:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.text[self.at : self.at + 1]

    def _error(self, what: str) -> JsonTextError:
        return JsonTextError(f"{what} at character {self.at}")

    def _value(self) -> object:
        character = self._skip()
        if character in _OPENERS:
            if len(self.stack) >= _MAX_LEVELS:
                message = f"nested deeper than {_MAX_LEVELS} levels"
                raise JsonTextError(message, too_large=True)
            self.at += 1
            container: list[object] | dict[str, object] = {} if character == "{" else []
            self.stack.append(_Open(container, _OPENERS[character]))
            return container
        return self._scalar()

    def _scalar(self) -> object:
        try:
            value, self.at = _DECODER.raw_decode(self.text, self.at)
        except ValueError:
            raise self._error("no value") from None
        return value

    def _first(self) -> bool:
        """After an opener: whether a first element follows. An empty container is closed and left on the stack's top."""
        top = self.stack[-1]
        if self._skip() == top.close:
            self.at += 1
            self.stack.pop()
            return False
        if top.close == "}":
            self._key(top)
        return True

    def _key(self, top: _Open) -> None:
        if self._skip() != '"':
            raise self._error("no key")
        top.key = str(self._scalar())
        if self._skip() != ":":
            raise self._error("no colon")
        self.at += 1

    def _store(self, value: object) -> None:
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            top.value[top.key] = value

    def _comma(self) -> bool:
        """Whether another element follows in the innermost container."""
        character = self._skip()
        top = self.stack[-1]
        self.at += 1
        if character == ",":
            if top.close == "}":
                self._key(top)
            return True
        if character == top.close:
            return False
        raise self._error(f"neither a comma nor {top.close!r}")
