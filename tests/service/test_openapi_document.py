"""Whatever the API's own document allows, and much that it does not: no answer is a fault of the server."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

schemathesis.serializer("application/x-ndjson")(
    lambda _context, value: value if isinstance(value, bytes) else json.dumps(value).encode()
)
FAULT = 500


@pytest.fixture(scope="session")
def document(running):
    server, _ = running
    asked = urllib.request.Request(f"{server.url}/openapi.json")
    asked.add_header("Authorization", f"Bearer {server.tokens['admin']}")
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def test_no_request_the_document_allows_is_answered_with_a_fault(running, document) -> None:
    server, _ = running
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 15
    for operation in operations:

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def ask(case):
            headers = {"Authorization": f"Bearer {server.tokens['admin']}"}
            answer = case.call(base_url=server.url, headers=headers)
            assert answer.status_code < FAULT, f"{case.method} {case.formatted_path}: {answer.status_code}"

        ask()


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
    "field", ["search", "q", "team", "workspace", "cause", "state", "sort", "cursor", "after", "compute", "channel"]
)
def test_text_in_a_filter_is_text(running, field, text) -> None:
    from urllib.parse import quote

    server, opened = running
    for path in ("/v1/problems", "/problems", "/v1/export/problems.csv", "/compute/one", "/agents", "/deliveries"):
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
