"""A method that an address does not take, and bodies that nobody can read: the service's own words for both."""

from __future__ import annotations

import pytest

AGENTS_WORDS = "The agent cannot"


@pytest.mark.parametrize(
    ("method", "path", "takes"),
    [
        ("GET", "/v1/signals", ["POST"]),
        ("DELETE", "/v1/problems", ["GET"]),
        ("PATCH", "/v1/exclusions", ["GET", "POST"]),
        ("GET", "/v1/exclusions/3/remove", ["POST"]),
        ("POST", "/health", ["GET"]),
        ("PUT", "/exclusions/new", ["GET", "POST"]),
    ],
)
def test_the_methods_that_are_taken_are_told(admin, method, path, takes):
    answer = admin.ask(method, path)
    assert (answer.status_code, answer.headers["Allow"].split(", ")) == (405, takes)
    sentence = f"This address does not take that method; it takes {' and '.join(takes)}."
    if path.startswith("/exclusions"):
        assert sentence in answer.text
    else:
        assert answer.json() == {"sentence": sentence, "reason": "method-not-allowed"}


def test_a_body_that_is_no_text_is_the_services_to_refuse(admin):
    body = b'{"field": "\xff"}'
    answer = admin.post("/v1/exclusions", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (400, "unreadable-request")
    assert AGENTS_WORDS not in answer.text


def test_a_form_that_is_none_is_the_services_to_refuse(admin):
    answer = admin.post("/exclusions/new", content=b"x", headers={"Content-Type": "multipart/form-data"})
    assert answer.status_code == 400
    assert AGENTS_WORDS not in answer.text
    assert "cannot be read" in answer.text
