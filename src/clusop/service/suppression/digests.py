"""Which digests are due: once a day a team and channel, and only with something the last one did not tell."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from clusop.service.store.tables.delivery import deliveries
from clusop.service.suppression.card_facts import digest_line, links_of, overview_link
from clusop.service.suppression.per_30_days import MS_PER_DAY
from clusop.service.suppression.quiet_hours import day_start_at_ms, local_time, minute_of
from clusop.service.teams.told import DigestFacts, UnsettledLine

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from clusop.service.suppression.gather import Candidate
    from clusop.service.suppression.policy import Policy

__all__ = ["Rest", "digest_facts", "digest_json", "is_digest_time"]

_GOOD = ("pending", "sending", "accepted")
_UNSETTLED = ("unconfirmed", "dead")
_MOST_IDS = 2_000


@dataclass(slots=True)
class Rest:
    """What one team was not told in one channel, greatest first."""

    candidates: list[Candidate] = field(default_factory=list)

    def of(self, *, is_priced: bool) -> list[Candidate]:
        """Those with a price, or those without."""
        return [each for each in self.candidates if each.judged.estimate.is_priced is is_priced]


@dataclass(frozen=True, slots=True)
class _Last:
    created_at_ms: int
    problem_ids: frozenset[int]


def is_digest_time(policy: Policy, now_ms: int) -> bool:
    """Whether digests may go out now: out of quiet hours, and from the first minute on that these leave after the set time.

    Where they last from the set time until midnight, that minute is in the morning: each digest goes on the day after, and still
    one a day. A day that is quiet throughout has none; the next one tells what it would have told.
    """
    local, quiet = local_time(now_ms, policy.time_zone), policy.quiet_hours
    return minute_of(local) >= quiet.first_free_minute(policy.digest_minute) and not quiet.covers(local)


def digest_facts(
    connection: Connection, at: tuple[str, str], rest: Rest, policy: Policy, now_ms: int
) -> DigestFacts | None:
    """The digest of ``at``, a channel and a team; ``None`` where it had one today, or there is nothing to tell that is new.

    Told again is what has stood unchanged for a whole cooldown, and every message that was not settled since the last digest
    which was handed over.
    """
    channel, team = at
    if _had_one(connection, channel, team, day_start_at_ms(now_ms, policy.time_zone)):
        return None
    last = _last(connection, channel, team)
    unsettled, more = _unsettled(connection, channel, team, last.created_at_ms, policy)
    ids = {each.judged.problem_id for each in rest.candidates}
    is_old = now_ms - last.created_at_ms >= policy.cooldown_days * MS_PER_DAY
    if not unsettled and (not ids or (not ids - last.problem_ids and not is_old)):
        return None
    priced, unpriced = rest.of(is_priced=True), rest.of(is_priced=False)
    length = policy.digest_length
    return DigestFacts(
        team=team,
        date=local_time(now_ms, policy.time_zone).strftime("%Y-%m-%d"),
        priced=tuple(digest_line(each, policy, now_ms) for each in priced[:length]),
        more_priced=max(len(priced) - length, 0),
        unpriced=tuple(digest_line(each, policy, now_ms) for each in unpriced[:length]),
        more_unpriced=max(len(unpriced) - length, 0),
        unsettled=unsettled,
        more_unsettled=more,
        link=overview_link(policy.public_url),
    )


def digest_json(facts: DigestFacts, rest: Rest) -> dict[str, Any]:  # Any: JSON
    """What the digest told, for the page and for the next digest."""
    return {
        "problem_ids": [each.judged.problem_id for each in rest.candidates[:_MOST_IDS]],
        "priced": len(facts.priced) + facts.more_priced,
        "unpriced": len(facts.unpriced) + facts.more_unpriced,
        "unsettled": [line.delivery_id for line in facts.unsettled],
    }


def _had_one(connection: Connection, channel: str, team: str, day_ms: int) -> bool:
    column = deliveries.c
    query = select(column.id).where(
        column.kind == "digest", column.channel == channel, column.team == team, column.created_at_ms >= day_ms
    )
    return connection.execute(query.limit(1)).first() is not None


def _last(connection: Connection, channel: str, team: str) -> _Last:
    column = deliveries.c
    row = connection.execute(
        select(column.created_at_ms, column.facts)
        .where(column.kind == "digest", column.channel == channel, column.team == team, column.state.in_(_GOOD))
        .order_by(column.created_at_ms.desc())
        .limit(1)
    ).first()
    if row is None:
        return _Last(0, frozenset())
    return _Last(row.created_at_ms, frozenset(json.loads(row.facts).get("problem_ids", ())))


def _unsettled(
    connection: Connection, channel: str, team: str, since_ms: int, policy: Policy
) -> tuple[tuple[UnsettledLine, ...], int]:
    column = deliveries.c
    is_meant = (
        (column.channel == channel)
        & (column.team == team)
        & column.state.in_(_UNSETTLED)
        & (func.coalesce(column.settled_at_ms, column.created_at_ms) >= since_ms)
    )
    rows = connection.execute(
        select(column.id, column.state, column.kind, column.created_at_ms, column.sentence, column.problem_id)
        .where(is_meant)
        .order_by(column.id.desc())
        .limit(policy.digest_length)
    ).all()
    many = connection.execute(select(func.count()).where(is_meant)).scalar_one()
    lines = []
    for row in rows:
        links = links_of(row.problem_id, policy.public_url) if row.problem_id is not None else None
        link = links.problem if links else ""
        lines.append(UnsettledLine(row.id, row.state, row.kind, row.created_at_ms, row.sentence, row.problem_id, link))
    return tuple(lines), many - len(rows)
