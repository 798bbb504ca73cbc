"""Takes a recorded event log's machine out of it: paths, host, user and Java properties go, every id and number stays."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["scrub_lines", "scrub_text", "traces_of"]

_EMPTIED = ("Hadoop Properties", "System Properties", "Metrics Properties", "Classpath Entries")
_KEPT_JVM = ("Java Version", "Scala Version")
_DROPPED_PROPERTIES = re.compile(r"extraJavaOptions|\.port$|initial\.jar\.urls|^spark\.repl\.|submitTime")
_IPV4 = re.compile(r"\b(?!127\.|0\.)(?:\d{1,3}\.){3}\d{1,3}\b(?=:\d|/|\")")
_TEMPORARY = re.compile(r"/(?:private/)?(?:tmp|var/folders|var/tmp)(?:/[\w.+-]+)*")


def scrub_lines(lines: Iterable[str], places: Mapping[str, str]) -> Iterator[str]:
    """Each event's JSON line, scrubbed. ``places`` maps this machine's paths and names to what stands in their stead."""
    for line in lines:
        yield json.dumps(_without_machine(json.loads(scrub_text(line.rstrip("\n"), places))), separators=(",", ":"))


def scrub_text(text: str, places: Mapping[str, str]) -> str:
    """The text without the places. The longest is replaced first, so that a folder inside another keeps its own name; a
    place is a whole word, so that a host called ``vm`` takes nothing out of ``jvm``.
    """
    for real, placeholder in sorted(places.items(), key=lambda entry: len(entry[0]), reverse=True):
        text = _whole(real).sub(placeholder, text)
    return _TEMPORARY.sub("/scratch", _IPV4.sub("10.0.0.1", text))


def _whole(place: str) -> re.Pattern[str]:
    end = "" if place.endswith("/") else r"(?![\w-])"
    return re.compile(rf"(?<![\w-]){re.escape(place)}{end}")


def _without_machine(event: dict[str, Any]) -> dict[str, Any]:
    if event["Event"] == "SparkListenerEnvironmentUpdate":
        event |= {name: {} for name in _EMPTIED}
        event["JVM Information"] = {name: event["JVM Information"][name] for name in _KEPT_JVM}
        event["Spark Properties"] = _without_dropped(event["Spark Properties"])
    elif event["Event"] == "SparkListenerApplicationStart":
        event["User"] = "user"
    elif isinstance(event.get("Properties"), dict):
        event["Properties"] = _without_dropped(event["Properties"])
    return event


def _without_dropped(properties: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in properties.items() if not _DROPPED_PROPERTIES.search(key)}


def traces_of(text: str, forbidden: Iterable[str]) -> list[str]:
    """Which of the forbidden strings still stand in a scrubbed log."""
    return sorted(entry for entry in forbidden if entry and _whole(entry).search(text))
