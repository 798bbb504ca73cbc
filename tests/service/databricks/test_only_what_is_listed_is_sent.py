"""Every public method of every API class of the SDK, called over our client: what is not listed raises, and nothing arrives."""

from __future__ import annotations

import inspect
import io
from itertools import islice

import pytest
import requests
from databricks.sdk import WorkspaceClient

from clusop.service.databricks.allowed import STATEMENTS, is_allowed_read
from clusop.service.databricks.fault import NotAllowedError, WarehouseError
from fake_databricks import ACCESS, WAREHOUSE

# What the SDK's methods may do with our client; each is a read.
READS = {
    "cluster_policies.get",
    "cluster_policies.list",
    "clusters.ensure_cluster_is_running",
    "clusters.get",
    "clusters.list",
    "clusters.list_node_types",
    "clusters.select_node_type",
    "clusters.select_spark_version",
    "clusters.spark_versions",
    "clusters.wait_get_cluster_running",
    "clusters.wait_get_cluster_terminated",
    "current_user.me",
    "instance_pools.get",
    "instance_pools.list",
    "jobs.get",
    "jobs.get_run",
    "jobs.list",
    "jobs.list_runs",
    "jobs.wait_get_run_job_terminated_or_skipped",
    "query_history.list",
    "statement_execution.get_statement",
    "statement_execution.get_statement_result_chunk_n",
    "warehouses.get",
    "warehouses.list",
    "warehouses.wait_get_warehouse_running",
    "warehouses.wait_get_warehouse_stopped",
}
# They fail by themselves before they would ask for anything: no mode of opening, a package that is not installed.
OF_THEIR_OWN = {
    "dbfs.open": "OSError",
    "sandbox.connect_command": "ModuleNotFoundError",
    "sandbox.execute_command": "ModuleNotFoundError",
    "serving_endpoints.get_langchain_chat_open_ai_client": "DeprecationWarning",
    "serving_endpoints.get_open_ai_client": "DeprecationWarning",
}
REAL = {"chunk_index": lambda: 0, "contents": lambda: io.BytesIO(b"x"), "source_path": lambda: __file__}


class Anything(str):
    """An argument that passes for whatever a method looks for in it."""

    __slots__ = ()

    def __new__(cls, _text="x"):
        return super().__new__(cls, "x")

    def as_dict(self) -> dict:
        return {}

    def __iter__(self):
        return iter((Anything(),))

    def __call__(self, *_arguments: object, **_named: object) -> Anything:
        return self

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return self


def apis(workspace: object, prefix: str = "") -> list[tuple[str, object]]:
    """All API objects of a workspace client, those within others too."""
    found = []
    for name, value in inspect.getmembers(type(workspace), lambda one: isinstance(one, property)):
        if name in {"config", "api_client"}:
            continue
        api = value.fget(workspace)
        if type(api).__module__.startswith("databricks.sdk") and methods(api):
            found.append((prefix + name, api))
            found += apis(api, f"{prefix}{name}.")
    return found


def methods(api: object) -> list[str]:
    return [name for name, _ in inspect.getmembers(type(api), inspect.isfunction) if not name.startswith("_")]


def call(api: object, name: str) -> str:
    method = getattr(api, name)
    parameters = inspect.signature(method).parameters.values()
    needed = [
        one
        for one in parameters
        if one.default is one.empty and one.kind in {one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY}
    ]
    try:
        result = method(**{one.name: REAL.get(one.name, Anything)() for one in needed})
        if hasattr(result, "__next__"):
            list(islice(result, 1))
    except NotAllowedError:
        return "refused"
    except WarehouseError as error:
        return error.reason.id
    except (AttributeError, KeyError, TypeError, ValueError, OSError, ImportError, Warning) as error:
        return type(error).__name__
    return "done"


@pytest.fixture
def workspace(config, client, monkeypatch):
    # Every API object of the SDK is built over what this name gives.
    monkeypatch.setattr("databricks.sdk.core.ApiClient", lambda _config: client)
    return WorkspaceClient(config=config)


def test_every_method_that_is_no_listed_read_raises_before_a_byte_is_sent(fake, workspace) -> None:
    tried, wrong, reads = 0, {}, set()
    for path, api in apis(workspace):
        for name in methods(api):
            before = len(fake.requests)
            outcome = call(api, name)
            sent = fake.requests[before:]
            tried += 1
            if sent:
                reads.add(f"{path}.{name}")
            is_fine = outcome == "refused" or sent or OF_THEIR_OWN.get(f"{path}.{name}") == outcome
            if not is_fine or not all(is_allowed_read(*request) for request in sent):
                wrong[f"{path}.{name}"] = (outcome, sent)
    assert tried > 1000
    assert wrong == {}
    assert reads == READS


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", STATEMENTS, {"statement": "DROP TABLE x", "warehouse_id": WAREHOUSE}),
        ("POST", STATEMENTS, {"statement": "SELECT 1", "warehouse_id": WAREHOUSE}),
        ("POST", f"{STATEMENTS}/01ef-1/cancel", None),
        ("POST", "/api/2.0/clusters/edit", {"cluster_id": "x"}),
        ("DELETE", f"/api/2.0/sql/warehouses/{WAREHOUSE}", None),
        ("GET", "/api/2.0/secrets/list", None),
        ("GET", "/api/2.0/sql/warehouses/../../2.0/secrets/list", None),
        ("GET", "/api/2.0/sql/warehouses/%2e%2e", None),
        ("GET", "/api/2.0/sql/warehouses", {"a": "body"}),
        ("HEAD", "/api/2.0/sql/warehouses", None),
        ("get", "/api/2.0/sql/warehouses", None),
        ("PATCH", "/api/2.0/sql/warehouses", None),
    ],
)
def test_whatever_else_is_asked_for_never_arrives(fake, client, method, path, body) -> None:
    with pytest.raises(NotAllowedError):
        client.do(method, path, body=body)
    assert fake.requests == []


def test_a_statement_of_ours_cannot_be_changed_nor_sent_elsewhere(fake, client, usage) -> None:
    mine = {"statement": usage.text, "warehouse_id": WAREHOUSE}
    for body in (
        {**mine, "statement": usage.text + " "},
        {**mine, "statement": usage.text + "; DROP TABLE x"},
        {**mine, "statement": [usage.text]},
        {**mine, "warehouse_id": "other"},
        {**mine, "catalog": "main"},
        {"warehouse_id": WAREHOUSE},
    ):
        with pytest.raises(NotAllowedError):
            client.do("POST", STATEMENTS, body=body)
    for named in (
        {"url": "https://elsewhere.example" + STATEMENTS},
        {"url": fake.host.replace("127.0.0.1", "127.0.0.2") + STATEMENTS},
        {"url": fake.host + "@elsewhere.example" + STATEMENTS},
        {"query": {"x": "y"}},
        {"data": b"x"},
        {"files": {"a": b"x"}},
        {"raw": True},
        {"unheard_of": 1},
    ):
        with pytest.raises(NotAllowedError):
            client.do("POST", None if "url" in named else STATEMENTS, body=mine, **named)
    assert fake.requests == []
    assert client.do("POST", STATEMENTS, body=mine)["status"]["state"] == "SUCCEEDED"
    assert fake.requests == [("POST", STATEMENTS)]


def test_only_a_statement_that_this_client_started_is_cancelled(fake, client, usage) -> None:
    fake.looks = 5
    started = client.do("POST", STATEMENTS, body={"statement": usage.text, "warehouse_id": WAREHOUSE})
    client.do("POST", f"{STATEMENTS}/{started['statement_id']}/cancel")
    with pytest.raises(NotAllowedError):
        client.do("POST", f"{STATEMENTS}/01ef-00000999/cancel")
    assert [path for _, path in fake.requests] == [STATEMENTS, f"{STATEMENTS}/{started['statement_id']}/cancel"]


def test_a_redirect_is_not_followed(fake, client) -> None:
    fake.answers = [(307, {"Location": "/api/2.0/clusters/permanent-delete"})]
    with pytest.raises(WarehouseError) as refused:
        client.do("GET", "/api/2.0/sql/warehouses")
    assert refused.value.reason.id == "warehouse-unreachable"
    assert fake.requests == [("GET", "/api/2.0/sql/warehouses")]


def test_the_gate_stands_below_the_session_too(fake, client) -> None:
    """Whoever gets hold of the session gets no further."""
    (session, *_links) = [value for value in vars(client).values() if isinstance(value, requests.Session)]
    with pytest.raises(NotAllowedError):
        session.post(
            f"{fake.host}/api/2.0/clusters/delete",
            json={"cluster_id": "x"},
            headers={"Authorization": f"Bearer {ACCESS}"},
        )
    assert fake.requests == []


def test_the_token_of_another_name_is_not_asked_for(client) -> None:
    with pytest.raises(NotAllowedError):
        client.get_oauth_token("details")
