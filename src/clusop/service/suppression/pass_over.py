"""One pass over all live problems: each is told, or it is written down why not. All of it in the caller's transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from clusop.reasons import Reason
from clusop.service.problems.exclusions import current_exclusions
from clusop.service.store.alone import alone
from clusop.service.store.lock_order import hold
from clusop.service.store.tables.delivery import deliveries
from clusop.service.store.upsert import chunks
from clusop.service.suppression.card_facts import card_facts, facts_json
from clusop.service.suppression.digests import Rest, digest_facts, digest_json, is_digest_time
from clusop.service.suppression.gather import LIVE_MS, as_they_are_now, candidates, excluded_by, told_so_far
from clusop.service.suppression.judge import SILENCING, History, Withheld, judge
from clusop.service.suppression.withheld_rows import out_of_sight, write_withheld
from clusop.service.teams.digest_card import digest_card
from clusop.service.teams.envelope import wire
from clusop.service.teams.message_text import digest_text, problem_text
from clusop.service.teams.problem_card import problem_card

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from clusop.service.problems.exclusions import Exclusion
    from clusop.service.store.database import Database
    from clusop.service.suppression.gather import Candidate, Told
    from clusop.service.suppression.judge import Decision
    from clusop.service.suppression.policy import Policy
    from clusop.service.teams.channels import Channel
    from clusop.service.teams.told import CardFacts, DigestFacts

__all__ = ["PassOver", "pass_apart", "pass_over"]

_UNSETTLED = ("unconfirmed", "dead")


@dataclass(frozen=True, slots=True)
class PassOver:
    """What a pass did."""

    cards: int
    digests: int
    withheld: int
    withdrawn: int


def pass_apart(database: Database, policy: Policy, channels: Sequence[Channel], now_ms: int) -> PassOver:
    """A pass that gathers in one transaction and writes in another, so that it holds up nobody who writes for long."""
    with database.reading() as connection:
        live = candidates(connection, policy, now_ms)

    def work(connection: Connection) -> PassOver:
        # The lease may have run out while this one was held up: what the next holder wrote is then seen, and not written twice.
        alone(connection, "messages")
        return pass_over(connection, policy, channels, now_ms, live)

    return database.write(work)


@dataclass(slots=True)
class _Round:
    connection: Connection
    policy: Policy
    now_ms: int
    told: Told
    exclusions: tuple[Exclusion, ...]
    reasons: dict[tuple[int, str], tuple[Reason, ...]]
    rests: dict[tuple[str, str], Rest]
    cards: int = 0


@dataclass(frozen=True, slots=True)
class _Message:
    channel: str
    team: str
    kind: str
    body: str
    facts: Mapping[str, object]
    problem_id: int | None = None


def pass_over(
    connection: Connection,
    policy: Policy,
    channels: Sequence[Channel],
    now_ms: int,
    live: Sequence[Candidate] | None = None,
) -> PassOver:
    """Judge every live problem for every channel of its team, the greatest first, and write cards, digests and reasons.

    ``live`` are the candidates where they were gathered before, in a transaction that only read: adding up a month of
    thousands of problems takes longer than others should wait to write. States, and exclusions of what would be told, are
    looked at once more in any case.
    """
    in_force = current_exclusions(connection, policy.exclusions, now_ms)
    now = _Round(connection, policy, now_ms, told_so_far(connection, policy, now_ms), in_force, {}, {})
    gathered = candidates(connection, policy, now_ms) if live is None else live
    for candidate in as_they_are_now(connection, gathered, now_ms):
        team = candidate.judged.team
        served = [channel for channel in channels if channel.serves(team)]
        if not served:
            now.reasons[candidate.judged.problem_id, ""] = (Reason("no-channel", f": {team}" if team else ""),)
        for channel in served:
            _decide(now, candidate, channel)
    withdrawn = _withdraw(now)
    _forget(now)
    write_withheld(connection, now.reasons, now_ms)
    digests = _digests(now, channels) if is_digest_time(policy, now_ms) else 0
    return PassOver(now.cards, digests, sum(1 for reasons in now.reasons.values() if reasons), withdrawn)


def _decide(now: _Round, candidate: Candidate, channel: Channel) -> None:
    judged, told = candidate.judged, now.told
    key = judged.problem_id, channel.name
    history = History(
        told.last_at_ms.get(key),
        key in told.waiting,
        told.cards.get((channel.name, judged.team), 0),
        told.channel_cards(channel.name),
        told.undelivered_at_ms.get(key),
        told.failed_at_ms.get(channel.name),
    )
    decision = judge(judged, now.policy, history, now.now_ms)
    if _would_be_told(decision):
        # Globs over all names of all problems take long: only of those few they are worth a second look.
        covered = excluded_by(candidate.row, now.exclusions)
        if covered is not None:
            decision = judge(replace(judged, excluded_by=covered), now.policy, history, now.now_ms)
    if isinstance(decision, Withheld):
        now.reasons[key] = decision.reasons
        if decision.is_for_digest:
            now.rests.setdefault((channel.name, judged.team), Rest()).candidates.append(candidate)
        return
    now.reasons[key] = ()
    facts = card_facts(now.connection, candidate, now.policy, now.now_ms)
    told_json = facts_json(candidate, facts)
    message = _Message(channel.name, judged.team, "card", _card_body(channel, facts), told_json, judged.problem_id)
    _write(now, message)
    told.add(judged.problem_id, channel.name, judged.team, now.now_ms)
    now.cards += 1


def _would_be_told(decision: Decision) -> bool:
    return not isinstance(decision, Withheld) or decision.is_for_digest


def _digests(now: _Round, channels: Sequence[Channel]) -> int:
    column = deliveries.c
    unsettled = now.connection.execute(
        select(column.channel, column.team).where(column.state.in_(_UNSETTLED)).distinct()
    ).all()
    by_name = {channel.name: channel for channel in channels}
    written = 0
    for name, team in sorted({*now.rests, *((row.channel, row.team) for row in unsettled)}):
        channel = by_name.get(name)
        if channel is None:
            continue
        rest = now.rests.get((name, team), Rest())
        facts = digest_facts(now.connection, (name, team), rest, now.policy, now.now_ms)
        if facts is not None:
            _write(now, _Message(name, team, "digest", _digest_body(channel, facts), digest_json(facts, rest)))
            written += 1
    return written


def _withdraw(now: _Round) -> int:
    """Take back messages that have not left, of problems that people dealt with meanwhile."""
    silenced = sorted(
        {problem_id for (problem_id, _), reasons in now.reasons.items() if {each.id for each in reasons} & SILENCING}
    )
    withdrawn = 0
    for chunk in chunks(silenced):
        where = (deliveries.c.problem_id.in_(chunk), deliveries.c.state == "pending", deliveries.c.kind == "card")
        hold(now.connection, deliveries, now.connection.execute(select(deliveries.c.id).where(*where)).scalars())
        changed = now.connection.execute(
            update(deliveries)
            .where(*where)
            .values(state="withdrawn", settled_at_ms=now.now_ms, sentence=Reason("message-withdrawn").sentence)
        )
        withdrawn += int(changed.rowcount)
    return withdrawn


def _forget(now: _Round) -> None:
    """Problems that went out of sight keep one reason, written once."""
    for key in out_of_sight(now.connection, now.now_ms - LIVE_MS):
        now.reasons.setdefault(key, (Reason("not-seen-lately"),))


def _write(now: _Round, message: _Message) -> None:
    now.connection.execute(
        insert(deliveries).values(
            channel=message.channel,
            team=message.team,
            kind=message.kind,
            problem_id=message.problem_id,
            created_at_ms=now.now_ms,
            due_at_ms=now.now_ms,
            body=message.body,
            facts=json.dumps(message.facts, sort_keys=True),
        )
    )


def _card_body(channel: Channel, facts: CardFacts) -> str:
    return wire(problem_card(facts)) if channel.kind == "teams" else problem_text(facts)


def _digest_body(channel: Channel, facts: DigestFacts) -> str:
    return wire(digest_card(facts)) if channel.kind == "teams" else digest_text(facts)
