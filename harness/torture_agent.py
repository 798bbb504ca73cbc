"""Agents under torture: what each sends, in any order; and some as processes of their own, killed with -9 in mid-sentence."""

from __future__ import annotations

import http.client
import importlib
import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_ingest import signals_of
from sender import Sender

if TYPE_CHECKING:
    from collections.abc import Callable

    from sender import Answer

__all__ = ["HOURS", "REVISIONS", "STATES", "Doomed", "WrongAnswerError", "lines_of", "main", "wait_s"]

HOURS, REVISIONS, STATES = 3, 4, 3
"""Hours that an agent tells of, each so often, and its accounts of itself, the last of them its goodbye."""
_HOUR_MS = 3_600_000
_OK = 200
_COME_BACK = frozenset({429, 503})
_PAUSE_S = 0.5
_SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "unit" / "analysis" / "records"


class WrongAnswerError(Exception):
    """The service answered neither with a receipt nor that one should come back: nobody may paper over it by sending again."""


def wait_s(answer: Answer) -> float | None:
    """How long to wait before sending again; ``None``: it is a receipt. Raises ``WrongAnswerError`` for any other answer.

    429 and 503 alone ask for that, and say when.
    """
    if answer.status == _OK:
        return None
    told = answer.headers.get("retry-after", "")
    if answer.status not in _COME_BACK or not told.isdecimal():
        when = "" if answer.status not in _COME_BACK else ", without Retry-After"
        raise WrongAnswerError(f"the service answered {answer.status}{when}: {answer.body[:200]!r}")
    return float(told)


def lines_of(agent: int, count: int, problems: int, now_ms: int) -> dict[int, bytes]:
    """All records of an agent by sequence: ``count`` signals, then hours in growing revisions, then its accounts of itself."""
    sys.path.insert(0, str(_SAMPLES))
    record_samples: Any = importlib.import_module("record_samples")  # Any: a module of the tests
    lines = dict(enumerate(signals_of(agent, range(1, count + 1), problems, now_ms), 1))
    name = f"{agent:032x}"
    for hour in range(HOURS):
        at_ms = now_ms // _HOUR_MS * _HOUR_MS - hour * _HOUR_MS
        for revision in range(1, REVISIONS + 1):
            told = {"agent": name, "sequence": len(lines) + 1, "hour_at_ms": at_ms, "revision": revision}
            lines[len(lines) + 1] = _line(record_samples.usage_hour() | told | {"busy_ms": revision * 1000 + hour})
    for number in range(1, STATES + 1):
        told = {"agent": name, "sequence": len(lines) + 1, "at_ms": now_ms, "final": number == STATES}
        told |= {"workspace": "1234567890", "losses": {"ring-overflow": number}}
        lines[len(lines) + 1] = _line(record_samples.agent_state() | told)
    return lines


def _line(document: dict[str, object]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


@dataclass
class Doomed:
    """An agent that is killed between a POST and its answer. ``acknowledged`` are the sequences it had a receipt for."""

    number: int
    sent: set[int]
    acknowledged: set[int]

    @classmethod
    def live(cls, number: int, lines: dict[int, bytes], url_of: Callable[[], str], token: str, seed: int) -> Doomed:
        """Send some batches out of order, each to whom ``url_of`` names, and die in the middle of one."""
        chance = random.Random(seed)
        found = cls(number, set(), set())
        waiting = list(lines)
        chance.shuffle(waiting)
        with subprocess.Popen(
            [sys.executable, __file__, token], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            if process.stdin is None or process.stdout is None:
                raise AssertionError
            batches = chance.randint(2, 6)
            while True:
                chosen = [waiting.pop() for _ in range(chance.randint(1, 20))]
                found.sent |= set(chosen)
                order = {"url": url_of(), "lines": [lines[one].decode() for one in chosen]}
                process.stdin.write(json.dumps(order) + "\n")
                process.stdin.flush()
                word = process.stdout.readline().strip()
                if word == "sent" and not batches:
                    # The service has it, or will have; the receipt is on its way.
                    process.kill()
                    return found
                if word == "sent":
                    word = process.stdout.readline().strip()
                if word == "acknowledged":
                    found.acknowledged |= set(chosen)
                    batches -= bool(batches)
                elif word == "lost":
                    waiting += chosen
                    time.sleep(_PAUSE_S)
                else:
                    process.kill()
                    raise WrongAnswerError(f"agent {number}: {word}")


def main(arguments: list[str]) -> int:
    """Be such an agent: orders come as lines of JSON, what happens is told by a word a line."""
    for order in sys.stdin:
        told = json.loads(order)
        sender = Sender(told["url"], arguments[0])
        try:
            answer = sender.send([line.encode() for line in told["lines"]], on_sent=lambda: print("sent", flush=True))
            later_s = wait_s(answer)
            word = "lost" if later_s is not None else "acknowledged"
            print(str(answer.document) if answer.document.get("refused") else word, flush=True)
        except WrongAnswerError as error:
            print(error, flush=True)
        except (OSError, http.client.HTTPException):
            print("lost", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
