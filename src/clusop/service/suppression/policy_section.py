"""Reads the section ``gate`` of the settings. Every fault names the key, the value and what is allowed.

::

    gate:
      min_usd_per_30_days: 10        # low end of what is avoidable
      min_recommendation: 0.6        # the advice's leg of confidence, 0 to 1
      min_days: 3                    # days and runs seen before the rate is believed
      min_runs: 3
      cooldown_days: 7               # per problem and channel
      cards_per_team_and_day: 5      # per channel; the rest goes into the digest
      cards_per_channel_and_day: 20
      time_zone: Europe/Berlin
      quiet_hours: {from: "19:00", to: "07:30", days: [sat, sun]}
      digest: {at: "09:00", length: 10}
      unpriced: {min_core_hours_per_30_days: 10, min_time_share: 0.2, cards: true}
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from clusop.errors import InputError
from clusop.service.problems.section import mapping_in, only, texts_in
from clusop.service.suppression.policy import Policy, UnpricedGate
from clusop.service.suppression.quiet_hours import DAYS, QuietHours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.service.problems.exclusions import Exclusion

__all__ = ["KEYS", "read_policy"]

KEYS = (
    "min_usd_per_30_days",
    "min_recommendation",
    "min_days",
    "min_runs",
    "cooldown_days",
    "cards_per_team_and_day",
    "cards_per_channel_and_day",
    "time_zone",
    "quiet_hours",
    "digest",
    "unpriced",
)
_MOST_USD, _MOST_CORE_HOURS, _MOST_DAYS, _MOST_CARDS = 10**9, 10**9, 365, 1_000
_WINDOW_DAYS, _MOST_LINES = 30, 20
_MINUTES_PER_DAY = 24 * 60
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_EXPONENT = re.compile(r"[-+]?\d+(?:\.\d*)?[eE][-+]?\d+", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)


def read_policy(
    section: object, *, public_url: str = "", exclusions: tuple[Exclusion, ...] = (), where: str = "gate"
) -> Policy:
    """The policy that the section describes; what it does not name is as in :class:`Policy`."""
    told = {} if section is None else mapping_in(section, where)
    only(told, KEYS, where)
    standard = Policy()
    digest_minute, digest_length = _digest(told.get("digest"), f"{where}.digest", standard)
    return replace(
        standard,
        min_usd=_number(told, "min_usd_per_30_days", standard.min_usd, where, _MOST_USD),
        min_recommendation=_number(told, "min_recommendation", standard.min_recommendation, where, 1),
        min_days=_whole(told, "min_days", standard.min_days, where, (1, _WINDOW_DAYS)),
        min_runs=_whole(told, "min_runs", standard.min_runs, where, (1, _MOST_CARDS)),
        cooldown_days=_whole(told, "cooldown_days", standard.cooldown_days, where, (1, _MOST_DAYS)),
        team_cap=_whole(told, "cards_per_team_and_day", standard.team_cap, where, (0, _MOST_CARDS)),
        channel_cap=_whole(told, "cards_per_channel_and_day", standard.channel_cap, where, (0, _MOST_CARDS)),
        time_zone=_zone(told.get("time_zone", "UTC"), f"{where}.time_zone"),
        quiet_hours=_quiet(told.get("quiet_hours"), f"{where}.quiet_hours"),
        digest_minute=digest_minute,
        digest_length=digest_length,
        unpriced=_unpriced(told.get("unpriced"), f"{where}.unpriced"),
        public_url=_address(public_url),
        exclusions=exclusions,
    )


def _quiet(value: object, where: str) -> QuietHours:
    if value is None:
        return QuietHours()
    told = mapping_in(value, where)
    only(told, ("from", "to", "days"), where)
    if ("from" in told) != ("to" in told):
        raise InputError(where, "names one end only", "Give both from and to, or neither.")
    days = []
    for name in texts_in(told.get("days"), f"{where}.days"):
        if name.lower()[:3] not in DAYS:
            raise InputError(f"{where}.days", f"{name[:60]!r} is no day", f"Allowed are {', '.join(DAYS)}.")
        days.append(DAYS.index(name.lower()[:3]))
    if len(set(days)) == len(DAYS):
        # Hours alone always leave a minute.
        what = f"{_shown(told['days'])} are all days, and nothing could ever be sent"
        raise InputError(f"{where}.days", what, f"Allowed are up to {len(DAYS) - 1} of {', '.join(DAYS)}.")
    if "from" not in told:
        return QuietHours(days=frozenset(days))
    return QuietHours(_clock(told["from"], f"{where}.from"), _clock(told["to"], f"{where}.to"), frozenset(days))


def _digest(value: object, where: str, standard: Policy) -> tuple[int, int]:
    told = {} if value is None else mapping_in(value, where)
    only(told, ("at", "length"), where)
    minute = _clock(told["at"], f"{where}.at") if "at" in told else standard.digest_minute
    return minute, _whole(told, "length", standard.digest_length, where, (1, _MOST_LINES))


def _unpriced(value: object, where: str) -> UnpricedGate:
    told = {} if value is None else mapping_in(value, where)
    only(told, ("min_core_hours_per_30_days", "min_time_share", "cards"), where)
    standard = UnpricedGate()
    cards = told.get("cards", standard.cards)
    if not isinstance(cards, bool):
        raise InputError(f"{where}.cards", f"{_shown(cards)} is neither", "Allowed are true and false.")
    return UnpricedGate(
        _number(told, "min_core_hours_per_30_days", standard.min_core_hours, where, _MOST_CORE_HOURS),
        _number(told, "min_time_share", standard.min_time_share, where, 1),
        cards,
    )


def _number(told: Mapping[str, object], key: str, standard: Fraction, where: str, most: int) -> Fraction:
    """A number from 0 to ``most``. YAML's floats are taken as they look: 0.1 is a tenth."""
    value = told.get(key, standard)
    if isinstance(value, Fraction):
        return value
    text = str(value)
    if not isinstance(value, bool) and _EXPONENT.fullmatch(text):
        remedy = f"Write the number out. Allowed are numbers from 0 to {most}."
        raise InputError(f"{where}.{key}", f"{_shown(value)} has an exponent, which is not taken", remedy)
    is_number = not isinstance(value, bool) and isinstance(value, int | float | str) and _NUMBER.fullmatch(text)
    if not is_number or not 0 <= Fraction(text) <= most:
        raise InputError(
            f"{where}.{key}", f"{_shown(value)} is out of bounds", f"Allowed are numbers from 0 to {most}."
        )
    return Fraction(text)


def _whole(told: Mapping[str, object], key: str, standard: int, where: str, bounds: tuple[int, int]) -> int:
    value = told.get(key, standard)
    least, most = bounds
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        remedy = f"Allowed are whole numbers from {least} to {most}."
        raise InputError(f"{where}.{key}", f"{_shown(value)} is out of bounds", remedy)
    return value


def _clock(value: object, where: str) -> int:
    """``"07:30"`` as minutes. YAML 1.1 reads an unquoted ``19:30`` as the number 1170, which is the same."""
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        return int(found[1]) * 60 + int(found[2])
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MINUTES_PER_DAY:
        return value
    raise InputError(where, f"{_shown(value)} is no time of day", 'Allowed are times like "07:30".')


def _zone(value: object, where: str) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ValueError, OSError, KeyError) as error:
        # ZoneInfoNotFoundError is a KeyError; a name that leaves the folder of zones a ValueError.
        raise InputError(where, f"{_shown(value)} is no time zone", "Allowed are names like Europe/Berlin.") from error


def _address(value: str) -> str:
    """Where people find the service. Cards link there, so it is http or https and nothing else."""
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        is_address = False
    if (
        not is_address
        or parts.query
        or parts.fragment
        or not value.isascii()
        or not value.isprintable()
        or " " in value
    ):
        raise InputError("public_url", f"{_shown(value)} is no address", "Give it like https://clusop.example.com.")
    return value.rstrip("/")


def _shown(value: object) -> str:
    return repr(value)[:60]
