"""The command line: :func:`run` is what ``clusop`` starts."""

from __future__ import annotations

import sys

__all__ = ["run"]

_EXTRAS = {
    "cli": frozenset({"click", "rich", "shellingham", "typer"}),
    "service": frozenset(
        {
            "alembic",
            "fastapi",
            "jinja2",
            "msgspec",
            "prometheus_client",
            "psycopg",
            "pydantic",
            "python_multipart",
            "requests",
            "sqlalchemy",
            "starlette",
            "uvicorn",
            "yaml",
        }
    ),
    "databricks": frozenset({"databricks"}),
}
# What these need besides the command line's own packages; each of the extras brings those along or goes with one that does.
_OF_COMMANDS = {
    "serve": "service",
    "collect": "service",
    "reconcile": "service,databricks",
    "onboard": "service,databricks",
}
_EXIT_BAD_USAGE = 2


def run() -> None:
    """Run the command line with the process's arguments. Never returns: it raises ``SystemExit``.

    Exit codes: 0 done, 1 a bug (with its traceback), 2 bad usage or input, 3 ``--fail-on`` matched.
    """
    try:
        from clusop.cli.root import main

        # A command is imported only when it is asked for.
        ended = main()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        extra = next((name for name, packages in _EXTRAS.items() if missing in packages), "")
        if not extra:
            raise
        if sys.argv[1:2] == ["doctor"]:
            # The one command that must run where only the agent is installed.
            from clusop.cli.doctor import doctor_main

            raise SystemExit(doctor_main(sys.argv[2:])) from None
        if extra == "cli":
            # Without it there is no command line at all: the next thing missing would be what the command itself needs.
            extra = _OF_COMMANDS.get("".join(sys.argv[1:2]), extra)
        sys.stderr.write(
            f"clusop: the package {missing!r} is missing. Install it with: pip install 'clusop[{extra}]'\n"
        )
        raise SystemExit(_EXIT_BAD_USAGE) from None
    raise SystemExit(ended)
