"""``clusop serve token``: make, list and end the tokens of the aggregator."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from clusop.cli.local_user import local_user
from clusop.cli.service_door import open_existing, open_service
from clusop.cli.writing import write_stdout
from clusop.clock import SystemClock
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from clusop.service.tokens import Token

__all__ = ["token"]

token = typer.Typer(
    name="token",
    help="Make, list and end tokens. Where the database is, is said before the word token: "
    "clusop serve --data FOLDER token create …, or --database URL, or --config FILE, as for serve itself.",
    no_args_is_help=True,
)

T = TypeVar("T")

_MS_PER_DAY = 86_400_000


@token.command("create")
def _create(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Option(metavar="TEXT", help="Whose it is; the audit shows it.")],
    scope: Annotated[
        str, typer.Option(metavar="SCOPE", help="ingest, read or admin (which may read, too).")
    ] = "ingest",
    workspace: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The one workspace that it may speak for and see; without it, all of them."),
    ] = None,
    expires_days: Annotated[
        int, typer.Option(min=0, max=36500, metavar="DAYS", help="After how many days it ends; 0: never.")
    ] = 0,
) -> None:
    """Make a token and print it, this once."""
    from clusop.service.audit_line import AuditLine, write_audit
    from clusop.service.ingest.batch import ALL_WORKSPACES
    from clusop.service.tokens import SCOPES, create_token, end_token, is_name_taken
    from clusop.service.told_text import MAX_NAME_CHARS
    from clusop.service.workspaces import is_one_workspace

    if scope not in SCOPES:
        raise InputError("--scope", f"{scope!r} is none", f"Scopes are {', '.join(SCOPES)}.")
    if not name.strip() or not name.isprintable():
        raise InputError("--name", "is empty or holds control characters", "Say whose the token is.")
    if len(name.strip()) > MAX_NAME_CHARS:
        raise InputError("--name", f"has {len(name.strip())} characters", f"At most {MAX_NAME_CHARS} are taken.")
    if workspace is not None and not is_one_workspace(workspace):
        raise InputError(
            "--workspace",
            f"{workspace[:60]!r} names no workspace",
            "Give the id of one: letters, digits, _ and -, no globs. Leave the option out for all workspaces.",
        )

    def work(connection: Connection, now_ms: int) -> str:
        if is_name_taken(connection, name, now_ms):
            raise InputError(
                "--name",
                f"a token called {name.strip()!r} is in force, and the audit could not tell the two apart",
                "Give another name, or end that one: clusop serve token list shows its handle.",
            )
        made = create_token(connection, name.strip(), scope, now_ms, workspace or ALL_WORKSPACES)
        if expires_days:
            end_token(connection, made, now_ms + expires_days * _MS_PER_DAY)
        handle = made.split("_")[2]
        line = AuditLine("token-created", f"token:{handle}", detail={"name": name.strip(), "scope": scope})
        write_audit(connection, local_user(), [line], now_ms)
        return made

    write_stdout(f"{_written(context, work, makes=True)[0]}\n")


@token.command("list")
def _list(
    context: typer.Context, *, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List the tokens, without their secrets."""
    from clusop.service.tokens import list_tokens

    found, now_ms = _written(context, lambda connection, _now_ms: list_tokens(connection))
    if as_json:
        write_stdout(json.dumps([_document(one) for one in found], indent=1) + "\n")
        return
    rows = [("handle", "scopes", "workspace", "last used", "state", "name")]
    rows += [
        (one.handle, ",".join(sorted(one.scopes)), one.workspace, _day(one.used_at_ms), _state(one, now_ms), one.name)
        for one in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    write_stdout(
        "".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
            for row in rows
        )
    )


@token.command("revoke")
def _revoke(
    context: typer.Context, handle: Annotated[str, typer.Argument(metavar="HANDLE", help="As the list shows it.")]
) -> None:
    """End a token: within five seconds nobody takes it any more."""
    from clusop.service.audit_line import AuditLine, write_audit
    from clusop.service.tokens import revoke_token

    def work(connection: Connection, now_ms: int) -> None:
        if not revoke_token(connection, handle, now_ms):
            raise InputError(handle, "is no token in force", "clusop serve token list shows them.")
        write_audit(connection, local_user(), [AuditLine("token-revoked", f"token:{handle}")], now_ms)

    _written(context, work)


def _written(context: typer.Context, work: Callable[[Connection, int], T], *, makes: bool = False) -> tuple[T, int]:
    """What ``work`` gives in one transaction, and the time it was given. Only what ``makes`` something makes a database, too."""
    options, config = context.obj
    database = open_service(options, os.environ, config)[1] if makes else open_existing(options, os.environ, config)
    try:
        now_ms = int(SystemClock().now_at().timestamp() * 1000)
        return database.write(lambda connection: work(connection, now_ms)), now_ms
    finally:
        database.close()


def _document(one: Token) -> dict[str, object]:
    return {
        "handle": one.handle,
        "name": one.name,
        "scopes": sorted(one.scopes),
        "workspace": one.workspace,
        "created_at_ms": one.created_at_ms,
        "expires_at_ms": one.expires_at_ms,
        "revoked_at_ms": one.revoked_at_ms,
        "used_at_ms": one.used_at_ms,
    }


def _state(one: Token, now_ms: int) -> str:
    if one.revoked_at_ms is not None:
        return "revoked"
    return "expired" if one.refusal(now_ms) is not None else "in force"


def _day(at_ms: int | None) -> str:
    return "never" if at_ms is None else f"{datetime.fromtimestamp(at_ms / 1000, tz=timezone.utc):%Y-%m-%d}"
