"""Why a database cannot be used, in one sentence that holds no secret."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clusop.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

__all__ = ["shown_place", "unusable"]

_MOST_CHARS = 200
# What libpq takes in the address's query as well as in its user part.
_SECRETS = ("password", "sslpassword", "passfile", "sslkey")


def unusable(url: URL, what: str, error: Exception) -> InputError:
    """The fault to raise for ``error``; ``what`` is what could not be done."""
    # Above the driver's error stand SQLAlchemy's own words, with the statement.
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    cause = lines[0].strip() if lines else type(error).__name__
    for secret in _secrets(url):
        cause = cause.replace(secret, "***")
    return InputError(
        f"database {_plain(url)}",
        f"cannot be {what} ({cause[:_MOST_CHARS]})",
        "See that it is there and that this user may write to it.",
    )


def shown_place(url: URL) -> str:
    """Where a database is, for people: the path of a file, else the address. No password is in it."""
    is_file = url.get_backend_name() == "sqlite"
    return str(Path(url.database or "").absolute()) if is_file else _plain(url)


def _plain(url: URL) -> str:
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


def _secrets(url: URL) -> list[str]:
    told = [url.password, *(url.query.get(name) for name in _SECRETS)]
    return [one for each in told for one in ([each] if isinstance(each, str) else each or ()) if one]
