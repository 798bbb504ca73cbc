"""Where the service keeps its files when nobody says: a folder of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.service.settings.settings import Settings

__all__ = ["data_folder", "database_address", "database_place"]

_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_FILE = "clusop.db"


def data_folder(settings: Settings, environ: Mapping[str, str]) -> Path:
    """The data folder, as set or by the platform's habit."""
    told = settings.text("data")
    if told:
        return Path(told).expanduser().absolute()
    if environ.get("XDG_DATA_HOME", "").startswith("/"):
        return Path(environ["XDG_DATA_HOME"]) / "clusop"
    home = environ.get("HOME", "")
    return Path(home) / ".local" / "share" / "clusop" if home.startswith("/") else Path("clusop-data").absolute()


def database_place(settings: Settings, environ: Mapping[str, str]) -> str:
    """The database's address. Nothing is made."""
    return settings.text("database") or f"sqlite:///{data_folder(settings, environ) / _FILE}"


def database_address(settings: Settings, environ: Mapping[str, str]) -> str:
    """The database's address. The folder of the embedded one is made, readable by its owner only. Raises ``InputError``."""
    address = database_place(settings, environ)
    if settings.text("database"):
        return address
    folder = data_folder(settings, environ)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        # SQLite makes its files as readable as the user's habit is; this one is nobody else's, whatever the folder is.
        (folder / _FILE).touch(mode=_PRIVATE_FILE)
    except OSError as error:
        raise InputError(
            f"--data {folder}", f"the folder cannot be made ({error.strerror})", "Name a folder you may write to."
        ) from error
    return address
