"""The pages that are measured are those of the application; what may grow has its reason beside it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from clusop.api.app import create_app
from clusop.clock import SystemClock
from clusop.service.settings.settings import resolve
from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from page_list import GROWING, STEADY, growth_of, pages_of


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('pages') / 'clusop.db'}")
    migrate(database)
    yield pages_of(create_app(database, resolve({"schedule": False}), SystemClock()))
    database.close()


def test_every_page_is_measured(pages):
    expected = {
        "/",
        "/audit",
        "/bill",
        "/problems/77",
        "/problems/77/snooze",
        "/v1/problems/77",
        "/v1/export/audit.csv",
    }
    assert expected <= set(pages)
    assert not [page for page in pages if "{" in page]


def test_a_page_that_is_new_is_measured_unasked():
    app = FastAPI()
    app.get("/news")(lambda: None)
    app.get("/news/{problem_id}")(lambda: None)
    app.post("/told")(lambda: None)
    assert {"/news", "/news/77"} <= set(pages_of(app))
    assert "/told" not in pages_of(app)


def test_a_page_that_nobody_can_ask_for_is_no_silence():
    app = FastAPI()
    app.get("/news/{name}")(lambda: None)
    with pytest.raises(KeyError, match="name"):
        pages_of(app)


def test_what_may_grow_is_measured_and_has_a_reason(pages):
    grown = {page: growth_of(page) for page in pages if growth_of(page) is not STEADY}
    assert grown
    assert set(GROWING) == set(grown), "an allowance for a page that is not measured"
    assert all(len(growth.why) > 20 for growth in grown.values())
