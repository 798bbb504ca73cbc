"""A lease that is renewed for as long as a job takes."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["LEASE_MS", "renewed"]

LEASE_MS = 60_000
"""How long a lease holds without being renewed: a crashed replica's jobs go on after that."""
_RENEW_S = 20.0

_logger = logging.getLogger(__name__)


@contextmanager
def renewed(name: str, take: Callable[[], object]) -> Iterator[None]:
    """Call ``take`` every 20 seconds meanwhile. A database that does not answer is told of in the log, and asked again."""
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(_RENEW_S):
            _try(name, take)

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        is_over.set()
        renewing.join()


def _try(name: str, take: Callable[[], object]) -> None:
    try:
        take()
    except SQLAlchemyError:
        _logger.exception("the lease of the job %s could not be renewed", name)
