"""Brings a database to the newest revision, under a lock: replicas start together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from clusop.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.service.store.database import Database

__all__ = ["configuration", "migrate", "revision_of", "steps_behind"]

_MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
# Any number will do, as long as nothing else in the database locks it: "clusop" in bytes.
_LOCK = 0x636C75736F70


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file; ``connection`` is the one it migrates over."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def revision_of(connection: Connection) -> str:
    """The revision a database is at, ``""`` for one that is empty."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def steps_behind(connection: Connection) -> int:
    """How many revisions a database has yet to go to the newest; 0 for one that is empty, and for one of a newer clusop."""
    scripts = ScriptDirectory.from_config(configuration()).walk_revisions()
    newest_first = [script.revision for script in scripts]
    before = revision_of(connection)
    return newest_first.index(before) if before in newest_first else 0


def migrate(database: Database, to: str = "head") -> str:
    """Upgrade to the revision ``to``; the one it came from. Raises ``InputError`` for a database of a newer clusop."""

    def work(connection: Connection) -> str:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = revision_of(connection)
        config = configuration(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if before and before not in known:
            raise InputError(
                "database",
                f"is at revision {before}, which this clusop does not know",
                "A newer clusop made it: upgrade clusop, or name another database.",
            )
        command.upgrade(config, to)
        return before

    return database.write(work)
