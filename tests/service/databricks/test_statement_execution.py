from __future__ import annotations

from fractions import Fraction

import pytest

from clusop.service.databricks.client import ReadOnlyApiClient
from clusop.service.databricks.fault import WarehouseError
from clusop.service.databricks.parameters import big, date, text
from clusop.service.databricks.statements import StatementSet, read_statement
from clusop.service.databricks.warehouse import Patience, Warehouse
from fake_databricks import ACCESS, WAREHOUSE

US = 3_600_000_000
USAGE = read_statement("clusop.service.resolver", "queries/usage")
LIST = read_statement("clusop.service.resolver", "queries/list_prices")
COLUMNS = ("workspace", "cluster", "sku", "is_photon", "cloud", "unit", "start_us", "end_us", "quantity")
WINDOW = (
    date("from_date", "1970-01-01"),
    date("to_date", "1970-02-01"),
    big("from_us", 0),
    big("to_us", 100 * US),
    text("workspaces", "1111"),
)


class SteppingClock:
    def __init__(self) -> None:
        self.ms = 0.0

    def monotonic_ms(self) -> float:
        self.ms += 1000
        return self.ms


def warehouse(config, pauses, identifier=WAREHOUSE, clock=None, **patience) -> Warehouse:
    client = ReadOnlyApiClient(config, StatementSet([USAGE, LIST]), identifier, pause=pauses.append)
    return Warehouse(client, identifier, Patience(pause=pauses.append, **patience), clock)


@pytest.fixture
def ready(config, pauses):
    return warehouse(config, pauses)


def rows(ready, **told) -> list:
    return list(ready.rows(USAGE, COLUMNS, WINDOW, **told))


def bill(fake, count) -> None:
    for number in range(count):
        fake.bill(f"1122-334455-c{number:03}", number * US, (number + 1) * US, "0.333333333333333333", "SKU_(PHOTON)")


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize(("count", "chunk_rows"), [(0, 5), (1, 5), (5, 5), (6, 5), (23, 4)])
def test_all_rows_come_typed_in_chunks_inline_and_behind_links(fake, ready, is_large, count, chunk_rows) -> None:
    bill(fake, count)
    fake.chunk_rows = chunk_rows
    found = sorted(rows(ready, is_large=is_large))
    assert found == [
        (
            "1111",
            f"1122-334455-c{number:03}",
            "SKU_(PHOTON)",
            True,
            "AWS",
            "DBU",
            number * US,
            (number + 1) * US,
            Fraction("0.333333333333333333"),
        )
        for number in range(count)
    ]
    assert len(fake.storage_headers) == (-(-count // chunk_rows) if is_large else 0)
    assert not any("Authorization" in headers for headers in fake.storage_headers)


def test_null_is_null(fake, ready) -> None:
    fake.price("SKU", "0.15")
    columns = ("sku", "cloud", "unit", "currency", "start_us", "end_us", "price")
    assert list(ready.rows(LIST, columns, (big("from_us", 0),))) == [
        ("SKU", "AWS", "DBU", "USD", 0, None, Fraction("0.15"))
    ]


def test_a_link_that_expired_is_asked_for_again(fake, ready) -> None:
    bill(fake, 7)
    fake.chunk_rows, fake.expired = 3, 2
    assert len(rows(ready, is_large=True)) == 7


def test_links_that_only_expire_are_given_up(fake, ready) -> None:
    bill(fake, 2)
    fake.expired = 99
    with pytest.raises(WarehouseError) as failed:
        rows(ready, is_large=True)
    assert failed.value.reason.id == "result-incomplete"
    assert "sig=" not in str(failed.value)


def test_half_a_bill_is_none(fake, ready) -> None:
    bill(fake, 7)
    fake.lose_rows = 1
    with pytest.raises(WarehouseError) as failed:
        rows(ready, is_large=True)
    assert failed.value.reason.id == "result-incomplete"


def test_a_statement_that_takes_its_time_is_looked_at(fake, ready, pauses) -> None:
    bill(fake, 1)
    fake.looks = 4
    assert len(rows(ready)) == 1
    assert pauses == [0.5, 1.0, 2.0, 5.0]


def test_one_that_takes_too_long_is_cancelled(fake, config, pauses) -> None:
    fake.looks = 1000
    with pytest.raises(WarehouseError) as failed:
        rows(warehouse(config, pauses, clock=SteppingClock(), longest_ms=5000))
    assert failed.value.reason.id == "statement-too-slow"
    assert fake.requests[-1][1].endswith("/cancel")


@pytest.mark.parametrize(("knob", "reason"), [("denied", "no-permission"), ("missing", "table-missing")])
def test_failed_comes_with_http_200_and_is_a_reason(fake, ready, knob, reason) -> None:
    setattr(fake.sql, knob, {"system.billing.usage"})
    with pytest.raises(WarehouseError) as failed:
        rows(ready)
    assert (failed.value.reason.id, failed.value.is_refusal) == (reason, True)
    assert "system.billing.usage" in failed.value.reason.sentence


def test_a_busy_workspace_is_waited_for_as_it_says(fake, ready, pauses) -> None:
    bill(fake, 1)
    fake.answers = [(429, {"Retry-After": "7"}), (503, {"Retry-After": "3"}), (503, {})]
    assert len(rows(ready)) == 1
    assert pauses == [7.0, 3.0, 4.0]


def test_one_that_stays_busy_is_given_up(fake, ready, pauses) -> None:
    fake.answers = [(429, {"Retry-After": "1000"})] * 99
    with pytest.raises(WarehouseError) as failed:
        rows(ready)
    assert failed.value.reason.id == "warehouse-unreachable"
    # Six tries: nobody waits after the last.
    assert pauses == [60.0] * 5


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "not-authenticated"), (403, "no-permission"), (400, "statement-failed")]
)
def test_a_refusal_is_not_tried_again(fake, ready, pauses, status, reason) -> None:
    fake.answers = [(status, {})]
    with pytest.raises(WarehouseError) as failed:
        rows(ready)
    assert (failed.value.reason.id, pauses) == (reason, [])
    assert ACCESS not in str(failed.value)


def test_a_warehouse_that_is_not_there_is_said(config, pauses) -> None:
    with pytest.raises(WarehouseError) as failed:
        rows(warehouse(config, pauses, identifier="ffffffffffffffff"))
    assert failed.value.reason.id == "warehouse-missing"


def test_a_workspace_that_is_not_there_is_said(fake, config, pauses) -> None:
    ready = warehouse(config, pauses)
    fake.__exit__()
    with pytest.raises(WarehouseError) as failed:
        rows(ready)
    assert failed.value.reason.id == "warehouse-unreachable"
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_other_columns_than_asked_for_are_no_result(fake, ready) -> None:
    bill(fake, 1)
    with pytest.raises(WarehouseError) as failed:
        list(ready.rows(USAGE, (*COLUMNS[:-1], "amount"), WINDOW))
    assert failed.value.reason.id == "result-unreadable"
