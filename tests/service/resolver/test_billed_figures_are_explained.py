"""A problem's JSON from the service is a record: ``clusop explain`` gets the same dollars from what stands in it."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timezone
from fractions import Fraction

import httpx
import pytest
from bill_samples import HOUR_MS, JOBS_PHOTON, NOW_MS, SLOTS, H, bill
from hypothesis import given
from hypothesis import strategies as st

from clusop.analysis.economics.exact_text import number_text, range_text
from clusop.analysis.economics.formulas import evaluate
from clusop.api.app import create_app
from clusop.cli.root import main
from clusop.pricing.price import Price
from clusop.service.resolver.premium import derived_inputs, premium_part
from clusop.service.settings.settings import resolve
from clusop.service.store.tables.problems import problem_days
from clusop.service.tokens import READ, create_token
from clusop.units import Range

OLD = H - 47


class StoppedClock:
    def now_at(self):
        return datetime.fromtimestamp(NOW_MS / 1000, tz=timezone.utc)

    def monotonic_ms(self):
        return 0.0


def asked(database, path):
    """What the API answers to somebody who may read."""
    with database.writing() as connection:
        token = create_token(connection, "reader", READ, NOW_MS)
    app = create_app(database, resolve({"schedule": False}), StoppedClock())

    async def get():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://clusop") as client:
            return await client.get(path, headers={"Authorization": f"Bearer {token}"})

    answer = asyncio.run(get())
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def told(resolving):
    """The JSON of a problem that the bill was shared out for."""
    resolving.fake.price(JOBS_PHOTON, "0.15")
    ground = resolving.ground
    agent, problem = ground.agent(), ground.problem()
    ground.hour(agent, OLD, busy_ms=SLOTS * HOUR_MS // 2)
    ground.hour(agent, OLD + 1)
    ground.signal(agent, problem, (OLD * HOUR_MS, (OLD + 1) * HOUR_MS), (0.5, SLOTS * HOUR_MS // 2))
    bill(resolving.fake, OLD, "14.5")
    # Old enough to be provisional no more.
    resolving.run(NOW_MS + 2 * HOUR_MS, days=3)
    with ground.database.writing() as connection:
        connection.execute(
            problem_days.update().values(run_count=3, avoidable_low_microusd=1, avoidable_high_microusd=7)
        )
    return asked(ground.database, f"/v1/problems/{problem}")


def explained(folder, document, capsys):
    path = folder / "told.json"
    path.write_text(json.dumps(document))
    code = main(["explain", str(path), "--json"])
    rows = {row["pointer"]: row for row in json.loads(capsys.readouterr().out)}
    return code, rows


def test_every_figure_of_a_problem_is_recomputed(told, tmp_path, capsys) -> None:
    code, rows = explained(tmp_path, told, capsys)
    assert code == 0
    assert {pointer: row["formula"] for pointer, row in rows.items()}.items() >= {
        "per_30_days/exposures/0": "per-30-days-1",
        "per_30_days/cash": "per-30-days-1",
        "billed/0/exposure": "derived-exposure-1",
    }.items()
    assert all(row["agrees"] for row in rows.values())
    share = told["billed"][0]
    # 14.5 DBU × $0.15 × 1/4 = $0.54375, of which 1 − 1/2.9 is premium
    assert (share["exposure"]["low_microusd"], share["exposure"]["basis"]) == (356_250, "derived")
    assert (share["exposure"]["inputs"]["usd"], share["exposure"]["inputs"]["m"]) == ("0.54375", "2.9")
    assert any(one.startswith("photon-") for one in share["exposure"]["price_ids"])
    assert any(one.startswith(("account:", "list:")) for one in share["exposure"]["price_ids"])
    month = told["per_30_days"]["exposures"][0]
    assert (month["basis"], month["inputs"]["days"], month["inputs"]["usd_per_run"]) == ("derived", "30", "0.11875")


def test_a_figure_that_was_changed_is_found(told, tmp_path, capsys) -> None:
    told["billed"][0]["exposure"]["low_microusd"] += 1
    told["per_30_days"]["cash"]["high_microusd"] += 1
    code, rows = explained(tmp_path, told, capsys)
    assert code == 2
    assert [pointer for pointer, row in rows.items() if not row["agrees"]] == ["per_30_days/cash", "billed/0/exposure"]


@given(
    st.fractions(-5, 5, max_denominator=10**6),
    st.fractions(Fraction(1, 2), 4, max_denominator=100),
    st.fractions(0, 2, max_denominator=10),
)
def test_the_resolver_and_the_formula_agree(usd, least, more) -> None:
    premium = Price(Range(least, least + more), "ratio", ("photon-aws-jobs-compute",))
    told = derived_inputs(usd, premium)
    assert told["formula"] == "derived-exposure-1"
    assert (told["usd"], told["m"]) == (number_text(usd), range_text(premium.value))
    assert evaluate(told["formula"], {name: told[name] for name in ("usd", "m")}) == premium_part(usd, premium)
