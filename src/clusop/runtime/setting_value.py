"""The types of settings: from text to value, or the fault as half a sentence that never repeats the value.

The Scala twin is ``com.clusop.listener.settings.Reading``; the vectors in ``tests/vectors/data/setting`` hold both to it.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from clusop.errors import ClusopError

__all__ = ["SettingError", "Value", "as_text", "parse_value"]

Value: TypeAlias = "str | int | float | bool"

_MOST_CHARS = 2000
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"", "0", "false", "no", "off"})
_BLANKS = " \t\n\r\f\v"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_COUNT = re.compile(r"[0-9]{1,18}")
_RATIO = re.compile(r"0(?:\.[0-9]{1,9})?|1(?:\.0{1,9})?")
_URL = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://(?P<place>[^/?#]*)(?P<path>[^?#]*)(?P<rest>.*)", re.DOTALL)
_PLACE = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?"
)
# What neither Python's nor Java's URLs trip over.
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MOST_PORT = 65535


class SettingError(ClusopError):
    """A setting's text cannot be used. The message follows the setting's name: "is no http or https URL"."""


def parse_value(kind: str, text: str, least: int | None, most: int | None) -> Value:
    """The value of ``text`` as ``kind``. Raises ``SettingError``."""
    told = text.strip(_BLANKS)
    if len(told) > _MOST_CHARS or _CONTROL.search(told):
        raise SettingError("is too long or holds control characters")
    if kind == "switch":
        return _switch(told)
    if kind == "count":
        return _count(told, least, most)
    if kind == "ratio":
        if not _RATIO.fullmatch(told):
            raise SettingError("is no number from 0 to 1")
        return float(told)
    if kind == "url":
        return _url(told) if told else ""
    if kind == "path":
        if told and not told.startswith("/"):
            raise SettingError("is no absolute path")
        return told
    if kind == "names":
        return ",".join(name for part in told.split(",") if (name := part.strip(_BLANKS)))
    return told


def as_text(given: object) -> str:
    """What somebody passed, as the text a conf would hold."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, (list, tuple, set, frozenset)):
        return ",".join(str(one) for one in given)
    return str(given)


def _switch(told: str) -> bool:
    if told.lower() in _YES:
        return True
    if told.lower() in _NO:
        return False
    raise SettingError("is neither true nor false")


def _count(told: str, least: int | None, most: int | None) -> int:
    if not _COUNT.fullmatch(told):
        raise SettingError("is no whole number")
    number = int(told)
    if (least is not None and number < least) or (most is not None and number > most):
        raise SettingError(f"is out of range: {least} to {most}")
    return number


def _url(told: str) -> str:
    parts = _URL.fullmatch(told)
    if parts and "@" in parts["place"]:
        raise SettingError("holds a user name or password; put the token into spark.clusop.tokenFile")
    if not parts or not _is_place(parts["place"]) or not _is_path(parts["path"]):
        raise SettingError("is no http or https URL with a host")
    if parts["rest"]:
        raise SettingError("has a query or fragment; give only scheme, host, port and path")
    return told.rstrip("/")


def _is_place(told: str) -> bool:
    found = _PLACE.fullmatch(told)
    return found is not None and (found["port"] is None or 0 < int(found["port"]) <= _MOST_PORT)


def _is_path(told: str) -> bool:
    return _PATH.fullmatch(told) is not None and _NO_ESCAPE.search(told) is None
