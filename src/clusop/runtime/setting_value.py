"""The types of settings: from text to value, or the fault as half a sentence that never repeats the value."""

from __future__ import annotations

import re
from typing import TypeAlias
from urllib.parse import urlsplit

from clusop.errors import ClusopError

__all__ = ["SettingError", "Value", "as_text", "parse_value"]

Value: TypeAlias = "str | int | float | bool"

_MOST_CHARS = 2000
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"", "0", "false", "no", "off"})
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]+\]")
_COUNT = re.compile(r"[0-9]{1,18}")
_RATIO = re.compile(r"0(?:\.[0-9]{1,9})?|1(?:\.0{1,9})?")


class SettingError(ClusopError):
    """A setting's text cannot be used. The message follows the setting's name: "is no http or https URL"."""


def parse_value(kind: str, text: str, least: int | None, most: int | None) -> Value:
    """The value of ``text`` as ``kind``. Raises ``SettingError``."""
    told = text.strip()
    if len(told) > _MOST_CHARS or not told.isprintable():
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
        return ",".join(name.strip() for name in told.split(",") if name.strip())
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
    fault = SettingError("is no http or https URL with a host")
    if " " in told or not told.isascii():
        raise fault
    try:
        parts = urlsplit(told)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise fault from None
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise fault
    if not _HOST.fullmatch(host if ":" not in host else f"[{host}]"):
        raise fault
    if "@" in parts.netloc:
        raise SettingError("holds a user name or password; put the token into spark.clusop.tokenFile")
    if parts.query or parts.fragment:
        raise SettingError("has a query or fragment; give only scheme, host, port and path")
    return told.rstrip("/")
