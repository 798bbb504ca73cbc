"""Retention: signals past the horizon go, their sums stay; agents past it become a line a day of their compute definition; old
versions of the bill, old engine decisions and old messages go. A step that fails keeps no other from being done.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from clusop.errors import ClusopError
from clusop.service.ingest.limits import HORIZON_FACT, MS_PER_DAY, Limits
from clusop.service.retention.agent_days import fold_agents
from clusop.service.retention.old_decisions import forget_decisions
from clusop.service.retention.old_messages import forget_messages
from clusop.service.retention.old_versions import forget_files, forget_versions
from clusop.service.store.facts import fact, raise_to
from clusop.service.store.lock_order import hold
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import signals
from clusop.service.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from clusop.service.store.database import Database

__all__ = ["Forgotten", "UnforgottenError", "forget"]

_SIGNALS_AT_ONCE = 5000
_AGENTS_AT_ONCE = 500
# Records are judged by a horizon read at the start of their transaction; what is taken away lies well before it.
_MARGIN_MS = MS_PER_DAY

Forgotten = tuple[int, int]
"""How many signals and agents went."""

_logger = logging.getLogger(__name__)


class UnforgottenError(ClusopError):
    """Some steps failed, the first of them by the cause of this; all others were done."""


@dataclass(slots=True)
class _Steps:
    """Steps of which none keeps another from being done. ``failed`` has what came in the way, by their names."""

    failed: dict[str, Exception] = field(default_factory=dict)

    def do(self, name: str, work: Callable[[], int]) -> int:
        """How many went in this step; none where it failed, which the log tells."""
        try:
            return work()
        except Exception as error:
            # Whatever it is: a fault that a record brings about comes again in each run, and would end the others for good.
            _logger.exception("retention: forgetting %s failed", name)
            self.failed[name] = error
            return 0

    def end(self) -> None:
        """Raise ``UnforgottenError`` where a step failed: the job failed, whatever else it did."""
        if self.failed:
            raise UnforgottenError(f"not forgotten: {', '.join(self.failed)}") from next(iter(self.failed.values()))


def forget(database: Database, now_ms: int, retain_days: int, cooldown_days: int) -> Forgotten:
    """Forget what lies past the horizon, in small transactions: others write meanwhile, and it may end anywhere. Messages stay
    for as long as the cooldown at least. Raises ``UnforgottenError`` at its end where a step failed.
    """

    def raised(connection: Connection) -> int:
        # First, and for good: from here on records from before it are refused, so that none comes a second time.
        raise_to(connection, HORIZON_FACT, Limits(retain_days).horizon_at_ms(now_ms))
        return fact(connection, HORIZON_FACT)[0] - _MARGIN_MS

    # Without it nothing may go.
    horizon_at_ms = database.write(raised)
    steps = _Steps()
    signals_gone = partial(_forget_signals, horizon_at_ms=horizon_at_ms)
    signal_count = steps.do("signals", lambda: _until_few(database, signals_gone, _SIGNALS_AT_ONCE))
    agents_gone = partial(_fold_idle, horizon_at_ms=horizon_at_ms)
    agent_count = steps.do("agents", lambda: _until_few(database, agents_gone, _AGENTS_AT_ONCE))
    # After them: a file can be read again once its agent is gone, and not before.
    steps.do("files", lambda: forget_files(database, horizon_at_ms))
    steps.do("versions of the bill", lambda: forget_versions(database, horizon_at_ms))
    steps.do("decisions", lambda: forget_decisions(database, horizon_at_ms))
    steps.do("messages", lambda: forget_messages(database, horizon_at_ms, now_ms, cooldown_days))
    steps.end()
    return signal_count, agent_count


def _until_few(database: Database, work: Callable[[Connection], int], at_once: int) -> int:
    count = 0
    while True:
        gone = database.write(work)
        count += gone
        if gone < at_once:
            return count


def _forget_signals(connection: Connection, horizon_at_ms: int) -> int:
    """Signals that arrived and ended before the horizon. Evidence is kept by the problem itself."""
    old = (
        select(signals.c.id)
        .where(signals.c.arrived_at_ms < horizon_at_ms, signals.c.start_at_ms < horizon_at_ms)
        .order_by(signals.c.arrived_at_ms)
        .limit(_SIGNALS_AT_ONCE)
    )
    gone = 0
    # A live signal that comes just now may take some of them out of the sums.
    for chunk in chunks(hold(connection, signals, connection.execute(old).scalars())):
        gone += connection.execute(delete(signals).where(signals.c.id.in_(chunk))).rowcount
    return gone


def _fold_idle(connection: Connection, horizon_at_ms: int) -> int:
    idle = _idle_agents(connection, horizon_at_ms)
    fold_agents(connection, idle)
    return len(idle)


def _idle_agents(connection: Connection, horizon_at_ms: int) -> list[int]:
    """Agents whose every record is from before the horizon: each of them, should it come again, is too old."""
    idle = (
        select(agents.c.id)
        .where(agents.c.last_arrived_at_ms < horizon_at_ms, agents.c.last_told_at_ms < horizon_at_ms)
        .order_by(agents.c.id)
        .limit(_AGENTS_AT_ONCE)
        .with_for_update()
    )
    return [row.id for row in connection.execute(idle)]
