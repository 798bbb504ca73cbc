"""The ``doctor`` command of the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from clusop.cli.doctor import show
from clusop.cli.writing import write_stdout

__all__ = ["doctor"]


def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    do_probe: Annotated[bool, typer.Option("--probe", help="Try to connect to the endpoint; nothing is sent.")] = False,
) -> None:
    """Tell which door into a Spark driver is open from here, what it did, why not, and what to do.

    It looks at the start line and its gate, clusop.arm(), Spark conf, the init script, the jars and their hashes, Java and
    Spark, and the settings in force. Run it in the environment of the driver; elsewhere it tells what is missing.
    """
    write_stdout(show(as_json=as_json, do_probe=do_probe))
