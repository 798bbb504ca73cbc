"""``clusop doctor``: which door is open, what it did, why not, and what to do. Runs without any other package."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from clusop import __version__
from clusop.cli.doctor_checks import (
    doors,
    found_here,
    in_force,
    jar_checks,
    live_plans,
    probe,
    site_folders,
    strangers,
    this_process,
)
from clusop.runtime.arming import problems_of
from clusop.runtime.autoload import closed_because
from clusop.runtime.driver import driver
from clusop.runtime.settings import PREFIX
from clusop.runtime.status import status_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.cli.doctor_check import Check
    from clusop.reasons import Reason

__all__ = ["doctor_main", "findings", "show"]

_MARKS = {"open": "+", "armed": "+", "ok": "+", "closed": "-", "missing": "!", "damaged": "!", "unknown": "?"}
_INDENT = " " * 4
# Elsewhere this one sends people to the doctor.
_SENTENCES = {"not-armed": "clusop is not armed in this process. Below stands what each way in needs."}
_REMEDIES = {
    "bad-setting": "Correct it; until then it counts as not set.",
    "unknown-setting": "Correct its name, or take it away.",
    "unreadable-token-file": "See that the driver's user can read the file; it is read again at every send.",
    "token-in-clear": "Give the endpoint as https.",
}


def doctor_main(arguments: Sequence[str]) -> int:
    """``clusop doctor`` where the command line's own packages are missing; the exit code."""
    parser = argparse.ArgumentParser(
        prog="clusop doctor", description="Tell which door is open, why not, and what to do."
    )
    parser.add_argument("--json", action="store_true", dest="as_json", help="Print one JSON document.")
    parser.add_argument("--probe", action="store_true", help="Try to connect to the endpoint; nothing is sent.")
    chosen = parser.parse_args(list(arguments))
    sys.stdout.write(show(as_json=chosen.as_json, do_probe=chosen.probe))
    return 0


def show(*, as_json: bool, do_probe: bool) -> str:
    """The whole answer as text or as one JSON document."""
    found = findings(do_probe=do_probe)
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n" if as_json else _text(found)


def findings(*, do_probe: bool) -> dict[str, object]:
    """Everything the doctor knows, as JSON values."""
    environ, argv = this_process()
    settings, chosen = in_force(environ)
    status = status_of(driver())
    problems = [*problems_of(settings), *strangers(environ)]
    return {
        "clusop_doctor": 1,
        "version": __version__,
        "state": status.state,
        "reasons": [_reason(reason) for reason in status.reasons if reason not in problems],
        "gate": closed_because(environ, argv) or "open",
        "doors": [_json(check) for check in doors(environ, argv, site_folders())],
        "jars": [_json(check) for check in jar_checks()],
        "found": [_json(check) for check in (*found_here(environ), *live_plans(status.agent))],
        "settings": [{"key": key, "value": value, "from": origin} for key, value, origin in chosen],
        "problems": [{**reason.to_json(), "what_to_do": _REMEDIES.get(reason.id, "")} for reason in problems],
        "endpoint": _json(probe(settings)) if do_probe else None,
    }


def _reason(reason: Reason) -> dict[str, str]:
    told = reason.to_json()
    return {**told, "sentence": _SENTENCES.get(reason.id, told["sentence"])}


def _json(check: Check) -> dict[str, str]:
    return {"name": check.name, "state": check.state, "why": check.why, "what_to_do": check.what_to_do}


def _text(found: dict[str, object]) -> str:
    lines = [f"clusop {found['version']}: {found['state']} in this process"]
    lines += [f"{_INDENT}{one['sentence']}" for one in _entries(found, "reasons")]
    for title, name in (("Doors", "doors"), ("Jars", "jars"), ("Found here", "found")):
        lines += ["", title]
        for one in _entries(found, name):
            lines.append(f"  {_MARKS[one['state']]} {one['name']}: {one['state']}")
            lines += [f"{_INDENT}{one['why']}", *_advice(one)]
    lines += ["", "Settings that are not defaults"]
    chosen = [f"  {one['key']} = {one['value']} ({one['from']})" for one in _entries(found, "settings")]
    lines += chosen or ["  none"]
    for one in _entries(found, "problems"):
        lines += [f"  ! {one['sentence']}", *_advice(one)]
    endpoint = found["endpoint"]
    if isinstance(endpoint, dict):
        lines += ["", f"Endpoint: {endpoint['state']}", f"{_INDENT}{endpoint['why']}", *_advice(endpoint)]
    elif any(one["key"] == f"{PREFIX}endpoint" for one in _entries(found, "settings")):
        lines += ["", "Endpoint: not tried", f"{_INDENT}-> clusop doctor --probe tries to connect; nothing is sent."]
    return "\n".join(lines) + "\n"


def _advice(one: dict[str, str]) -> list[str]:
    return [f"{_INDENT}-> {one['what_to_do']}"] if one["what_to_do"] else []


def _entries(found: dict[str, object], name: str) -> list[dict[str, str]]:
    listed = found[name]
    return listed if isinstance(listed, list) else []
