"""A probe that fails says nothing of what may be read: only a refusal lowers the tier, and what it takes away is told."""

from __future__ import annotations

import pytest
from bill_samples import JOBS, JOBS_PHOTON, SLOTS, H, bill
from sqlalchemy import select

from clusop.service.store.tables.money import reconciliations
from fake_warehouse_sql import RefusedError

OLD = H - 47
PRICES = {"list_prices", "account_prices"}


@pytest.fixture
def negotiated(resolving):
    """An hour at a negotiated price, and one of another SKU at list price."""
    agent = resolving.ground.agent()
    resolving.ground.hour(agent, OLD, busy_ms=SLOTS)
    for sku in (JOBS_PHOTON, JOBS):
        resolving.fake.price(sku, "0.15")
        bill(resolving.fake, OLD, "10", sku)
    resolving.fake.price(JOBS_PHOTON, "0.10", table="account")
    resolving.run()
    return resolving


def bills(resolving) -> list:
    return [(row.sku, row.microusd, row.basis, row.unpriced_reason, row.version) for row in resolving.ground.bills()]


BOTH = [(JOBS, 1_500_000, "billed-at-list", "", 1), (JOBS_PHOTON, 1_000_000, "billed-negotiated", "", 1)]


def fails_once(resolving, monkeypatch, table, error) -> None:
    left = [error]
    run = resolving.fake.sql.run

    def flaky(statement, parameters):
        if f"system.billing.{table}" in statement and left:
            raise left.pop()
        return run(statement, parameters)

    monkeypatch.setattr(resolving.fake.sql, "run", flaky)


@pytest.mark.parametrize("table", ["usage", *sorted(PRICES)])
def test_one_failed_statement_changes_no_hour(negotiated, monkeypatch, table) -> None:
    fails_once(negotiated, monkeypatch, table, RefusedError("[CLOUD_PROVIDER_RESOURCE_STOCKOUT] try later", "XX000"))
    found = negotiated.run()
    assert (found.is_done, found.reason.id, found.hours) == (False, "statement-failed", 0)
    assert bills(negotiated) == BOTH
    assert negotiated.run().is_done
    assert bills(negotiated) == BOTH


@pytest.mark.parametrize("probe", [1, 2, 3])
def test_an_http_refusal_is_no_word_about_a_table(negotiated, monkeypatch, probe) -> None:
    """A proxy, or a list of allowed addresses, may answer 403 for a moment, to any of the three probes."""
    from clusop.reasons import Reason
    from clusop.service.databricks.fault import WarehouseError
    from clusop.service.databricks.warehouse import Warehouse

    asked = []
    rows = Warehouse.rows

    def at_the_door(self, statement, *rest, **told):
        asked.append(statement)
        if len(asked) == probe:
            raise WarehouseError(Reason("no-permission", " (HTTP 403: blocked)"))
        return rows(self, statement, *rest, **told)

    monkeypatch.setattr(Warehouse, "rows", at_the_door)
    found = negotiated.run()
    assert (found.is_done, found.reason.id) == (False, "no-permission")
    assert bills(negotiated) == BOTH


@pytest.mark.parametrize("knob", ["denied", "missing"])
def test_without_the_list_negotiated_prices_count_and_the_rest_says_why(negotiated, knob) -> None:
    setattr(negotiated.fake.sql, knob, {"system.billing.list_prices"})
    found = negotiated.run()
    assert (found.tier, found.is_done, found.reason.id) == ("billed-negotiated", True, "list-not-readable")
    assert "SELECT on system.billing.list_prices" in found.reason.sentence
    assert found.unmatched == {"list-not-readable": 1}
    assert bills(negotiated) == [(JOBS, None, "", "list-not-readable", 2), BOTH[1]]
    with negotiated.ground.database.reading() as connection:
        rows = connection.execute(select(reconciliations).order_by(reconciliations.c.id)).all()
    assert (rows[-1].outcome, rows[-1].reason) == ("done", "list-not-readable")
    assert "SELECT on system.billing.list_prices" in rows[-1].sentence
    setattr(negotiated.fake.sql, knob, set())
    assert negotiated.run().reason is None
    assert bills(negotiated) == [(*BOTH[0][:4], 3), BOTH[1]]
