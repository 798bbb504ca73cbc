"""Reads all that ``clusop serve`` is told, as its start does, and touches no database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.errors import InputError
from clusop.reasons import Reason
from clusop.service.callers import trusted_networks
from clusop.service.schedule.jobs import jobs_of
from clusop.service.settings.fault_place import naming_file
from clusop.service.store.database import database_url
from clusop.service.teams.channels import read_channels

if TYPE_CHECKING:
    from clusop.clock import Clock
    from clusop.service.settings.settings import Settings

__all__ = ["check"]


def check(settings: Settings, clock: Clock) -> tuple[str, ...]:
    """Sentences about what will not work and keeps nothing else from working. Raises ``InputError`` for what ends a start."""
    with naming_file(settings):
        if settings.text("database"):
            database_url(settings.text("database"))
        _refuse_half_a_proxy(settings)
        trusted_networks(settings)
        jobs_of(settings, clock)
        channels = read_channels(settings.section("channels"))
    found = [(channel.name, channel.address.read()) for channel in channels]
    # No refusal: the address is read anew for each message, and may come later.
    return tuple(
        f"channel {name!r}: {told.sentence.rstrip('.')}. Until it can be, no message leaves there"
        for name, told in found
        if isinstance(told, Reason)
    )


def _refuse_half_a_proxy(settings: Settings) -> None:
    """A header without addresses is believed from nobody, and addresses without a header name nobody: it looks set up."""
    keys = ("proxy_header", "proxy_addresses")
    for one, other in (keys, keys[::-1]):
        if settings.text(one) and not settings.text(other):
            where = settings.origins[one]
            raise InputError(where, f"is set, and {other} is not", "Set both, or neither: one alone lets nobody in.")
