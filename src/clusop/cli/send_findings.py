"""``clusop analyze --send``: what was found in event logs goes to the aggregator, through the door agents use."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clusop.analysis.records.offline import Sender, signal_lines
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from clusop.report.input_report import InputReport

__all__ = ["Findings"]

_PATH = "/v1/signals"
_AT_ONCE = 100
_TIMEOUT_S = 60.0
_READ_AT_ONCE = 1 << 20
_OK = 200
_AGENT_DIGITS = 32
_MOST_TOKEN_BYTES = 4096


class Findings:
    """Sends to one aggregator. Raises ``InputError`` for an address or a token file that cannot be used, before any work."""

    def __init__(self, url: str, token_file: str, workspace: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise InputError("--send", f"{url[:100]!r} is no address of an aggregator", "Give http://host:8484.")
        self._url = url.rstrip("/") + _PATH
        self._token = _token(token_file)
        self._workspace = workspace
        self._waiting: list[list[bytes]] = []
        self.accepted = self.known = self.refused = 0

    def take(self, report: InputReport) -> None:
        """Keep the problems of one event log, always all of them; other inputs have no times, and nothing to add up."""
        if report.application is None:
            return
        agent = hashlib.sha256(b"clusop-offline-1:" + _content_hash(Path(report.path))).hexdigest()[:_AGENT_DIGITS]
        lines = signal_lines(report.application, Sender(agent, self._workspace))
        for first in range(0, len(lines), _AT_ONCE):
            self._waiting.append(lines[first : first + _AT_ONCE])

    def send(self) -> None:
        """Send what was kept."""
        for lines in self._waiting:
            self._post(lines)

    def told(self) -> str:
        """What became of it, in a sentence."""
        return f"sent to {self._url}: {self.accepted} findings accepted, {self.known} known, {self.refused} refused"

    def _post(self, lines: list[bytes]) -> None:
        import requests

        headers = {"Content-Type": "application/x-ndjson", "X-Clusop-Offline": "1"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            answer = requests.post(
                self._url, b"\n".join(lines) + b"\n", headers=headers, timeout=_TIMEOUT_S, allow_redirects=False
            )
            document = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise InputError(
                "--send", f"no answer of an aggregator ({type(error).__name__})", "See that clusop serve runs there."
            ) from error
        if answer.status_code != _OK or not isinstance(document, dict) or document.get("clusop_receipt") != 1:
            sentence = document.get("sentence") if isinstance(document, dict) else ""
            told = str(sentence)[:200].rstrip(".") or "no answer of an aggregator"
            raise InputError("--send", f"HTTP {answer.status_code}: {told}", _what_to_do(answer.status_code))
        self.accepted += document["accepted"]
        self.known += document["known"]
        for one in document["refused"]:
            self.refused += 1
            sys.stderr.write(f"clusop: finding {one['sequence']}: {one['sentence']}\n")


def _token(path: str) -> str:
    if not path:
        return ""
    try:
        with Path(path).open("rb") as file:
            told = file.read(_MOST_TOKEN_BYTES).decode("ascii").strip()
    except (OSError, ValueError) as error:
        raise InputError("--token-file", f"{path[:200]} cannot be read", "Name a file with the token in it.") from error
    if not told or not told.isprintable():
        raise InputError("--token-file", f"{path[:200]} holds no token", "Name a file with the token in it.")
    return told


def _content_hash(path: Path) -> bytes:
    """Of a log's bytes; of a rolling one, of all its files."""
    whole = hashlib.sha256()
    for file in _files(path):
        part = hashlib.sha256()
        with file.open("rb") as opened:
            while data := opened.read(_READ_AT_ONCE):
                part.update(data)
        whole.update(part.digest())
    return whole.digest()


def _files(path: Path) -> Iterator[Path]:
    found: Iterable[Path] = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    yield from found


def _what_to_do(status: int) -> str:
    hint = {
        401: " Give --token-file with an ingest token (clusop serve token create).",
        403: " The token must have the scope ingest, and speak for the workspace.",
        404: " Give the address alone, as http://host:8484.",
    }
    return f"Nothing of it was stored.{hint.get(status, '')}"
