"""Settings: what is declared in ``settings.json``, and what is in force with where each value came from.

Order: the cluster's conf, then what an armer passes, then the environment, then the default. A value that cannot be used is
told of and passed over; it never stops anything. Switching off needs no order: whoever says off is heard.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.runtime.loading import loading
from clusop.runtime.setting_value import SettingError, as_text, parse_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from clusop.runtime.setting_value import Value

__all__ = ["PREFIX", "Declared", "Origin", "Settings", "declared", "key_of", "resolve", "unknown_name"]

PREFIX = "spark.clusop."
_VARIABLE = "CLUSOP_"
_ENABLED = "spark.clusop.enabled"
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MOST_TOLD_CHARS = 80
# What switches clusop off is named to nobody who wrote another word.
_OFF = frozenset({_ENABLED, "CLUSOP_DISABLE", "enabled"})
_NEAR = 0.8


class Origin:
    """Where a value came from, as shown to people."""

    CONF = "cluster conf"
    ARMER = "clusop.arm()"
    ENVIRONMENT = "environment"
    DEFAULT = "default"
    AGENT = "an earlier armer"


@dataclass(frozen=True, slots=True)
class Declared:
    """One entry of ``settings.json``. ``least`` and ``most`` bound a count, both included."""

    key: str
    env: str
    type: str
    default: Value
    doc: str
    least: int | None = None
    most: int | None = None

    def parse(self, text: str) -> Value:
        """The value of a text. Raises ``SettingError`` with the fault as half a sentence."""
        return parse_value(self.type, text, self.least, self.most)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. ``problems`` tells what was passed over."""

    values: Mapping[str, Value]
    origins: Mapping[str, str]
    problems: tuple[Reason, ...] = field(default=())

    def text(self, name: str) -> str:
        """A text, path or URL, by its key without the prefix."""
        return str(self.values[PREFIX + name])

    def count(self, name: str) -> int:
        """A whole number."""
        value = self.values[PREFIX + name]
        return int(value) if isinstance(value, (int, float)) else 0

    def switch(self, name: str) -> bool:
        """A switch."""
        return self.values[PREFIX + name] is True

    def under(self, told: object, before: Settings | None) -> Settings:
        """Those that an agent has in force, as its status tells them: what an earlier armer said stands, here too. Where that
        cannot be read, ours. ``before``: what was in force here; what was this process's own word, it may correct.
        """
        values, origins = dict(self.values), dict(self.origins)
        for one in told if isinstance(told, list) else ():
            entry = one if isinstance(one, dict) else {}
            key, text = str(entry.get("key")), str(entry.get("value"))
            if key not in declared() or entry.get("from") == Origin.DEFAULT or text == as_text(values[key]):
                continue
            if before is not None and before.origins[key] != Origin.AGENT:
                continue
            try:
                values[key], origins[key] = declared()[key].parse(text), Origin.AGENT
            except SettingError:
                continue
        return replace(self, values=MappingProxyType(values), origins=MappingProxyType(origins))

    def chosen(self) -> dict[str, str]:
        """What somebody chose, as text: handed to the agent in the JVM, which resolves its conf and defaults itself."""
        passed = {Origin.ARMER, Origin.ENVIRONMENT}
        return {key: as_text(value) for key, value in self.values.items() if self.origins[key] in passed}


@cache
def declared() -> Mapping[str, Declared]:
    """All settings there are, by key."""
    text = resources.files("clusop.runtime").joinpath("settings.json").read_text(encoding="utf-8")
    return MappingProxyType({entry["key"]: Declared(**entry) for entry in json.loads(text)["settings"]})


def key_of(name: str) -> str:
    """The key an armer's argument means: ``token_file``, ``tokenFile`` and the key itself are one. ``""``: none."""
    if name in declared():
        return name
    return next((key for key in declared() if _plain(key) == name or key == PREFIX + name), "")


def unknown_name(name: str, known: Iterable[str]) -> str:
    """A name that is no setting, as it is told of: with the nearest of the ``known`` ones, where one is near."""
    loading().load("difflib")
    import difflib  # here: an unknown name is rare, and the driver starts without this

    shown = "".join(sign if sign.isprintable() else "?" for sign in name)[:_MOST_TOLD_CHARS]
    bare = _bare(name)
    by_bare = {_bare(one): one for one in known if one not in _OFF or _bare(one) == bare}
    swapped = [one for one in by_bare if sorted(one) == sorted(bare)]
    near = swapped or difflib.get_close_matches(bare, by_bare, n=1, cutoff=_NEAR)
    return f"{shown} (did you mean {by_bare[near[0]]}?)" if near else shown


def resolve(conf: Mapping[str, str], armer: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """The settings in force. ``conf`` holds keys with their prefix, ``armer`` the arguments of ``clusop.arm()``."""
    problems = [Reason("unknown-setting", unknown_name(key, declared())) for key in conf if key not in declared()]
    passed: dict[str, object] = {}
    for name, given in armer.items():
        if key := key_of(name):
            passed[key] = given
        else:
            known = declared() if name.startswith(PREFIX) else [_plain(key) for key in declared()]
            problems.append(Reason("unknown-setting", unknown_name(name, known)))
    values: dict[str, Value] = {}
    origins: dict[str, str] = {}
    for key, one in declared().items():
        sources: list[tuple[str, object]] = [
            (Origin.CONF, conf.get(key)),
            (Origin.ARMER, passed.get(key)),
            (Origin.ENVIRONMENT, _from_environment(one, environ)),
        ]
        values[key], origins[key] = one.default, Origin.DEFAULT
        usable = list(_usable(one, sources, problems))
        if usable:
            origins[key], values[key] = usable[0]
        if key == _ENABLED and (off := _switched_off_by(sources, usable)):
            origins[key], values[key] = off, False
    return Settings(MappingProxyType(values), MappingProxyType(origins), tuple(problems))


def _usable(
    one: Declared, sources: Iterable[tuple[str, object]], problems: list[Reason]
) -> Iterable[tuple[str, Value]]:
    for origin, given in sources:
        if given is None:
            continue
        try:
            yield origin, one.parse(as_text(given))
        except SettingError as error:
            problems.append(Reason("bad-setting", f"{one.key} ({origin}) {error}"))


def _switched_off_by(sources: Iterable[tuple[str, object]], usable: Iterable[tuple[str, Value]]) -> str:
    """Who says off. A switch that cannot be read counts as off: whoever set it wanted quiet."""
    on = {origin for origin, value in usable if value is True}
    return next((origin for origin, given in sources if given is not None and origin not in on), "")


def _from_environment(one: Declared, environ: Mapping[str, str]) -> str | None:
    told = environ.get(one.env)
    if told is None or not told.strip():
        return None
    if one.key != _ENABLED:
        return told
    # The one variable that says the opposite of its key. Whatever is not clearly "no" switches off.
    return "true" if told.strip().lower() in {"0", "false", "no", "off"} else "false"


def _bare(name: str) -> str:
    """What tells one name from another: all begin alike, and two that share only that are not near."""
    return name.removeprefix(PREFIX).removeprefix(_VARIABLE).lower()


def _plain(key: str) -> str:
    """``spark.clusop.spool.maxBytes`` → ``spool_max_bytes``."""
    return _HUMP.sub("_", key[len(PREFIX) :]).replace(".", "_").lower()
