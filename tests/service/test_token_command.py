"""``clusop serve token create``: for one workspace or for all, and a name of its own."""

from __future__ import annotations

import pytest

from clusop.cli.serve import app
from clusop.errors import InputError
from clusop.service.store.database import open_database
from clusop.service.tokens import list_tokens


@pytest.fixture
def token(tmp_path):
    """A function that runs ``clusop serve token`` with these words."""

    def run(*words):
        return app(["--database", f"sqlite:///{tmp_path}/clusop.db", "token", *words], standalone_mode=False)

    return run


def listed(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/clusop.db")
    try:
        with database.reading() as connection:
            return list_tokens(connection)
    finally:
        database.close()


@pytest.mark.parametrize("workspace", ["", "*", "B*", "B?", "[AB]1", " ", "a b", "x" * 65])
def test_a_workspace_is_one_and_no_glob(token, workspace):
    with pytest.raises(InputError, match="names no workspace") as refused:
        token("create", "--name", "ops", "--workspace", workspace)
    assert "Leave the option out for all workspaces." in refused.value.remedy


def test_one_workspace_or_all(token, tmp_path):
    token("create", "--name", "ops", "--workspace", "1234567890123456")
    token("create", "--name", "all")
    assert [one.workspace for one in listed(tmp_path)] == ["1234567890123456", "*"]


def test_two_tokens_in_force_have_two_names(token, tmp_path):
    token("create", "--name", "ops")
    for name in ("ops", " ops"):
        with pytest.raises(InputError, match="the audit could not tell the two apart"):
            token("create", "--name", name)
    with pytest.raises(InputError, match="201 characters"):
        token("create", "--name", "x" * 201)
    token("revoke", listed(tmp_path)[0].handle)
    token("create", "--name", "ops")
    assert [(one.name, one.revoked_at_ms is None) for one in listed(tmp_path)] == [("ops", False), ("ops", True)]
