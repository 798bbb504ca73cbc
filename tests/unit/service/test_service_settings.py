"""The service's settings: one declaration, one order, and faults that name key, value and what is allowed."""

from __future__ import annotations

import pytest

from clusop.errors import InputError
from clusop.service.problems.section import only
from clusop.service.settings.declared import declared
from clusop.service.settings.fault_place import naming_file
from clusop.service.settings.near import near
from clusop.service.settings.place import database_address
from clusop.service.settings.settings import resolve


def config(tmp_path, text):
    path = tmp_path / "clusop.yaml"
    path.write_text(text)
    return str(path)


def test_option_wins_over_environment_over_file_over_default(tmp_path):
    path = config(tmp_path, "port: 1001\nhost: 10.0.0.1\nretain_days: 50\n")
    environ = {"CLUSOP_SERVE_PORT": "1002", "CLUSOP_SERVE_HOST": "10.0.0.2"}
    found = resolve({"port": "1003", "host": None}, environ, path)
    assert (found.count("port"), found.text("host"), found.count("retain_days")) == (1003, "10.0.0.2", 50)
    assert found.origins["port"] == "--port"
    assert found.origins["host"] == "CLUSOP_SERVE_HOST"
    assert found.origins["retain_days"].endswith("clusop.yaml: retain_days")
    assert found.origins["writers"] == "default"


def test_a_section_is_handed_over_as_it_stands(tmp_path):
    found = resolve({}, {}, config(tmp_path, "gate:\n  min_recommendation: 0.5\n"))
    assert found.section("gate") == {"min_recommendation": 0.5}
    assert found.section("channels") is None


@pytest.mark.parametrize(
    ("options", "environ", "text", "told"),
    [
        ({"port": "x"}, {}, "", ["--port", "'x'", "0 to 65535"]),
        ({"retain_days": "1"}, {}, "", ["--retain", "'1'", "36 to 3650"]),
        ({}, {"CLUSOP_SERVE_SCHEDULE": "maybe"}, "", ["CLUSOP_SERVE_SCHEDULE", "'maybe'", "true or false"]),
        ({}, {"CLUSOP_SERVE_PROT": "1"}, "", ["CLUSOP_SERVE_PROT", "CLUSOP_SERVE_PORT"]),
        ({}, {"CLUSOP_SERVE_PUBLIC_URL": "ftp://x"}, "", ["CLUSOP_SERVE_PUBLIC_URL", "http"]),
        ({}, {}, "prot: 1", ["'prot'", "port"]),
        ({}, {}, "port: [1]", ["port", "single value"]),
        ({}, {}, "- 1", ["mapping"]),
        ({}, {}, "a: b: c", ["line 1", "YAML"]),
        ({}, {}, "port: 1\nhost: x\nport: 2", ["line 3", "'port'", "line 1 already"]),
        ({}, {}, 'port: 1\n"port": 2', ["line 2", "'port'"]),
        ({}, {}, "gate:\n  min_days: 3\n  quiet_hours: {}\n  min_days: 4", ["line 4", "'min_days'", "line 2 already"]),
        ({}, {}, "channels:\n  - {name: a, url: b, name: c}", ["line 2", "'name'"]),
        ({}, {"CLUSOP_SERVE_DATABASE": "sqlite://\x07secret"}, "", ["CLUSOP_SERVE_DATABASE", "control"]),
    ],
)
def test_a_fault_names_key_value_and_what_is_allowed(tmp_path, options, environ, text, told):
    with pytest.raises(InputError) as caught:
        resolve(options, environ, config(tmp_path, text) if text else "")
    for part in told:
        assert part in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_a_merge_brings_in_may_be_replaced(tmp_path):
    text = "gate:\n  quiet_hours: &a {from: 1, days: [sat]}\n  digest: {<<: *a, days: [sun]}\nchannels: [{<<: *a, from: 2}]\n"
    found = resolve({}, {}, config(tmp_path, text))
    assert found.section("gate")["digest"] == {"from": 1, "days": ["sun"]}
    assert found.section("channels") == [{"from": 2, "days": ["sat"]}]


def test_a_file_that_is_not_there_is_one_sentence():
    with pytest.raises(InputError, match="cannot be read"):
        resolve({}, {}, "/nowhere/clusop.yaml")


def test_without_anything_the_database_lies_in_the_users_own_folder(tmp_path):
    found = database_address(resolve(), {"HOME": str(tmp_path)})
    assert found == f"sqlite:///{tmp_path}/.local/share/clusop/clusop.db"
    assert (tmp_path / ".local/share/clusop").stat().st_mode & 0o077 == 0
    assert (tmp_path / ".local/share/clusop/clusop.db").stat().st_mode & 0o077 == 0
    assert (
        database_address(resolve(), {"XDG_DATA_HOME": str(tmp_path / "x")})
        == f"sqlite:///{tmp_path}/x/clusop/clusop.db"
    )
    assert database_address(resolve({"database": "postgresql://x/y"}), {}) == "postgresql://x/y"


def test_every_setting_has_one_variable_and_a_default_of_its_type():
    variables = [one.env for one in declared().values()]
    assert len(set(variables)) == len(variables)
    for one in declared().values():
        assert one.env == f"CLUSOP_SERVE_{one.key.upper()}"
        assert type(one.default) is {"count": int, "switch": bool}.get(one.type, str)
        assert one.doc.endswith(".") or one.doc.endswith("everybody.")


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ("gate.min_usd", "{path}: gate.min_usd"),
        ("channels[0].url", "{path}: channels[0].url"),
        ("retain_days", "{path}: retain_days"),
        ("writers", "writers"),
        ("--days", "--days"),
        ("databricks.days", "--days"),
        ("{path}: port", "{path}: port"),
    ],
)
def test_a_fault_of_what_stands_in_the_file_names_the_file(tmp_path, where, named):
    path = config(tmp_path, "retain_days: 50\n")
    found = resolve({}, {"CLUSOP_SERVE_WRITERS": "2"}, path)
    with pytest.raises(InputError) as caught, naming_file(found, {"databricks.days": "--days"}):
        raise InputError(where.format(path=path), "is wrong", "Mend it.")
    assert str(caught.value) == f"{named.format(path=path)}: is wrong. Mend it."


def test_without_a_file_a_fault_names_its_key_alone():
    with pytest.raises(InputError) as caught, naming_file(resolve()):
        raise InputError("gate", "is wrong", "Mend it.")
    assert caught.value.where == "gate"


def test_the_key_that_was_meant_is_named_in_a_section_too():
    with pytest.raises(InputError, match=r"gate\.quiet_hour: it is not known\. Did you mean quiet_hours\?"):
        only({"quiet_hour": 1}, ("quiet_hours", "digest"), "gate")
    assert near("min_usd", ("min_usd_per_30_days", "min_runs"), "Known are") == "Did you mean min_usd_per_30_days?"
    assert near("x", ("quiet_hours", "digest"), "Known are") == "Known are quiet_hours, digest."
