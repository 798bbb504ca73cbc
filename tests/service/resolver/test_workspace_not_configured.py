"""Settings that lead to no workspace: the page of the bill says so, and not that the bill was never asked for."""

from __future__ import annotations

import pytest
from bill_samples import NOW_MS

from clusop.clock import SystemClock
from clusop.errors import InputError
from clusop.service.schedule.jobs import jobs_of
from clusop.service.settings.settings import resolve
from clusop.service.views.reconciliations import reconciliation_lines


def test_a_workspace_that_gives_no_way_in_is_told_as_a_run_that_failed(database, fake, tmp_path, monkeypatch) -> None:
    for name in ("DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_CONFIG_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    config = tmp_path / "clusop.yaml"
    # A profile that there is not: nobody has to answer for that to be known.
    config.write_text(f"databricks: {{host: '{fake.host}', profile: nobody, warehouse: 0123456789abcdef}}\n")
    (job,) = [one for one in jobs_of(resolve(config=str(config)), SystemClock()) if one.name == "reconcile"]
    with pytest.raises(InputError):
        job.run(database, NOW_MS)
    with database.reading() as connection:
        (line,) = reconciliation_lines(connection).lines
    assert (line.outcome, line.tier, line.ended_at_ms) == ("failed", "modeled", NOW_MS)
    assert "cannot be reached with these settings" in line.sentence
    assert "DATABRICKS_HOST" in line.sentence
