"""The settings in force: option before environment before YAML file before default, with where each value came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

from clusop.errors import InputError
from clusop.service.settings.declared import declared, sections
from clusop.service.settings.near import near
from clusop.service.settings.value import parse_value
from clusop.service.settings.yaml_once import DoubleKeyError, load_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.service.settings.declared import Value

__all__ = ["CONFIG_ENV", "PREFIX", "Settings", "resolve"]

PREFIX = "CLUSOP_SERVE_"
CONFIG_ENV = "CLUSOP_SERVE_CONFIG"
_MOST_FILE_BYTES = 1_000_000
_ALL = "Settings are"


@dataclass(frozen=True, slots=True)
class Settings:
    """``origins`` says of each key where its value is from; ``structured`` are the sections of the file ``path``, as read."""

    values: Mapping[str, Value]
    origins: Mapping[str, str]
    structured: Mapping[str, object]
    path: str = ""

    def text(self, key: str) -> str:
        """A text, path or URL."""
        return str(self.values[key])

    def count(self, key: str) -> int:
        """A whole number."""
        return int(self.values[key])

    def switch(self, key: str) -> bool:
        """A switch."""
        return self.values[key] is True

    def names(self, key: str) -> tuple[str, ...]:
        """A list of names."""
        return tuple(name for name in self.text(key).split(",") if name)

    def reached_at(self, url: str) -> Settings:
        """These settings, with ``url`` as the address of the pages where none is set."""
        if self.text("public_url"):
            return self
        return replace(self, values=MappingProxyType({**self.values, "public_url": url.rstrip("/")}))

    def section(self, key: str) -> object:
        """A section as it stands in the file, ``None`` where it does not. Its owner reads it."""
        if key not in sections():
            raise KeyError(key)
        return self.structured.get(key)


def resolve(
    options: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None, config: str = ""
) -> Settings:
    """The settings in force. ``options`` of value ``None`` were not given. Raises ``InputError``."""
    environ = {} if environ is None else environ
    given = {key: value for key, value in (options or {}).items() if value is not None}
    path = config or environ.get(CONFIG_ENV, "")
    document = _read(path) if path else {}
    _refuse_unknown(document, environ, path)
    values: dict[str, Value] = {}
    origins: dict[str, str] = {}
    for key, one in declared().items():
        told = environ.get(one.env, "")
        if key in given:
            where, value = f"--{one.option}", given[key]
        elif told.strip():
            where, value = one.env, told
        elif document.get(key) is not None:
            where, value = f"{path}: {key}", document[key]
        else:
            values[key], origins[key] = one.default, "default"
            continue
        values[key], origins[key] = parse_value(one, value, where), where
    structured = {key: document[key] for key in sections() if document.get(key) is not None}
    return Settings(MappingProxyType(values), MappingProxyType(origins), MappingProxyType(structured), path)


def _read(path: str) -> dict[str, object]:
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MOST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else "no path"
        raise InputError(path, f"the configuration cannot be read ({told})", "Name a YAML file.") from error
    if len(data) > _MOST_FILE_BYTES:
        raise InputError(path, f"the configuration has more than {_MOST_FILE_BYTES} bytes", "Name a YAML file.")
    try:
        document = load_once(data)
    except DoubleKeyError as error:
        raise InputError(
            f"{path}, line {error.line}",
            f"{error.key[:60]!r} stands in line {error.first_line} already",
            "Name each key once.",
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise InputError(f"{path}{line}", "this is no YAML", "Write key: value, lists with dashes.") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise InputError(path, "this is no mapping of keys to values", "Write key: value.")
    return {str(key): value for key, value in document.items()}


def _refuse_unknown(document: Mapping[str, object], environ: Mapping[str, str], path: str) -> None:
    known = [*declared(), *sections()]
    for key in document:
        if key not in known:
            raise InputError(f"{path}: {key[:60]!r}", "is no setting", near(key, known, _ALL))
    variables = [CONFIG_ENV, *(one.env for one in declared().values())]
    for name in environ:
        if name.startswith(PREFIX) and name not in variables:
            raise InputError(name[:80], "is no setting", near(name, variables, _ALL))
