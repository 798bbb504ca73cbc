"""The jobs of the service, as the settings want them. Reads their sections: a fault there is told at the start."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from clusop.errors import InputError
from clusop.service.decisions.deciding import decide_apart
from clusop.service.decisions.prices_in_force import prices_in_force
from clusop.service.problems.exclusions import exclusions_in_settings
from clusop.service.problems.lifecycle import wake
from clusop.service.problems.owner_settings import owner_policy
from clusop.service.problems.owners import assign_some
from clusop.service.resolver.door import warehouse_for
from clusop.service.resolver.reconcile import reconcile, tell_failed
from clusop.service.resolver.settings import check_days_are_kept, read_resolver_settings
from clusop.service.retention.retention import forget
from clusop.service.schedule.job import Job
from clusop.service.suppression.pass_over import pass_apart
from clusop.service.suppression.policy_section import read_policy
from clusop.service.suppression.quiet_hours import local_time
from clusop.service.teams.channels import read_channels
from clusop.service.teams.outbox import send_due, tidy
from clusop.service.teams.proxy import proxy_of

if TYPE_CHECKING:
    from clusop.clock import Clock
    from clusop.service.settings.settings import Settings
    from clusop.service.store.database import Database

__all__ = ["jobs_of"]

_SECOND_MS = 1000
_MINUTE_MS = 60 * _SECOND_MS
_HOUR_MS = 60 * _MINUTE_MS


def jobs_of(settings: Settings, clock: Clock) -> tuple[Job, ...]:
    """All jobs. Raises ``InputError`` for a section that cannot be used."""
    policy = read_policy(
        settings.section("gate"),
        public_url=settings.text("public_url"),
        exclusions=exclusions_in_settings(settings.section("exclusions")),
    )
    proxy = proxy_of(settings.text("message_proxy"), settings.origins["message_proxy"])
    channels = read_channels(settings.section("channels"), proxy)
    owners = owner_policy(settings.section("owners"))
    bill = read_resolver_settings(settings.section("databricks"), settings.section("discounts"))
    retain_days = settings.count("retain_days")
    check_days_are_kept(bill.days, retain_days)

    def assign_owners(database: Database, now_ms: int) -> None:
        after = 0
        while after >= 0:
            _, after = database.write(partial(assign_some, policy=owners, now_ms=now_ms, after=after))

    def judge(database: Database, now_ms: int) -> None:
        database.write(lambda connection: wake(connection, now_ms))
        pass_apart(database, policy, channels, now_ms)

    def send(database: Database, now_ms: int) -> None:
        # Also what was written before the quiet hours began, and could not leave, waits until they are over.
        if policy.quiet_hours.covers(local_time(now_ms, policy.time_zone)):
            tidy(database, channels, clock)
        else:
            send_due(database, channels, clock)

    def decide(database: Database, now_ms: int) -> None:
        with database.reading() as connection:
            prices = prices_in_force(connection, bill)
        decide_apart(database, prices, now_ms)

    def bring_bill(database: Database, now_ms: int) -> None:
        try:
            warehouse = warehouse_for(bill)
        except InputError as error:
            # Nobody reads the log: who looks for dollars looks at the page of the bill.
            tell_failed(database, bill, now_ms, str(error))
            raise
        reconcile(database, warehouse, bill, now_ms)

    def let_go(database: Database, now_ms: int) -> None:
        forget(database, now_ms, retain_days, policy.cooldown_days)

    return (
        Job("owners", 5 * _MINUTE_MS, assign_owners),
        Job("messages", _MINUTE_MS, judge),
        Job("outbox", 2 * _SECOND_MS, send),
        Job("decisions", 6 * _HOUR_MS, decide),
        Job("reconcile", _HOUR_MS, bring_bill),
        Job("retention", _HOUR_MS, let_go),
    )
