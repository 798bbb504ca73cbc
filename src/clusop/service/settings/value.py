"""A setting's text to its value, or the fault: key, value and what is allowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clusop.errors import InputError

if TYPE_CHECKING:
    from clusop.service.settings.declared import Declared, Value

__all__ = ["parse_value"]

_MOST_CHARS = 2000
_SHOWN_CHARS = 60
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})
_COUNT = re.compile(r"[0-9]{1,18}", re.ASCII)


def parse_value(one: Declared, given: object, where: str) -> Value:
    """The value of what was ``given`` at ``where`` (an option, a variable, a key). Raises ``InputError``."""
    if isinstance(given, bool):
        text = "true" if given else "false"
    elif isinstance(given, list) and one.type == "names":
        text = ",".join(str(each) for each in given)
    elif isinstance(given, str | int | float):
        text = str(given).strip()
    else:
        raise InputError(where, "is no single value", f"Give {_allowed(one)}.")
    if len(text) > _MOST_CHARS or not text.isprintable():
        raise InputError(where, "is too long or holds control characters", f"Give {_allowed(one)}.")
    value = _value(one, text)
    if value is None:
        shown = "the value" if one.secret else repr(text[:_SHOWN_CHARS])
        raise InputError(where, f"{shown} cannot be used", f"Give {_allowed(one)}.")
    return value


def _value(one: Declared, text: str) -> Value | None:
    if one.type == "count":
        return _count(one, text)
    if one.type == "switch":
        return True if text.lower() in _YES else False if text.lower() in _NO else None
    if one.type == "url" and text:
        return text.rstrip("/") if _is_url(text) else None
    if one.type == "names":
        return ",".join(name for part in text.split(",") if (name := part.strip()))
    return text


def _count(one: Declared, text: str) -> int | None:
    if not _COUNT.fullmatch(text):
        return None
    number = int(text)
    is_low = one.least is not None and number < one.least
    return None if is_low or (one.most is not None and number > one.most) else number


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return is_whole and not (parts.username or parts.password or parts.query or parts.fragment)


def _allowed(one: Declared) -> str:
    if one.type == "count":
        return f"a whole number from {one.least} to {one.most}"
    kinds = {
        "switch": "true or false",
        "url": "an http or https URL without user name, query and fragment",
        "names": "names, separated by commas",
        "path": "a path",
    }
    return kinds.get(one.type, "a text")
