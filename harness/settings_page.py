"""``docs/settings.md`` and ``docs/service-settings.md``: every setting of the agent and of the service, printed from its one
declaration.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["service_settings_page", "settings_page"]

_HEAD = """# Settings of the agent

Printed by `make docs` from `src/clusop/runtime/settings.json`, which the Python runtime and the listener in the JVM both
read; do not edit.

Cluster conf wins over what an armer passes (`clusop.arm(...)`), that over the environment, that over the default. Off wins
over on: one switch that says off is enough. A value that cannot be read is not used, an unknown `spark.clusop.*` key is
ignored, and one line on stderr says so; the job goes on.

| key | environment | value | default | what |
|---|---|---|---|---|
"""

_SERVICE_HEAD = """# Settings of the service

Printed by `make docs` from `src/clusop/service/settings/settings.json`; do not edit.

An option of `clusop serve` wins over the environment, that over the YAML file (`--config FILE`), that over the default.
A key that is not known, or a value that cannot be read, ends the start with one sentence that names key, value and what is
allowed.

| key in the file | option | environment | value | default | what |
|---|---|---|---|---|---|
"""

_SECTIONS_HEAD = """
Sections, in the file only:

| section | what |
|---|---|
"""

_WORDS = {
    "switch": "`true`, `false`",
    "url": "URL",
    "path": "path on the driver",
    "names": "names, by comma",
    "text": "text",
    "ratio": "0 to 1",
}


def settings_page() -> str:
    """The page as Markdown."""
    text = resources.files("clusop.runtime").joinpath("settings.json").read_text(encoding="utf-8")
    return _HEAD + "".join(_row(entry) for entry in json.loads(text)["settings"])


def _row(entry: Mapping[str, Any]) -> str:
    value = f"{entry['least']} to {entry['most']}" if entry["type"] == "count" else _WORDS[entry["type"]]
    default = json.dumps(entry["default"]) if entry["default"] != "" else ""
    return f"| `{entry['key']}` | `{entry['env']}` | {value} | {default and f'`{default}`'} | {entry['doc']} |\n"


def service_settings_page() -> str:
    """The service's page as Markdown."""
    text = resources.files("clusop.service.settings").joinpath("settings.json").read_text(encoding="utf-8")
    declared = json.loads(text)
    rows = "".join(_service_row(entry) for entry in declared["settings"])
    sections = "".join(f"| `{entry['key']}` | {entry['doc']} |\n" for entry in declared["sections"])
    return f"{_SERVICE_HEAD}{rows}{_SECTIONS_HEAD}{sections}"


def _service_row(entry: Mapping[str, Any]) -> str:
    option = f"`--{entry['option']}`" if "option" in entry else ""
    value = (
        f"{entry['least']} to {entry['most']}"
        if entry["type"] == "count"
        else _WORDS[entry["type"]].removesuffix(" on the driver")
    )
    default = f"`{json.dumps(entry['default'])}`" if entry["default"] != "" else ""
    return f"| `{entry['key']}` | {option} | `{entry['env']}` | {value} | {default} | {entry['doc']} |\n"
