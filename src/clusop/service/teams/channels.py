"""Channels: who is told where. Read from the section ``channels`` of the settings."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from clusop.errors import InputError
from clusop.service.settings.near import near
from clusop.service.teams.egress import Egress
from clusop.service.teams.secret_address import secret_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.service.teams.egress import Network
    from clusop.service.teams.proxy import Proxy
    from clusop.service.teams.secret_address import SecretAddress

__all__ = ["KINDS", "Channel", "read_channels"]

KINDS = ("teams", "apprise")
_KEYS = ("name", "kind", "url", "teams", "hosts", "networks", "http_on_loopback")
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z ._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Channel:
    """``teams`` are globs over the names of teams, capitals not told apart; ``""`` stands for a team nobody knows, and ``*``
    takes that too.
    """

    name: str
    kind: str
    address: SecretAddress
    teams: tuple[str, ...] = ("*",)
    egress: Egress = field(default_factory=Egress)

    def serves(self, team: str) -> bool:
        """Whether problems of ``team`` are told here."""
        return any(fnmatchcase(team.casefold(), glob.casefold()) for glob in self.teams)


def read_channels(section: object, proxy: Proxy | None = None) -> tuple[Channel, ...]:
    """The section's channels, whose messages leave through ``proxy``.

    Raises ``InputError`` that names key, value and what is allowed; never an address.
    """
    if section is None:
        return ()
    if not isinstance(section, list):
        raise InputError("channels", "is no list", "Give a list of channels, each with name and url.")
    channels = tuple(_channel(f"channels[{number}]", entry, proxy) for number, entry in enumerate(section))
    names = [channel.name for channel in channels]
    for name in names:
        if names.count(name) > 1:
            raise InputError("channels", f"holds {name!r} twice", "Give every channel a name of its own.")
    return channels


def _channel(where: str, entry: object, proxy: Proxy | None) -> Channel:
    if not isinstance(entry, dict):
        raise InputError(where, "is no channel", f"Give keys and values: {', '.join(_KEYS)}.")
    told: Mapping[str, Any] = entry  # Any: YAML
    for key in told:
        if key not in _KEYS:
            raise InputError(f"{where}.{str(key)[:60]}", "is not known", near(str(key), _KEYS, "Allowed are"))
    name, kind = told.get("name"), told.get("kind", "teams")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InputError(
            f"{where}.name", f"is {_shown(name)}", "Allowed are 1 to 64 letters, digits, blanks, . _ and -."
        )
    if kind not in KINDS:
        raise InputError(f"{where}.kind", f"is {_shown(kind)}", f"Allowed are {', '.join(KINDS)}.")
    is_open = told.get("http_on_loopback", False)
    if not isinstance(is_open, bool):
        raise InputError(f"{where}.http_on_loopback", f"is {_shown(is_open)}", "Allowed are true and false.")
    return Channel(
        name,
        kind,
        secret_address(f"{where}.url", told.get("url")),
        _texts(f"{where}.teams", told.get("teams", ["*"]), "globs over team names") or ("*",),
        Egress(
            frozenset(host.lower() for host in _texts(f"{where}.hosts", told.get("hosts", []), "host names")),
            tuple(
                _network(f"{where}.networks", one)
                for one in _texts(f"{where}.networks", told.get("networks", []), "networks")
            ),
            is_open,
            proxy,
        ),
    )


def _texts(where: str, told: object, what: str) -> tuple[str, ...]:
    values = [told] if isinstance(told, str) else told
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InputError(where, f"is {_shown(told)}", f"Allowed is a list of {what}.")
    return tuple(values)


def _network(where: str, told: str) -> Network:
    try:
        return ipaddress.ip_network(told)
    except ValueError as error:
        raise InputError(where, f"holds {_shown(told)}", "Allowed are networks like 10.20.0.0/16.") from error


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)[:60]
