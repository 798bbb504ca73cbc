"""The bearer token, from its file. Its text appears in no message."""

from __future__ import annotations

import os
import re
import stat

from clusop.errors import ClusopError

__all__ = ["TokenError", "read_token"]

_MOST_BYTES = 8192
_TOKEN = re.compile(r"[\x21-\x7e]+")


class TokenError(ClusopError):
    """The token file holds no usable token. The message says why, and nothing of what is in it."""


def read_token(path: str) -> str:
    """The token: the file's text without the white space around it. Raises ``TokenError``."""
    try:
        # Not to wait for somebody to write into a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise TokenError("it is no file")
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise TokenError(error.strerror or type(error).__name__) from None
    if len(data) > _MOST_BYTES:
        raise TokenError("it is too long for a token")
    # Not utf-8-sig: Python loads that codec when it is first asked for, and this is asked on threads that must not load.
    token = data.decode("utf-8", "replace").removeprefix("\ufeff").strip()
    if not token:
        raise TokenError("it is empty")
    # A line break within would smuggle a header into the request.
    if not _TOKEN.fullmatch(token):
        raise TokenError("it holds more than one word of plain characters")
    return token
