"""Who runs a command on this machine, for the audit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.service.actor import Actor

__all__ = ["local_user"]


def local_user() -> Actor:
    """The system's user of this process. Variables such as ``USER`` are not asked: anybody may write them."""
    from clusop.service.actor import Actor

    try:
        import pwd

        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        # In containers a user often has a number and no name.
        name = f"user {os.getuid()}"
    return Actor(f"local: {name}", "local")
