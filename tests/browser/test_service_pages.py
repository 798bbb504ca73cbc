"""The service's pages as a browser shows them: wide and narrow, light and dark, every page and each button."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_report_in_chromium import CONTRASTS

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICE = Path(__file__).resolve().parents[1] / "service"
sys.path[:0] = [str(SERVICE), str(SERVICE / "pages")]
WIDE, NARROW = 1280, 400
PAGES = ["/", "/?days=90&refresh=off", "/?team=risk", "/?team=-&workspace=9876543210",
         "/problems", "/problems?state=all&sort=runs", "/problems/1", "/problems/11",
         "/problems/1/acknowledge", "/problems/1/snooze", "/problems/1/resolve", "/problems/1/reopen", "/jobs",
         "/jobs?q=risk", "/jobs/one?workspace=1234567890&workload=job:42", "/compute",
         "/compute/one?workspace=1234567890&compute=job:42", "/suppressions", "/exclusions",
         "/exclusions/new", "/exclusions/new?field=workload&pattern=job:4*", "/exclusions/1/end", "/problems?exclusion=1",
         "/agents", "/agents/1", "/deliveries", "/deliveries/1", "/bill", "/audit"]  # fmt: skip

# Tables that a box around them cuts off or that have to be pushed aside, and words that a field has no room for. The document's
# width tells of neither.
CLIPPED = """() => {
  const found = [], paper = document.createElement('canvas').getContext('2d');
  for (const table of document.querySelectorAll('table')) {
    if (!table.checkVisibility()) continue;
    for (let at = table; at !== document.body; at = at.parentElement)
      if (at.scrollWidth > at.clientWidth + 1) { found.push(`table in ${at.tagName} ${at.className}`); break; }
    for (const cell of table.querySelectorAll('tbody th, tbody td')) {
      const box = cell.getBoundingClientRect();
      if (box.width && box.right > innerWidth) found.push(`cell ${cell.textContent.trim().slice(0, 40)}`);
    }
  }
  for (const field of document.querySelectorAll('input[type=search], input[type=text], select')) {
    const style = getComputedStyle(field), isList = field.tagName === 'SELECT';
    const words = (isList ? field.selectedOptions[0].textContent : field.placeholder).trim();
    paper.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - (isList ? 16 : 0);
    if (paper.measureText(words).width > room) found.push(`field ${field.name}: ${words}`);
  }
  return found;
}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:  # Any: the server of tests/service/pages
    """A service with the seed, on SQLite."""
    import seed
    from page_server import PageServer

    from clusop.service.store.database import open_database
    from clusop.service.store.migrate import migrate

    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('browser') / 'clusop.db'}")
    migrate(database)
    seed.fill(database)
    made = PageServer(database)
    yield made
    made.stop()
    database.close()


@pytest.fixture(
    params=[(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")],
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def browser(request: pytest.FixtureRequest, chromium: Any, server: Any) -> Iterator[Any]:  # Any: a page
    """A page of a person who logged in with a token; what it asks for and says is collected."""
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        base_url=server.url,
        http_credentials={"username": "ana", "password": server.tokens["admin"]},
    )
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda sent: page.asked.append(sent.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    context.close()


def test_no_page_is_missing_here() -> None:
    from app_routes import forgotten_pages

    assert forgotten_pages(PAGES) == []


def is_too_wide(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_every_page_fits_can_be_read_and_asks_nobody_else(browser: Any, server: Any) -> None:
    for path in PAGES:
        browser.goto(path)
        assert not is_too_wide(browser), path
        assert browser.evaluate(CLIPPED) == [], path
        worst = browser.evaluate(CONTRASTS)
        assert worst[0][0] >= 4.5, (path, worst)
        sizes = browser.evaluate(
            "[...document.querySelectorAll('body *')].map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 11, path
        assert browser.locator("h1").bounding_box()["y"] < 400
    assert browser.said == []
    assert {url[: len(server.url)] for url in browser.asked if not url.startswith("data:")} == {server.url}


def test_names_of_an_enemy_break_nothing(chromium: Any, tmp_path: Path) -> None:
    import seed
    from page_server import PageServer

    from clusop.service.store.database import open_database
    from clusop.service.store.migrate import migrate

    database = open_database(f"sqlite:///{tmp_path / 'clusop.db'}")
    migrate(database)
    seed.fill(database)
    with database.writing() as connection:
        key = seed.make_hostile(connection)
    server = PageServer(database)
    login = {"username": "ana", "password": server.tokens["admin"]}
    for width in (WIDE, NARROW):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, base_url=server.url, http_credentials=login
        )
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("dialog", lambda dialog, said=said: said.append(dialog.message))
        for path in (
            "/",
            "/problems",
            f"/problems/{key}",
            f"/problems/{key}/snooze",
            "/suppressions",
            "/deliveries",
            "/deliveries/7",
            "/audit",
        ):
            page.goto(path)
            assert not is_too_wide(page), (path, width)
        assert said == []
        context.close()
    server.stop()
    database.close()


def test_each_button_does_what_it_says(browser: Any) -> None:
    """In a circle, so that the next size and colour finds the problem as it was."""
    for link, button, words in (
        ("Acknowledge…", "Acknowledge", "Done: acknowledge."),
        ("Snooze…", "Snooze", "Done: snooze."),
        ("Mark as resolved…", "Mark as resolved", "Done: mark as resolved."),
        ("Reopen…", "Reopen", "Done: reopen."),
    ):
        browser.goto("/problems/3" if link == "Acknowledge…" else browser.url.partition("?")[0])
        if browser.locator(".badge.s-acknowledged").count() and link == "Acknowledge…":
            browser.get_by_role("link", name="Reopen…").click()
            browser.get_by_label("Reason").fill("begin anew")
            browser.get_by_role("button", name="Reopen").click()
        browser.get_by_role("link", name=link).click()
        if link == "Snooze…":
            browser.get_by_label("30 days").check()
        browser.get_by_label("Reason").fill(f"because of {button}")
        browser.get_by_role("button", name=button).click()
        assert words in browser.get_by_role("status").inner_text()
        assert f"because of {button}" in browser.locator("main").inner_text()
    assert browser.said == []


def test_an_exclusion_is_made_and_ended_by_its_buttons(browser: Any) -> None:
    browser.goto("/exclusions")
    browser.get_by_role("link", name="Exclude…").click()
    browser.get_by_label("Pattern").fill("job:42")
    browser.get_by_role("button", name="Show what it covers").click()
    assert "It covers 2 problems" in browser.locator("main").inner_text()
    browser.get_by_label("7 days").check()
    browser.get_by_label("Reason").fill("because it is a test")
    browser.get_by_role("button", name="Exclude").click()
    assert "Done: the exclusion stands below." in browser.get_by_role("status").inner_text()
    row = browser.locator("tbody tr").filter(has_text="because it is a test")
    row.get_by_role("link", name="2 problems").click()
    assert browser.locator("table.problems tbody tr").count() == 2
    browser.locator("table.problems tbody a").first.click()
    browser.get_by_role("link", name="job:42").click()
    row.get_by_role("link", name="End").click()
    browser.get_by_label("Reason").fill("the test is over")
    browser.get_by_role("button", name="End it").click()
    assert "Done: the exclusion has ended." in browser.get_by_role("status").inner_text()
    assert row.count() == 0
    assert browser.said == []


def test_a_form_without_a_reason_is_not_sent(browser: Any) -> None:
    browser.goto("/problems/1/resolve")
    browser.get_by_role("button", name="Mark as resolved").click()
    assert browser.url.endswith("/problems/1/resolve")
    assert browser.evaluate("document.querySelector('textarea:invalid') !== null")


def test_search_filter_and_sort(browser: Any) -> None:
    browser.goto("/problems")
    browser.get_by_label("Search").fill("job 42, task load_orders")
    browser.get_by_role("button", name="Show").click()
    assert browser.locator("table.problems tbody tr").count() == 1
    browser.get_by_role("link", name="reset").click()
    browser.get_by_label("Team").select_option("risk")
    browser.get_by_label("Sort by").select_option("runs")
    browser.get_by_role("button", name="Show").click()
    assert browser.locator("table.problems tbody tr").count() == 2
    browser.locator("table.problems tbody a").first.click()
    assert "/problems/" in browser.url


def test_the_keyboard_alone_is_enough(browser: Any) -> None:
    browser.goto("/problems/1/acknowledge")
    browser.keyboard.press("Tab")
    assert browser.evaluate("document.activeElement.className") == "skip"
    shown = browser.locator(".skip").bounding_box()
    assert shown["x"] >= 0
    reached = []
    for _ in range(25):
        browser.keyboard.press("Tab")
        reached.append(
            browser.evaluate("document.activeElement.tagName + getComputedStyle(document.activeElement).outlineStyle")
        )
    assert {"Asolid", "TEXTAREAsolid", "BUTTONsolid"} <= set(reached)


def test_figures_open_and_charts_have_a_table(browser: Any) -> None:
    browser.goto("/problems/1")
    browser.locator("details.formula summary").first.click()
    assert "formula" in browser.locator("details.formula[open]").inner_text()
    browser.locator("details.values summary").click()
    assert browser.locator("details.values tbody tr").count() > 10
    assert not is_too_wide(browser)


def test_reloading_can_be_stopped(browser: Any) -> None:
    browser.goto("/agents")
    browser.get_by_role("link", name="stop that").click()
    assert "refresh=off" in browser.url
    assert "does not reload" in browser.locator("footer").inner_text()
    browser.get_by_role("link", name="reload every minute").click()
    assert "refresh" not in browser.url
