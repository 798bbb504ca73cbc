"""Whatever the API's own document allows, and much that it does not: no answer is a fault of the server, each is documented."""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

sys.path.insert(0, str(Path(__file__).resolve().parent))

from app_routes import plain_pages
from ingest_samples import line, signal
from record_bodies import bodies
from record_samples import usage_hour

from clusop.service.ingest.recount import differences
from sender import Sender

schemathesis.serializer("application/x-ndjson")(
    lambda _context, value: value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
)
FAULT = 500
MOST = 2**63 - 1
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Said at the door: whoever hears one of these has not been listened to.
AT_THE_DOOR = {401, 403, 429}
PAGES = ("/?days=90", *plain_pages())


@pytest.fixture(scope="session")
def document(running):
    server, _ = running
    asked = urllib.request.Request(f"{server.url}/openapi.json")
    asked.add_header("Authorization", f"Bearer {server.tokens['admin']}")
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


@pytest.fixture
def problem_ids(running, workspace):
    """Problems that are there: an id out of the air is answered with 404 and nothing else."""
    server, _ = running
    with closing(Sender(server.url, server.tokens["ingest"])) as sender:
        lines = [line(signal(99, number, problem=number) | {"workspace": workspace}) for number in range(1, 4)]
        assert sender.send(lines).document["accepted"] == 3
    with closing(Sender(server.url, server.tokens["admin"])) as reader:
        listed = reader.ask("GET", f"/v1/problems?workspace={workspace}").document["problems"]
    return [one["id"] for one in listed]


def test_no_request_the_document_allows_is_answered_with_a_fault(running, document, problem_ids) -> None:
    server, _ = running
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 15
    for operation in operations:
        # Each with a token that may: an admin's may not bring records.
        answered = statuses(server, operation, "ingest" if "ingest" in operation.tags else "admin", problem_ids)
        assert not AT_THE_DOOR & set(answered), f"{operation.method} {operation.path}: {answered}"
        if "problem_id" in operation.path:
            assert set(answered) - {404}, f"{operation.method} {operation.path} saw no problem that is there"


def statuses(server, operation, scope, problem_ids):
    """Ask an operation whatever the document allows; how often which status was the answer."""
    answered = Counter()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(), known=st.sampled_from([None, *problem_ids]))
    def ask(case, known):
        if known is not None and "problem_id" in case.path_parameters:
            case.path_parameters["problem_id"] = known
        answer = case.call(base_url=server.url, headers={"Authorization": f"Bearer {server.tokens[scope]}"})
        case.validate_response(answer, checks=CHECKS)
        answered[answer.status_code] += 1

    ask()
    return answered


def test_whatever_records_are_brought_they_are_taken_or_refused_and_all_can_be_read_after(running, workspace) -> None:
    server, opened = running
    answered, told = Counter(), Counter()
    with closing(Sender(server.url, server.tokens["ingest"])) as sender:

        @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(lines=bodies(workspace), is_packed=st.booleans())
        def bring(lines, is_packed):
            answer = sender.send(lines, is_packed=is_packed)
            answered[answer.status] += 1
            assert answer.status in {200, 400}, answer.body
            if answer.status == 200:
                receipt = answer.document
                assert receipt["accepted"] + receipt["known"] + len(receipt["refused"]) == len(lines)
                told.update({name: receipt[name] for name in ("accepted", "known")})
                told.update(one["reason"] for one in receipt["refused"])

        bring()
    assert answered[200] > answered[400], answered
    assert told["accepted"] > 20, told
    assert told["not-a-record"] or told["bad-field"] or len(told) > 3, told
    assert_all_can_be_read(server, workspace)
    with opened.reading() as connection:
        assert differences(connection) == []


def test_the_greatest_numbers_a_record_may_hold_can_be_added_up(running, workspace) -> None:
    server, opened = running
    now_ms = int(time.time() * 1000)
    many = {"low": MOST, "high": MOST, "run_ms": MOST, "end_at_ms": now_ms, "workspace": workspace}
    lines = [line(signal(98, number, problem=number % 3, **many)) for number in range(1, 7)]
    hour_ms = now_ms - now_ms % 3_600_000
    parts = dict.fromkeys(("busy_ms", "native_ms", "non_sql_ms", "failed_ms", "lost_ms"), MOST)
    for agent in (97, 98):
        hour = {"agent": f"{agent:032x}", "sequence": 7, "workspace": workspace, "hour_at_ms": hour_ms}
        lines.append(line(usage_hour() | hour | parts | {"slot_ms": {"i3.xlarge": MOST}}))
    with closing(Sender(server.url, server.tokens["ingest"])) as sender:
        answer = sender.send(lines)
        assert answer.document["accepted"] == len(lines), answer.body
    assert_all_can_be_read(server, workspace)
    with opened.reading() as connection:
        assert differences(connection) == []


def assert_all_can_be_read(server, workspace):
    """Every page, and each of those of the workspace's problems and of all agents."""
    with closing(Sender(server.url, server.tokens["admin"])) as reader:
        listed = reader.ask("GET", f"/v1/problems?limit=200&workspace={workspace}").document["problems"]
        assert listed
        paths = [f"{door}/{one['id']}" for one in listed for door in ("/problems", "/v1/problems")]
        agents = set(re.findall(rb"/agents/[0-9]+", reader.ask("GET", "/agents").body))
        assert agents
        described = reader.ask("GET", "/openapi.json").document["paths"]
        answers = [path for path, methods in described.items() if "get" in methods and "{" not in path]
        assert {"/v1/problems", "/v1/export/audit.csv", "/metrics"} <= set(answers)
        for path in (*PAGES, *answers, *paths, *(one.decode() for one in agents)):
            answer = reader.ask("GET", path)
            assert answer.status < FAULT, f"{path}: {answer.status} {answer.body[:300]!r}"


HOSTILE = [
    "'; DROP TABLE problems; --",
    '" OR 1=1 --',
    "%' OR '1'='1",
    "a\x00b",
    "ü" * 5000,
    "${7*7}",
    "\u202e<script>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "field",
    [
        "search",
        "q",
        "team",
        "workspace",
        "cause",
        "state",
        "sort",
        "cursor",
        "after",
        "compute",
        "workload",
        "channel",
        "problem",
        "actor",
    ],
)
def test_text_in_a_filter_is_text(running, field, text) -> None:
    from urllib.parse import quote

    server, opened = running
    filtered = (
        "/v1/problems",
        "/problems",
        "/v1/export/problems.csv",
        "/compute/one",
        "/jobs",
        "/jobs/one",
        "/v1/jobs",
        "/v1/export/jobs.csv",
        "/agents",
        "/deliveries",
        "/audit",
    )
    for path in (*filtered, "/v1/export/audit.json"):
        asked = urllib.request.Request(f"{server.url}{path}?{field}={quote(text)}")
        asked.add_header("Authorization", f"Bearer {server.tokens['admin']}")
        try:
            with urllib.request.urlopen(asked) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        assert status < FAULT, f"{path}: {status}"
    with opened.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM problems").scalar_one() >= 0


@pytest.mark.parametrize("text", HOSTILE)
def test_text_in_every_filter_at_once_is_text_on_every_page(running, text) -> None:
    server, _ = running
    query = urlencode(
        dict.fromkeys(("q", "team", "workspace", "state", "sort", "before", "days", "actor", "problem"), text)
    )
    with closing(Sender(server.url, server.tokens["admin"])) as reader:
        for path in plain_pages():
            assert reader.ask("GET", f"{path}?{query}").status < FAULT, path
