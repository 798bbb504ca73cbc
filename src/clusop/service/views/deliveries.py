"""Messages to people: what was sent, what may have arrived, what never will, and how each channel fares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from clusop.service.store.tables.delivery import deliveries
from clusop.service.store.tables.problems import problems
from clusop.service.views.problem_line import mapping_of
from clusop.service.views.visible import ALL_WORKSPACES, within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection

    from clusop.service.views.sums import DatabaseRow

__all__ = [
    "DELIVERY_COLUMNS",
    "DELIVERY_STATES",
    "ChannelLine",
    "Deliveries",
    "DeliveriesAsked",
    "DeliveryLine",
    "DeliveryView",
    "channel_lines",
    "deliveries_page",
    "delivery_line",
    "one_delivery",
]

DELIVERY_STATES = ("pending", "sending", "accepted", "unconfirmed", "dead", "withdrawn")
DELIVERY_COLUMNS = tuple(column for column in deliveries.c if column.name not in {"body", "facts"})
_PAGE = 50


@dataclass(frozen=True, slots=True)
class DeliveriesAsked:
    """Which messages; ``""`` asks for any. ``before`` is the ``next_before`` of the page before, 0 for the first.
    A caller bound to a workspace (``visible``) sees messages about its problems; digests speak of several workspaces.
    """

    state: str = ""
    channel: str = ""
    team: str | None = None
    before: int = 0
    visible: str = ALL_WORKSPACES


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A message. ``status`` is the HTTP status of the last answer; ``sentence`` says what became of the last attempt."""

    id: int
    channel: str
    team: str
    kind: str
    problem_id: int | None
    created_at_ms: int
    state: str
    attempt_count: int
    due_at_ms: int
    sending_since_at_ms: int | None
    settled_at_ms: int | None
    status: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One message with its very words and what they rest on."""

    line: DeliveryLine
    body: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """How a channel fares: messages by state, when one was last accepted, and what the last refusal said. A channel is broken
    when something was refused or is being retried and nothing was accepted since.
    """

    channel: str
    states: Mapping[str, int]
    last_accepted_at_ms: int | None
    last_fault_at_ms: int | None
    fault: str
    status: int | None

    @property
    def is_broken(self) -> bool:
        """Whether its last attempt failed."""
        return self.last_fault_at_ms is not None and (self.last_accepted_at_ms or 0) < self.last_fault_at_ms


@dataclass(frozen=True, slots=True)
class Deliveries:
    """A page of messages, newest first. ``next_before`` is 0 at the end."""

    lines: tuple[DeliveryLine, ...]
    channels: tuple[ChannelLine, ...]
    next_before: int


def delivery_line(row: DatabaseRow) -> DeliveryLine:
    """The line in a row of :data:`DELIVERY_COLUMNS`."""
    return DeliveryLine(*(row[column.name] for column in DELIVERY_COLUMNS))


def one_delivery(connection: Connection, delivery_id: int, workspace: str = ALL_WORKSPACES) -> DeliveryView | None:
    """The message with this id, ``None`` where there is none."""
    asked = select(deliveries).where(deliveries.c.id == delivery_id, *_visible(workspace))
    row = connection.execute(asked).mappings().one_or_none()
    return None if row is None else DeliveryView(delivery_line(row), row["body"], mapping_of(row["facts"]))


def deliveries_page(
    connection: Connection, asked: DeliveriesAsked, channels: tuple[ChannelLine, ...] | None = None
) -> Deliveries:
    """A page of messages and the state of every channel: ``channels`` (:func:`channel_lines`) where they are known already."""
    column = deliveries.c
    chosen = select(*DELIVERY_COLUMNS).where(*_visible(asked.visible)).order_by(column.id.desc()).limit(_PAGE + 1)
    for name in ("state", "channel"):
        if value := getattr(asked, name):
            chosen = chosen.where(column[name] == value)
    if asked.team is not None:
        chosen = chosen.where(column.team == asked.team)
    if asked.before:
        chosen = chosen.where(column.id < asked.before)
    lines = [delivery_line(row) for row in connection.execute(chosen).mappings()]
    return Deliveries(
        lines=tuple(lines[:_PAGE]),
        channels=channel_lines(connection, asked.visible) if channels is None else channels,
        next_before=lines[_PAGE - 1].id if len(lines) > _PAGE else 0,
    )


def _visible(workspace: str) -> list[ColumnElement[bool]]:
    if workspace == ALL_WORKSPACES:
        return []
    return [deliveries.c.problem_id.in_(select(problems.c.id).where(*within(problems.c.workspace, workspace)))]


def channel_lines(connection: Connection, workspace: str = ALL_WORKSPACES) -> tuple[ChannelLine, ...]:
    """How every channel fares; nothing for a caller bound to a workspace. Reads every message: to be kept (:mod:`.kept`)."""
    if workspace != ALL_WORKSPACES:
        return ()
    column = deliveries.c
    counted = select(column.channel, column.state, func.count(), func.max(column.settled_at_ms)).group_by(
        column.channel, column.state
    )
    states: dict[str, dict[str, int]] = {}
    accepted: dict[str, int | None] = {}
    for channel, state, many, settled_at_ms in connection.execute(counted):
        states.setdefault(channel, {})[state] = int(many)
        if state == "accepted":
            accepted[channel] = settled_at_ms
    return tuple(
        ChannelLine(channel, counts, accepted.get(channel), *_fault(connection, channel))
        for channel, counts in sorted(states.items())
    )


def _fault(connection: Connection, channel: str) -> tuple[int | None, str, int | None]:
    column = deliveries.c
    at_ms = func.coalesce(column.settled_at_ms, column.sending_since_at_ms, column.due_at_ms)
    asked = (
        select(at_ms, column.sentence, column.status)
        .where(column.channel == channel, column.state != "accepted", column.attempt_count > 0, column.sentence != "")
        .order_by(at_ms.desc())
        .limit(1)
    )
    row = connection.execute(asked).one_or_none()
    return (None, "", None) if row is None else (row[0], row[1], row[2])
