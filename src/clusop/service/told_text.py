"""Text that people type: in one line, within its length, and without characters that nobody sees."""

from __future__ import annotations

import re

from clusop.errors import InputError

__all__ = ["MAX_NAME_CHARS", "MAX_REASON_CHARS", "cleaned", "plain", "reason_of"]

MAX_REASON_CHARS = 1000
MAX_NAME_CHARS = 200
# Controls, what turns the direction of writing, what has no width, line separators, and halves of pairs no database stores.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb]+"
)
_BLANKS = re.compile("  +")


def cleaned(text: str) -> str:
    r"""``text`` in one line without control characters, blanks at its ends cut.

    >>> cleaned(" two\r\nlines ")
    'two lines'
    """
    return _BLANKS.sub(" ", _CONTROL.sub(" ", text)).strip(" ")


def plain(text: str, where: str) -> str:
    """``text``, blanks at its ends cut: what is looked for, or matched later. Raises ``InputError`` for characters that nobody
    sees: without them it would ask for something else, or for everything.
    """
    if _CONTROL.search(text):
        raise InputError(where, "it holds a control character or one that has no width", "Leave such characters out.")
    return cleaned(text)


def reason_of(text: str, where: str = "reason") -> str:
    """Why a person does something. Raises ``InputError`` where there is nothing, or more than a reason."""
    told = cleaned(text)
    if not told:
        raise InputError(where, "it is empty", "Say in a few words why.")
    if len(told) > MAX_REASON_CHARS:
        raise InputError(where, f"it has {len(told)} characters", f"Say it in at most {MAX_REASON_CHARS}.")
    return told
