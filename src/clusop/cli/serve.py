"""``clusop serve``: the aggregator, from nothing to a page in one command."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from clusop.cli.local_user import local_user
from clusop.cli.serve_token import token
from clusop.cli.service_door import open_database_of, read_settings
from clusop.cli.writing import write_stdout
from clusop.clock import SystemClock
from clusop.errors import InputError

if TYPE_CHECKING:
    import socket

    from clusop.service.settings.settings import Settings

__all__ = ["app"]

app = typer.Typer(
    name="serve",
    invoke_without_command=True,
    help="Run the aggregator: agents send to it, people look at its pages. Without any option it keeps a SQLite file of its own.",
)
app.add_typer(token)

_GRACE_S = 30
_BACKLOG = 1024
_CHECKED = "All settings and sections can be used. Nothing was started, and no database was opened.\n"


@app.callback()
def serve(
    context: typer.Context,
    *,
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Address to listen at; 127.0.0.1.")] = None,
    port: Annotated[
        str | None, typer.Option(metavar="N", help="Port to listen at; 8484. 0: the system's choice.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="sqlite:////path or postgresql://user@host/name.")
    ] = None,
    config: Annotated[str, typer.Option(metavar="FILE", help="YAML file with settings.")] = "",
    data: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Folder of the service's own files; clusop in ~/.local/share.")
    ] = None,
    retain: Annotated[
        str | None, typer.Option(metavar="DAYS", help="Days signals are kept; sums are kept for ever. 90.")
    ] = None,
    is_check: Annotated[
        bool, typer.Option("--check", help="Read all settings and sections as a start would, and start nothing.")
    ] = False,
) -> None:
    """Run the aggregator until it is told to stop; what was acknowledged is in the database.

    At the first start it prints an ingest token for agents and an admin token for people, once.
    """
    options: dict[str, object] = {"host": host, "port": port, "database": database, "data": data, "retain_days": retain}
    if context.invoked_subcommand is not None:
        if is_check:
            raise InputError(
                "--check", "is about serve itself and goes with no command of it", "Leave one of both out."
            )
        context.obj = (options, config)
        return
    if is_check:
        _checked(options, config)
        write_stdout(_CHECKED)
        return
    _serve(options, config)


def _checked(options: dict[str, object], config: str) -> Settings:
    """The settings, all of them and of the sections read; what will not work is told on standard error."""
    settings = read_settings(os.environ, config, options)
    from clusop.service.check import check

    for sentence in check(settings, SystemClock()):
        sys.stderr.write(f"clusop: {sentence}.\n")
    return settings


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the server listens."""

    socket: socket.socket
    url: str


def _serve(options: dict[str, object], config: str) -> None:
    import signal

    import uvicorn

    from clusop.api.app import create_app
    from clusop.service.store.unusable import shown_place
    from clusop.service.tokens import first_tokens

    # Before the server's own handlers stand, and after they are gone, a stop is a clean end.
    signal.signal(signal.SIGTERM, _end)
    clock, settings = SystemClock(), _checked(options, config)
    database = open_database_of(settings, os.environ)
    place = _listen(settings.text("host"), settings.count("port"))
    application = create_app(database, settings.reached_at(place.url), clock)
    now_ms, user = int(clock.now_at().timestamp() * 1000), local_user()
    made = database.write(lambda connection: first_tokens(connection, now_ms, user))
    write_stdout(_told(place.url, shown_place(database.engine.url), made))
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            # Whom a header names is for the settings to believe, not for the server.
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
    )
    try:
        server.run(sockets=[place.socket])
    finally:
        database.close()


def _end(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def _listen(host: str, port: int) -> _Place:
    """A socket bound before anything is printed: an address that is taken is one sentence."""
    import socket

    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        # Who reads the address may connect at once, and waits until the server is there.
        opened.listen(_BACKLOG)
    except (OSError, UnicodeError) as error:
        told = getattr(error, "strerror", None) or "no address"
        raise InputError(
            f"{host}:{port}", f"cannot be listened at ({told})", "Give another --host or --port."
        ) from error
    shown = f"[{host}]" if ":" in host else host
    return _Place(opened, f"http://{shown}:{opened.getsockname()[1]}/")


def _told(url: str, kept_in: str, made: tuple[str, str] | None) -> str:
    lines: list[str] = []
    if made is not None:
        ingest, admin = made
        lines += [
            "Two tokens, shown this once and stored hashed; clusop serve token makes others:",
            f"  for agents (spark.clusop.tokenFile)  {ingest}",
            f"  for people (password on the page)    {admin}",
            "",
        ]
    lines.append(f"clusop keeps its data in {kept_in}")
    # Last: who waits for the address has all the rest by then.
    lines.append(f"clusop serves at {url}")
    return "\n".join(lines) + "\n"
