"""``clusop serve``: the aggregator, from nothing to a page in one command."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from clusop.cli.serve_token import token
from clusop.cli.service_door import open_service
from clusop.cli.writing import write_stdout
from clusop.clock import SystemClock

if TYPE_CHECKING:
    import socket

__all__ = ["app"]

app = typer.Typer(
    name="serve",
    invoke_without_command=True,
    help="Run the aggregator: agents send to it, people look at its pages. Without any option it keeps a SQLite file of its own.",
)
app.add_typer(token)

_GRACE_S = 30
_BACKLOG = 1024


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
    data: Annotated[str | None, typer.Option(metavar="FOLDER", help="Folder of the service's own files.")] = None,
    retain: Annotated[
        str | None, typer.Option(metavar="DAYS", help="Days signals are kept; sums are kept for ever. 90.")
    ] = None,
) -> None:
    """Run the aggregator until it is told to stop; what was acknowledged is in the database.

    At the first start it prints an ingest token for agents and an admin token for people, once.
    """
    options: dict[str, object] = {"host": host, "port": port, "database": database, "data": data, "retain_days": retain}
    if context.invoked_subcommand is not None:
        context.obj = (options, config)
        return
    _serve(options, config)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the server listens."""

    socket: socket.socket
    url: str


def _serve(options: dict[str, object], config: str) -> None:
    import signal

    import uvicorn

    from clusop.api.app import create_app
    from clusop.service.tokens import first_tokens

    # Before the server's own handlers stand, and after they are gone, a stop is a clean end.
    signal.signal(signal.SIGTERM, _end)
    clock = SystemClock()
    settings, database = open_service(options, os.environ, config)
    place = _listen(settings.text("host"), settings.count("port"))
    application = create_app(database, settings.reached_at(place.url), clock)
    made = database.write(lambda connection: first_tokens(connection, int(clock.now_at().timestamp() * 1000)))
    write_stdout(_told(place.url, made))
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

    from clusop.errors import InputError

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


def _told(url: str, made: tuple[str, str] | None) -> str:
    lines: list[str] = []
    if made is not None:
        ingest, admin = made
        lines += [
            "Two tokens, shown this once and stored hashed; clusop serve token makes others:",
            f"  for agents (spark.clusop.tokenFile)  {ingest}",
            f"  for people (password on the page)    {admin}",
            "",
        ]
    # Last: who waits for the address has all the rest by then.
    lines.append(f"clusop serves at {url}")
    return "\n".join(lines) + "\n"
