"""The HTML report: one file, nothing fetched, everything escaped, a sound structure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timezone
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from report_samples import log_report, native, of_verdict, plan_report, query, unknown

from clusop.analysis.assessment import Action, Proposal, Verdict
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.report.compose import Selection, compose
from clusop.report.html import render_html
from clusop.report.input_report import InputReport

VOID = {"meta", "br", "rect", "link", "img", "input", "hr"}
HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{7*7}}&amp;"


class Page(HTMLParser):
    """The page's elements; raises where they do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def html_of(*reports: InputReport, **selection: int) -> str:
    made_at = datetime(2026, 11, 22, 8, 30, tzinfo=timezone.utc)
    return render_html(compose(reports, PriceBook.default(), Selection(**selection)), made_at)


def everything() -> tuple[InputReport, ...]:
    return (
        log_report(*(of_verdict(verdict) for verdict in Verdict)),
        plan_report(query()),
        plan_report(unknown(), "other.txt"),
        InputReport("x.bin", errors=(Reason("binary-file", ": x.bin"),)),
    )


def test_nothing_is_fetched_and_nothing_runs() -> None:
    text = html_of(*everything())
    page = Page(text)
    assert not re.search(r"https?:|@import|url\(|//[a-z]", text)
    assert not any(
        {"src", "srcset", "background", "action", "data"} & set(attributes) for _, attributes in page.elements
    )
    assert {tag for tag, _ in page.elements} & {"script", "link", "iframe", "object", "embed", "img", "form"} == set()
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert all((attributes.get("href") or "").startswith("#") for attributes in page.all("a"))
    policy = next(each for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    assert (policy["content"] or "").startswith("default-src 'none'")


def test_the_structure_serves_those_who_cannot_see_it() -> None:
    page = Page(html_of(*everything()))
    assert page.all("html")[0]["lang"] == "en"
    assert [len(page.all(tag)) for tag in ("main", "h1", "title", "footer")] == [1, 1, 1, 1]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {(attributes["href"] or "")[1:] for attributes in page.all("a")}
    labels = {attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes}
    assert targets | labels <= set(ids)
    assert all("scope" in attributes for attributes in page.all("th"))
    drawings = page.all("svg")
    assert drawings
    assert all(attributes.get("aria-hidden") == "true" or attributes.get("aria-label") for attributes in drawings)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), "no heading is skipped"


@pytest.mark.parametrize("field", ["description", "query_id", "path", "operator", "arguments", "engine_says", "detail"])
def test_hostile_text_stays_text(field: str) -> None:
    finding = replace(query().findings[0], **({field: HOSTILE} if field in {"engine_says", "detail"} else {}))
    outline = (
        f"PhotonSort\n {HOSTILE if field == 'operator' else 'Project'} | {HOSTILE if field == 'arguments' else ''}\n"
    )
    changes = {field: HOSTILE} if field in {"description", "query_id"} else {}
    assessed = query(outline, findings=(replace(finding, index=1, inherited=(), operator="Project"),), **changes)
    text = html_of(log_report(assessed, native(), path=HOSTILE if field == "path" else "log"))
    assert "<script" not in text
    assert "onerror" not in {name for _, attributes in Page(text).elements for name in attributes}
    assert "{{7*7}}" in text.replace("&#39;", "'"), "shown as it is, evaluated by nobody"


def test_kilobyte_names_right_to_left_and_emoji() -> None:
    text = html_of(
        log_report(query("PhotonSort\n " + "Project" * 2_000 + "\n", description="مبيعات 🦊 \u202e evil"), native()),
    )
    assert "مبيعات 🦊" in text
    assert "\u202e" not in text
    assert "Project" * 100 not in text


def test_what_is_shaded_is_also_said() -> None:
    page = Page(html_of(plan_report(query())))
    assert "".join(page.said).count("(ran outside the engine)") == 2


def test_unpriced_says_why_and_money_says_its_basis() -> None:
    said = " ".join("".join(Page(html_of(*everything())).said).split())
    assert "Without task times there is nothing to multiply a price with." in said
    assert "$0.12–0.15 modeled" in said
    assert "exposure-1" in said


def test_the_page_names_no_directory_of_this_machine_and_explains_its_words() -> None:
    refused = InputReport("/home/user/x.bin", errors=(Reason("binary-file", ": /home/user/x.bin"),))
    text = html_of(plan_report(query(), "/home/user/slow.txt"), refused)
    assert "/home/user/" not in text
    assert "slow.txt" in text
    said = "".join(Page(text).said)
    for word in ("island", "hand-over (boundary)", "row shuffle", "avoidable", "modeled", "For example, before"):
        assert word in said


@pytest.mark.parametrize(
    "amount", ["$0", "&lt; $0.01", "$0.12–0.15", "$1,234–1,300", "\N{MINUS SIGN}$0.22", "&gt; \N{MINUS SIGN}$0.01"]
)
def test_an_amount_is_not_broken_and_the_text_around_it_stays_text(amount: str) -> None:
    sentence = f"<b>It cost {amount.replace('&lt;', '<').replace('&gt;', '>')}. Next"
    text = html_of(plan_report(query(proposal=Proposal(Action.NONE, sentence))))
    assert f'&lt;b&gt;It cost <span class="nb">{amount}</span>. Next' in text


def test_the_date_is_said_where_it_is_known() -> None:
    view = compose([plan_report(query())], PriceBook.default())
    assert "made 2026-11-22 08:30 UTC" in html_of(plan_report(query()))
    assert "made" not in re.sub(r"<style>.*?</style>", "", render_html(view), flags=re.DOTALL).split("<main")[0]


def test_500_queries_make_a_page_of_sane_size() -> None:
    many = [query(query_id=str(number), description=f"query {number}") for number in range(500)]
    assert len(html_of(log_report(*many))) < 200_000
