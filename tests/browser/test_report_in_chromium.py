"""The HTML report as a browser shows it: wide and narrow, light and dark, from disk, asking nobody for anything."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from report_samples import log_report, native, of_verdict, plan_report, query, unknown

from clusop.analysis.assessment import Verdict
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.report.compose import compose
from clusop.report.html import render_html
from clusop.report.input_report import InputReport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WIDE, NARROW = 1280, 400
JOINS = "".join(f"{' ' * level}SortMergeJoin\n{' ' * (level + 1)}Generate | explode(x)\n" for level in range(30))
# WCAG's contrast of every text with what lies behind it, worst first. The stylesheet uses opaque colours only.
CONTRASTS = """() => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const behind = element => { for (let at = element; at; at = at.parentElement) {
    const c = parse(getComputedStyle(at).backgroundColor); if (c.length === 3 || c[3] > 0) return c.slice(0, 3); }
    return [255, 255, 255]; };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    if (![...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || element.closest('svg, .guides')) continue;
    const a = light(parse(getComputedStyle(element).color).slice(0, 3)), b = light(behind(element));
    found.push([(Math.max(a, b) + .05) / (Math.min(a, b) + .05), element.className + ' ' + element.textContent.slice(0, 40)]);
  }
  return found.sort((x, y) => x[0] - y[0]).slice(0, 3);
}"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with every verdict, long names, deep joins and a refused input."""
    reports = (
        log_report(*(of_verdict(verdict) for verdict in Verdict), query(query_id="8", description="x" * 4_000)),
        plan_report(query(JOINS), "plans/" + "very-long-name-" * 20 + ".txt"),
        plan_report(unknown(), "plans/current.txt"),
        plan_report(native(description="مبيعات حسب المنطقة 🦊"), "plans/fast.txt"),
        InputReport("data.bin", errors=(Reason("binary-file", ": data.bin"),)),
    )
    view = compose(reports, PriceBook.default())
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render_html(view, datetime(2026, 11, 22, tzinfo=timezone.utc)), encoding="utf-8")
    return path


@pytest.fixture(
    scope="module",
    params=[(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")],
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def shown(request: pytest.FixtureRequest, chromium: Any, page_file: Path) -> Iterator[Any]:  # Any: a page
    """The page, opened from disk; a screenshot is left beside it. Requests and messages are collected."""
    width, scheme = request.param
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.seen = []
    page.on("request", lambda sent: page.seen.append(sent.url))
    page.on("console", lambda message: page.seen.append(message.text))
    page.on("pageerror", lambda error: page.seen.append(str(error)))
    page.goto(page_file.as_uri())
    page.screenshot(path=page_file.parent / f"report-{width}-{scheme}.png", full_page=True)
    yield page
    context.close()


def test_nothing_is_asked_for_but_the_file_itself(shown: Any, page_file: Path) -> None:  # Any: a page
    assert shown.seen == [page_file.as_uri()]


def test_no_scrolling_to_the_side(shown: Any) -> None:  # Any: a page
    assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_every_text_can_be_read(shown: Any) -> None:  # Any: a page
    worst = shown.evaluate(CONTRASTS)
    assert worst[0][0] >= 4.5, worst


def test_text_of_a_readable_size(shown: Any) -> None:  # Any: a page
    sizes = shown.evaluate(
        "[...document.querySelectorAll('body *')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 11


def test_the_keyboard_reaches_links_and_formulas(shown: Any) -> None:  # Any: a page
    reached = []
    for _ in range(40):
        shown.keyboard.press("Tab")
        reached.append(shown.evaluate("document.activeElement.tagName"))
    assert {"A", "SUMMARY"} <= set(reached)


def test_a_formula_opens_and_shows_its_inputs(shown: Any) -> None:  # Any: a page
    formula = shown.locator("details.formula").first
    formula.locator("summary").click()
    assert "$ per DBU" in formula.inner_text()
    assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_first_screen_holds_the_verdict(shown: Any) -> None:  # Any: a page
    box = shown.locator("h1").bounding_box()
    assert box["y"] + box["height"] < 400
    assert "outside Databricks Photon" in shown.locator("h1").inner_text()


def test_printing_shows_what_is_folded(shown: Any) -> None:  # Any: a page
    shown.emulate_media(media="print")
    assert shown.locator("details.formula table").last.is_visible()
    shown.emulate_media(media="screen")
    assert not shown.locator("details.formula table").last.is_visible()
