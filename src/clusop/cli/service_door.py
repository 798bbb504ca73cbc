"""Opens what commands of the service work on: the settings in force and a migrated database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.service.settings.settings import Settings
    from clusop.service.store.database import Database

__all__ = ["open_service", "read_settings"]

_OF_THE_EXTRA = frozenset(
    {"alembic", "fastapi", "msgspec", "prometheus_client", "psycopg", "pydantic", "sqlalchemy", "uvicorn", "yaml"}
)


def open_service(options: Mapping[str, object], environ: Mapping[str, str], config: str) -> tuple[Settings, Database]:
    """Settings and database. Raises ``InputError`` in one sentence for whatever keeps it from being opened."""
    try:
        from sqlalchemy.exc import DBAPIError

        from clusop.service.settings.place import database_address
        from clusop.service.settings.settings import resolve
        from clusop.service.store.database import open_database
        from clusop.service.store.facts import try_to_write
        from clusop.service.store.migrate import migrate
        from clusop.service.store.unusable import unusable
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OF_THE_EXTRA:
            raise
        raise InputError(
            "serve", f"the package {error.name!r} is missing", "Install it with: pip install 'clusop[service]'"
        ) from error
    settings = resolve(options, environ, config)
    database = open_database(database_address(settings, environ))
    try:
        migrate(database)
        database.write(try_to_write)
    except DBAPIError as error:
        # It can be read, and that is all: no right to make tables, a file that is another's, a server that only follows.
        database.close()
        raise unusable(database.engine.url, "written", error) from error
    except BaseException:
        database.close()
        raise
    return settings, database


def read_settings(environ: Mapping[str, str], config: str) -> Settings:
    """The settings in force, where no database is wanted. Raises ``InputError``."""
    try:
        from clusop.service.settings.settings import resolve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OF_THE_EXTRA:
            raise
        raise InputError(
            "settings", f"the package {error.name!r} is missing", "Install it with: pip install 'clusop[service]'"
        ) from error
    return resolve({}, environ, config)
