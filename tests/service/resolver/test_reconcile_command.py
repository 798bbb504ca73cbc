from __future__ import annotations

import json

import pytest
import typer
from bill_samples import WORKSPACE

from clusop.cli.reconcile import reconcile
from clusop.errors import InputError
from clusop.service.schedule.leases import is_free, rest_lease, take_lease
from fake_databricks import ACCESS, WAREHOUSE


@pytest.fixture
def run(fake, database, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABRICKS_HOST", fake.host)
    monkeypatch.setenv("DATABRICKS_TOKEN", ACCESS)
    app = typer.Typer()
    app.command()(reconcile)

    def start(config: str, *options: str) -> object:
        path = tmp_path / "clusop.yaml"
        path.write_text(config)
        url = database.engine.url.render_as_string(hide_password=False)
        return app(["--config", str(path), "--database", url, *options], standalone_mode=False)

    return start


def test_without_a_workspace_dollars_stay_modeled(run, capsys) -> None:
    run("")
    assert "Dollars are modeled.\nNo workspace and SQL warehouse are named" in capsys.readouterr().out


def test_it_tells_what_it_did(run, ground, capsys) -> None:
    ground.agent(workspace=WORKSPACE)
    run(f"databricks:\n  warehouse: '{WAREHOUSE}'\n", "--json", "--days", "2")
    told = json.loads(capsys.readouterr().out)
    assert (told["tier"], told["done"], told["hours"], told["unmatched"]) == ("billed-negotiated", True, 0, {})


def test_a_run_that_fails_ends_with_2_and_its_reason(run, fake, capsys) -> None:
    fake.answers = [(401, {})]
    assert run(f"databricks:\n  warehouse: '{WAREHOUSE}'\n") == 2
    assert "does not accept clusop's credentials" in capsys.readouterr().out


def test_a_bad_section_is_an_input_error(run) -> None:
    with pytest.raises(InputError) as fault:
        run("databricks:\n  warehose: x\n")
    assert fault.value.where.endswith("clusop.yaml: databricks.warehose")


def test_while_the_service_is_at_it_the_command_says_so(run, database) -> None:
    with database.writing() as connection:
        assert take_lease(connection, "reconcile", "a replica", 0, 2**53)
    with pytest.raises(InputError, match="is being done by clusop serve just now"):
        run("")


def test_a_lease_that_rests_until_the_next_hour_holds_nobody_up(run, database, capsys) -> None:
    with database.writing() as connection:
        take_lease(connection, "reconcile", "a replica", 0, 1)
        rest_lease(connection, "reconcile", "a replica", 2**53)
    run("")
    assert "Dollars are modeled." in capsys.readouterr().out
    with database.reading() as connection:
        assert is_free(connection, "reconcile", 2**53)
