"""What pages cost with a million signals stored: fills SQLite files in bulk, every table that a page reads, and asks over HTTP.

``python harness/bench_pages.py [--signals N] [--problems N] [--days N] [--folder PATH]``; files that are there are used again.
Judged is what the database does: statements, rows fetched and steps, each with a tenth of the time and with all of it, as many
problems and as much a day in both: what grows with time is slow one day, on any machine. The small file has no fewer days than a
page's window (30), or the window would hold less there. The first answer of each page is judged apart: it makes what is kept
(:mod:`clusop.service.views.kept`). Times are reported. Which pages there are the application tells (:mod:`page_list`).
"""

from __future__ import annotations

import argparse
import base64
import socket
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from sqlalchemy import func, select

from claims import missed_sentences
from clusop.api.app import create_app
from clusop.clock import SystemClock
from clusop.service.settings.settings import resolve
from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.problems import signals
from clusop.service.tokens import ADMIN, create_token
from machine import machine_line
from page_counts import Answers, judged, watched
from page_list import growth_of, pages_of
from page_rows import Size, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claims import Claim
    from clusop.service.store.database import Database

_AIM_MS = 100.0
_COUNTED = "statements   rows    steps"
_TITLES = ("page", _COUNTED, _COUNTED, "first", "median", "p95", "clock")
_TIMES, _LEAST_DAYS = 10, 300


def main(arguments: list[str]) -> int:
    """1 if the database does more for any page than it may."""
    parser = argparse.ArgumentParser(description="Measure every page")
    parser.add_argument("--signals", type=int, default=1_000_000)
    parser.add_argument("--problems", type=int, default=5_000)
    parser.add_argument(
        "--days", type=int, default=_LEAST_DAYS, help=f"at least {_LEAST_DAYS}; a tenth in the small file"
    )
    parser.add_argument(
        "--rounds", type=int, default=15, help="of later answers that are timed; no count depends on them"
    )
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "clusop-bench-pages")
    told = parser.parse_args(arguments)
    if told.days < _LEAST_DAYS:
        parser.error(
            f"--days {told.days}: a tenth of it must hold a page's window of 30 days; give {_LEAST_DAYS} or more"
        )
    print(machine_line(), flush=True)
    told.folder.mkdir(parents=True, exist_ok=True)
    whole = Size(told.signals, told.problems, told.days)
    part = Size(told.signals // _TIMES, told.problems, told.days // _TIMES)
    small, large = (_opened(told.folder, size) for size in (part, whole))
    counted_small, counted_large = _counted(small), _counted(large)
    claims: list[Claim] = []
    for page, answers in counted_large.items():
        claims += judged(page, counted_small[page], answers, growth_of(page))
    small.close()
    large.close()
    # Afresh: whoever counts is slower.
    timed = _opened(told.folder, whole)
    _time(timed, counted_small, counted_large, told.rounds)
    timed.close()
    print(*(missed := missed_sentences(claims)) or [f"all {len(claims)} counts hold"], sep="\n")
    return 1 if missed else 0


def _opened(folder: Path, size: Size) -> Database:
    path = folder / f"{size.signals}-signals-of-{size.problems}-problems-in-{size.days}-days.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    with database.reading() as connection:
        stored = connection.execute(select(func.max(signals.c.id))).scalar() or 0
    if not stored:
        began = time.monotonic()
        fill(database, size, _now_ms())
        print(f"filled in {time.monotonic() - began:.0f} s: {path.stat().st_size / 2**20:,.0f} MiB", flush=True)
    return database


def _counted(database: Database) -> dict[str, Answers]:
    """Of each page its first answer and a later one."""
    tally = watched(database)
    found: dict[str, Answers] = {}
    with _service(database) as (ask, pages):
        for page in pages:
            asked = partial(ask, page)
            found[page] = Answers(tally.work_of(asked), tally.work_of(asked))
    return found


def _time(database: Database, small: dict[str, Answers], large: dict[str, Answers], rounds: int) -> None:
    for titles in (("", "a tenth of the time", "all of it", "ms of CPU", "", "", ""), _TITLES):
        print(
            f"{titles[0]:<42} {titles[1]:>26} {titles[2]:>26} {titles[3]:>9} {titles[4]:>7} {titles[5]:>7} {titles[6]:>7}"
        )
    worst = 0.0
    with _service(database) as (ask, pages):
        for page in pages:
            first, *rest = (ask(page) for _ in range(rounds + 1))
            cpu = sorted(one.cpu_ms for one in rest)
            worst = max(worst, statistics.median(cpu))
            clock = statistics.median(one.clock_ms for one in rest)
            counts = (
                f"{one.statements:>6} {one.rows:>7} {one.steps:>11,}" for one in (small[page].later, large[page].later)
            )
            print(
                f"{page:<42} {' '.join(counts)} {first.cpu_ms:>9.1f} {statistics.median(cpu):>7.1f} "
                f"{cpu[int(len(cpu) * 0.95)]:>7.1f} {clock:>7.1f}",
                flush=True,
            )
    print(f"slowest median {worst:.1f} ms of processor time; {_AIM_MS:.0f} ms is the aim (reported, not judged)")


@dataclass(frozen=True)
class _Taken:
    cpu_ms: float
    clock_ms: float


def _now_ms() -> int:
    return int(SystemClock().now_at().timestamp() * 1000)


@contextmanager
def _service(database: Database) -> Iterator[tuple[Callable[[str], _Taken], list[str]]]:
    """A service on the database: asked for a path, it tells what that took; and the paths that it answers."""
    with database.writing() as connection:
        token = create_token(connection, "bench", ADMIN, _now_ms())
    app = create_app(database, resolve({"schedule": False, "requests_per_minute": 1_000_000}), SystemClock())
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    login = "Basic " + base64.b64encode(f"bench:{token}".encode()).decode()

    def asked(path: str) -> _Taken:
        request = urllib.request.Request(f"http://127.0.0.1:{listener.getsockname()[1]}{path}")
        request.add_header("Authorization", login)
        began, cpu_began = time.perf_counter(), time.process_time()
        with urllib.request.urlopen(request, timeout=120) as answer:
            answer.read()
        return _Taken((time.process_time() - cpu_began) * 1000, (time.perf_counter() - began) * 1000)

    try:
        asked("/health")
        yield asked, pages_of(app)
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
