"""Over several clusters, days and SKUs with corrections: the lines are the bill, to the cent in all and exactly in DBUs."""

from __future__ import annotations

from fractions import Fraction

import pytest
from bill_samples import HOUR_MS, JOBS, JOBS_PHOTON, SLOTS, H, bill
from sqlalchemy import func, select

from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.money import bill_hours, bill_shares


class Chance:
    """The same numbers on every run."""

    def __init__(self) -> None:
        self.state = 7

    def randrange(self, upto):
        self.state = self.state * 6364136223846793005 % 2**127 + 1442695040888963407
        return (self.state >> 60) % upto

    def random(self):
        return self.randrange(10**9) / 10**9

    def choice(self, some):
        return some[self.randrange(len(some))]


PRICES = {JOBS_PHOTON: "0.150000000000000007", JOBS: "0.1499999"}
CLUSTERS = ("1122-334455-abc12def", "1122-334455-abc12dee", "1122-334455-abc12ded")


@pytest.fixture
def database(database_url):
    """On SQLite and on PostgreSQL."""
    opened = open_database(database_url)
    migrate(opened)
    yield opened
    opened.close()


def test_lines_add_up_to_the_bill(resolving) -> None:
    chance = Chance()
    for sku, price in PRICES.items():
        resolving.fake.price(sku, price)
    problem = resolving.ground.problem()
    exact, dbus = Fraction(0), Fraction(0)
    for number, cluster in enumerate(CLUSTERS):
        agent = resolving.ground.agent(str(number) * 32, cluster=cluster)
        for hour in range(H - 40, H - 10):
            sku = chance.choice(list(PRICES))
            for record_type in chance.choice((["ORIGINAL"], ["ORIGINAL", "RETRACTION", "RESTATEMENT"])):
                quantity = Fraction(chance.randrange(10**19), 10**18) * (-1 if record_type == "RETRACTION" else 1)
                bill(resolving.fake, hour, f"{float(quantity):.18f}", sku, cluster=cluster, record_type=record_type)
                told = Fraction(f"{float(quantity):.18f}")
                exact, dbus = exact + told * Fraction(PRICES[sku]), dbus + told
            if chance.random() < 0.7:
                busy = chance.randrange(SLOTS * HOUR_MS)
                resolving.ground.hour(
                    agent,
                    hour,
                    cluster=cluster,
                    busy_ms=busy,
                    non_sql_ms=busy // 7,
                    lost_ms=busy // 11,
                    armed_since_at_ms=hour * HOUR_MS + chance.randrange(HOUR_MS),
                )
                span = (hour * HOUR_MS - chance.randrange(HOUR_MS), (hour + 1) * HOUR_MS)
                resolving.ground.signal(agent, problem, span, (round(chance.random(), 4), busy))
    resolving.run()
    with resolving.ground.database.reading() as connection:
        hours = connection.execute(select(bill_hours.c.dbu, bill_hours.c.microusd)).all()
        by_kind = dict(
            connection.execute(
                select(bill_shares.c.kind, func.sum(bill_shares.c.microusd)).group_by(bill_shares.c.kind)
            ).all()
        )
        lines = connection.execute(select(bill_shares.c.dbu)).scalars().all()
    assert sum(Fraction(hour.dbu) for hour in hours) == dbus == sum(Fraction(dbu) for dbu in lines)
    # PostgreSQL sums integers to decimals.
    told = sum(int(amount) for amount in by_kind.values())
    assert told == sum(hour.microusd for hour in hours)
    assert abs(told - exact * 10**6) <= Fraction(len(hours), 2)
    assert round(Fraction(told, 10**4)) == round(exact * 100)
    assert len(by_kind) == 5
