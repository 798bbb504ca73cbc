"""Opens what commands of the service work on: the settings in force and a migrated database."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from clusop.service.settings.settings import Settings
    from clusop.service.store.database import Database

__all__ = ["open_database_of", "open_existing", "open_service", "read_settings"]

_OF_THE_EXTRA = frozenset(
    {"alembic", "fastapi", "msgspec", "prometheus_client", "psycopg", "pydantic", "sqlalchemy", "uvicorn", "yaml"}
)


def open_service(options: Mapping[str, object], environ: Mapping[str, str], config: str) -> tuple[Settings, Database]:
    """Settings and database. Raises ``InputError`` in one sentence for whatever keeps it from being opened."""
    settings = read_settings(environ, config, options)
    return settings, open_database_of(settings, environ)


def open_database_of(settings: Settings, environ: Mapping[str, str]) -> Database:
    """The database that the settings name, made where there is none. Raises ``InputError``."""
    with _telling_the_extra("serve"):
        from clusop.service.settings.place import database_address
        from clusop.service.store.database import open_database
    return _migrated(open_database(database_address(settings, environ)))


def open_existing(options: Mapping[str, object], environ: Mapping[str, str], config: str) -> Database:
    """The database, where there is one. Raises ``InputError`` where there is none, and makes nothing."""
    settings = read_settings(environ, config, options)
    with _telling_the_extra("serve"):
        from clusop.service.settings.place import database_place
        from clusop.service.store.database import database_url, open_database
        from clusop.service.store.migrate import revision_of
        from clusop.service.store.unusable import shown_place
    address = database_place(settings, environ)
    url = database_url(address)
    nothing = InputError(
        shown_place(url),
        "there is no database of clusop there",
        "Name its place before the word token: clusop serve --data FOLDER token …, or --database URL.",
    )
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        # SQLite makes a file that is not there, and writes into an empty one, as soon as it is opened.
        if not file.is_file() or not file.stat().st_size:
            raise nothing
    database = open_database(address)
    with database.reading() as connection:
        is_ours = bool(revision_of(connection))
    if not is_ours:
        database.close()
        raise nothing
    return _migrated(database)


def read_settings(environ: Mapping[str, str], config: str, options: Mapping[str, object] | None = None) -> Settings:
    """The settings in force. No database is opened. Raises ``InputError``."""
    with _telling_the_extra("settings"):
        from clusop.service.settings.settings import resolve
    return resolve(options or {}, environ, config)


def _migrated(database: Database) -> Database:
    """``database``, brought to the newest revision and known to take writes; closed where it cannot be."""
    from sqlalchemy.exc import DBAPIError

    from clusop.service.store.facts import try_to_write
    from clusop.service.store.migrate import migrate, steps_behind
    from clusop.service.store.unusable import unusable

    try:
        with database.reading() as connection:
            steps = steps_behind(connection)
        if steps:
            # Else a start of minutes looks like one that hangs.
            sys.stderr.write(
                f"clusop: an earlier clusop made this database; it is brought up to this one in {steps} "
                f"{'step' if steps == 1 else 'steps'}, all of them or none. With many signals that takes minutes.\n"
            )
            sys.stderr.flush()
        migrate(database)
        database.write(try_to_write)
    except DBAPIError as error:
        # It can be read, and that is all: no right to make tables, a file that is another's, a server that only follows.
        database.close()
        raise unusable(database.engine.url, "written", error) from error
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def _telling_the_extra(where: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OF_THE_EXTRA:
            raise
        raise InputError(
            where, f"the package {error.name!r} is missing", "Install it with: pip install 'clusop[service]'"
        ) from error
