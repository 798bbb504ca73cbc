"""Reading a section of the settings' file: each fault names the key, the value and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.errors import InputError
from clusop.service.settings.near import near
from clusop.service.told_text import MAX_NAME_CHARS, cleaned

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["list_in", "mapping_in", "only", "text_in", "texts_in"]

_MAX_ITEMS = 10_000
_SHOWN = 60


def mapping_in(value: object, where: str) -> Mapping[str, object]:
    """``value`` as named entries."""
    if not isinstance(value, dict):
        raise InputError(where, f"{_shown(value)} holds no named entries", "Write key: value, indented below it.")
    return {str(key): entry for key, entry in value.items()}


def list_in(value: object, where: str) -> list[object]:
    """``value`` as a list; nothing is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > _MAX_ITEMS:
        raise InputError(
            where, f"{_shown(value)} is no list of at most {_MAX_ITEMS} entries", "Begin each with a dash."
        )
    return value


def text_in(value: object, where: str) -> str:
    """``value`` as a short text. YAML reads ``123`` as a number; it is taken as it looks."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(where, f"{_shown(value)} is no text", "Put it in quotes.")
    told = cleaned(str(value))
    if len(told) > MAX_NAME_CHARS:
        raise InputError(where, f"it has {len(told)} characters", f"At most {MAX_NAME_CHARS} are taken.")
    return told


def texts_in(value: object, where: str) -> tuple[str, ...]:
    """``value`` as a list of texts; a text alone is a list of one."""
    items = [value] if isinstance(value, str) else list_in(value, where)
    return tuple(text_in(item, f"{where}[{number}]") for number, item in enumerate(items))


def only(section: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    """Refuse keys that nobody reads: a typing error would go unseen."""
    for key in section:
        if key not in known:
            raise InputError(f"{where}.{key[:_SHOWN]}", "it is not known", near(key, known, "Known are"))


def _shown(value: object) -> str:
    return repr(value)[:_SHOWN]
