"""``clusop analyze --send``: what was found in event logs goes to the aggregator, through the door agents use."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from clusop.analysis.records.offline import Sender, signal_lines, workload_of
from clusop.cli.findings_door import FindingsDoor
from clusop.report.scrub import cut, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from clusop.analysis.cluster import Application
    from clusop.report.input_report import InputReport

__all__ = ["Findings"]

_AT_ONCE = 100
_READ_AT_ONCE = 1 << 20
_AGENT_DIGITS = 32
_NAMED = 3
_WORKLOADS_TOLD = 20
_NAME_CHARS = 80
_NO_LOG = "plans and profiles are never sent: they have no times to add up"
_NO_FINDINGS = "no findings"
_UNREAD = "it could not be read"


class Findings:
    """Sends to one aggregator. Raises ``InputError`` for an address or a token file that cannot be used, before any work."""

    def __init__(self, url: str, token_file: str, workspace: str) -> None:
        self._door = FindingsDoor(url, token_file)
        self._workspace = workspace
        self._waiting: list[list[bytes]] = []
        self._left_out: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        self.accepted = self.known = self.refused = 0

    def take(self, report: InputReport) -> None:
        """Keep the problems of one event log, always all of them; other inputs have no times, and nothing to add up."""
        if report.application is None:
            self._leave_out(_UNREAD if report.errors else _NO_LOG, report.path)
            return
        agent = hashlib.sha256(b"clusop-offline-1:" + _content_hash(Path(report.path))).hexdigest()[:_AGENT_DIGITS]
        sender = Sender(agent, self._workspace)
        lines = signal_lines(report.application, sender)
        if not lines:
            self._leave_out(_NO_FINDINGS, report.path)
            return
        application = report.application.application
        self._names.setdefault(workload_of(application, sender).key, _name(application))
        for first in range(0, len(lines), _AT_ONCE):
            self._waiting.append(lines[first : first + _AT_ONCE])

    def send(self) -> None:
        """Send what was kept. Where that is nothing, see all the same that address and token are right."""
        for lines in self._waiting or [[]]:
            receipt = self._door.post(lines)
            self.accepted += receipt["accepted"]
            self.known += receipt["known"]
            for one in receipt["refused"]:
                self.refused += 1
                sys.stderr.write(f"clusop: finding {one['sequence']}: {one['sentence']}\n")

    def told(self) -> tuple[str, ...]:
        """What became of it, in sentences."""
        left_out = "; ".join(f"{_some(paths)} ({why})" for why, paths in self._left_out.items())
        if not self._waiting:
            tried = f"{self._door.url} takes the token"
            return (f"nothing to send: {left_out or 'no input was read'}. {tried}",)
        counts = f"{self.accepted} findings accepted, {self.known} known, {self.refused} refused"
        first = f"sent to {self._door.url}: {counts}"
        return (first, *([f"not sent: {left_out}"] if left_out else []), *self._workloads())

    def _workloads(self) -> Iterator[str]:
        """Where each is found. The aggregator knows the hash of a name, and only who has the log knows the name."""
        if not self.accepted + self.known:
            return
        for key, name in list(self._names.items())[:_WORKLOADS_TOLD]:
            yield f"{name}: {self._door.base}/problems?{urlencode({'workload': key})}"
        if (more := len(self._names) - _WORKLOADS_TOLD) > 0:
            yield f"and {more} more workloads"
        yield "names stay here: the aggregator knows what these addresses hold, an id or a hash of the name"

    def _leave_out(self, why: str, path: str) -> None:
        self._left_out.setdefault(why, []).append(one_line(path))


def _name(application: Application) -> str:
    return cut(application.workload_name or application.name, _NAME_CHARS) or "an application without a name"


def _some(paths: Sequence[str]) -> str:
    more = len(paths) - _NAMED
    return ", ".join(paths[:_NAMED]) + (f" and {more} more" if more > 0 else "")


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
