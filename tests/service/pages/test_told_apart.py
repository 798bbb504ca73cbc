"""What pages must not blur: causes of one problem, upper bounds, sums and projections, and who the records are from."""

from __future__ import annotations

import dataclasses
import re

import pytest
import seed
from page_reading import reading
from seed_records import DAY_MS, HOUR_MS, NOW_MS, WORKS, hour, signal, state
from sqlalchemy import select, update

from clusop.analysis.records.line import canonical_line
from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.collect import collect_file
from clusop.service.ingest.limits import Limits
from clusop.service.store.tables.agents import agents
from clusop.service.store.tables.problems import problem_days, problems

UDF = WORKS[0]
COMET = next(work for work in WORKS if work.engine == "comet")


def main_text(server, path):
    return " ".join(reading(server.get(path).text).all("main")[0].text.split())


def id_of(server, work):
    with server.database.reading() as connection:
        return connection.execute(
            select(problems.c.id).where(problems.c.workload == f"job:{work.job}", problems.c.task_key == work.task)
        ).scalar_one()


def row_of(server, path, key):
    """The row of the list that links to problem ``key``."""
    page = reading(server.get(path).text)
    (link,) = [one for one in page.all("a") if one.attributes.get("href") == f"/problems/{key}"]
    (row,) = [one for one in link.above if one.tag == "tr"]
    return " ".join(row.text.split())


@pytest.fixture
def merged(changing):
    """A service one of whose problems was seen with two causes that are alike."""
    other = dataclasses.replace(UDF, cause="pandas-udf", operator="ArrowEvalPython")
    told = signal(other, "f" * 32, 1, NOW_MS - 2 * HOUR_MS)
    told["signature"] = signal(UDF, "f" * 32, 1, NOW_MS)["signature"]
    told["confidence"]["recommendation"] = {"score": 0.1, "level": "low", "reasons": []}
    with changing.database.writing() as connection:
        (receipt,) = apply_batches(connection, [batch_of([canonical_line(told)])], NOW_MS, Limits())
    assert receipt.accepted == 1
    return changing


def test_every_cause_that_was_seen_stands_wherever_the_problem_does(merged):
    key = id_of(merged, UDF)
    for path in ("/", "/problems"):
        assert "python-udf, pandas-udf at ArrowEvalPython, BatchEvalPython" in row_of(merged, path, key)
    text = main_text(merged, f"/problems/{key}")
    assert re.search("Also seen as ?pandas-udf: ", text)
    assert "Where it is pandas-udf" in text
    assert "python-udf, pandas-udf" in main_text(merged, f"/problems/{key}/snooze")
    assert merged.get(f"/v1/problems/{key}").text.count('"causes":["python-udf","pandas-udf"]') == 1


def test_a_problem_is_found_by_its_second_cause_and_by_its_operator(merged):
    key = id_of(merged, UDF)
    for query in ("cause=pandas-udf", "q=ArrowEvalPython", "q=pandas"):
        links = reading(merged.get(f"/problems?{query}").text).links
        assert f"/problems/{key}" in links, query
    assert f'"id":{key},' in merged.get("/v1/problems?cause=pandas-udf").text
    assert f"/problems/{key}" not in reading(merged.get("/problems?cause=scala-udf").text).links


def test_the_list_names_the_operator_that_left(pages):
    assert "scala-udf at Project" in row_of(pages, "/problems", id_of(pages, next(w for w in WORKS if w.job == 14)))


def test_a_share_that_is_an_upper_bound_says_so_everywhere(pages):
    key = id_of(pages, COMET)
    assert re.search(r"≤ \d+ %", row_of(pages, "/problems", key))
    text = main_text(pages, f"/problems/{key}")
    signals = text[text.index("Latest signals") : text.index("History")]
    assert re.search(r"≤ \d+ %", signals)
    assert re.search(r": ≤ [\d.,]+ (s|h) in", pages.get(f"/problems/{key}").text)
    measured = id_of(pages, UDF)
    assert "≤" not in row_of(pages, "/problems", measured)
    assert "≤" not in main_text(pages, f"/problems/{measured}")
    # One bound among many makes the sum one.
    assert re.search(
        r"Time outside the engine, last 30 days ?≤ [\d.,]+ h ?≤ \d+ % of the task time", main_text(pages, "/")
    )
    assert "≤" not in main_text(pages, "/").partition("Look at these first")[2]


def test_sums_and_projections_have_labels_of_their_own(pages):
    overview = main_text(pages, "/")
    for words in ("Premium paid off the engine, last 30 days", "Avoidable, last 30 days"):
        assert words in overview
    assert "Premium paid off the engine, last 90 days" in main_text(pages, "/?days=90")
    assert "projected" not in overview.lower()
    text = main_text(pages, f"/problems/{id_of(pages, UDF)}")
    assert "Projected per 30 days, at the rate seen" in text
    assert text.count("projected per 30 days") >= 3
    assert re.search(r"Last 30 days, as they were: premium \$[\d.,–]+, avoidable \$[\d.,–]+\.", text)


def test_a_low_end_of_nothing_is_shown(changing):
    key = id_of(changing, UDF)
    with changing.database.writing() as connection:
        connection.execute(
            update(problem_days)
            .where(problem_days.c.problem_id == key)
            .values(avoidable_low_microusd=0, avoidable_high_microusd=90)
        )
    assert "$0 to < $0.01" in row_of(changing, "/problems", key)


def test_a_premium_that_nobody_pays_is_none_wherever_it_stands(pages):
    key = id_of(pages, COMET)
    for path in ("/problems", "/jobs/one?workspace=local&workload=job:5"):
        assert " none " in f"{row_of(pages, path, key)} "
    assert main_text(pages, "/jobs").count(" none ") == 2
    assert "Premium paid off the engine, last 30 daysnone" in main_text(
        pages, "/jobs/one?workspace=local&workload=job:5"
    )
    assert "Last 30 days, as they were: premium none" in main_text(pages, f"/problems/{key}")
    assert "Premium none," in main_text(pages, f"/problems/{key}/snooze")
    unknown = id_of(pages, next(one for one in WORKS if one.job == 14))
    assert " none " not in row_of(pages, "/problems", unknown)


def test_what_has_no_price_says_why_in_one_wording(pages):
    text = main_text(pages, f"/problems/{id_of(pages, COMET)}")
    assert "Premium paid off the engine: none. This engine costs no premium" in text
    assert "Avoidable: not priced. The cloud is not known" in text
    assert "Not priced: The cloud is not known" in text
    assert "not why" not in text


def test_where_no_reason_is_kept_it_says_what_would_give_a_price(changing):
    key = id_of(changing, COMET)
    with changing.database.writing() as connection:
        connection.execute(update(problems).where(problems.c.id == key).values(evidence=None))
    text = main_text(changing, f"/problems/{key}")
    assert "A price needs task times and the cluster's cloud, product and node types" in text


@pytest.fixture
def senders(changing, tmp_path):
    """A service that also collected an agent's file a week after it was written, and took an event log's findings."""
    written_at_ms = NOW_MS - 7 * DAY_MS
    by_file = [
        signal(UDF, "a" * 32, 1, written_at_ms - HOUR_MS),
        state(UDF, "a" * 32, 2, written_at_ms, is_final=True),
    ]
    path = tmp_path / f"clusop-{'a' * 32}-1-2.jsonl"
    path.write_bytes(b"".join(canonical_line(one) + b"\n" for one in by_file))
    found = collect_file(changing.database, path, NOW_MS, Limits(most_bytes=1_000_000))
    assert found.outcome == "taken"
    log = [canonical_line(signal(UDF, "b" * 32, 1, NOW_MS - 3 * HOUR_MS))]
    with changing.database.writing() as connection:
        apply_batches(connection, [batch_of(log, is_offline=True)], NOW_MS - 2 * HOUR_MS, Limits())
    return changing


def test_agents_collected_files_and_event_logs_are_told_apart(senders):
    with senders.database.reading() as connection:
        ids = {row.agent: row.id for row in connection.execute(select(agents.c.agent, agents.c.id))}
    file_id, log_id = ids["a" * 32], ids["b" * 32]
    page = reading(senders.get("/agents").text)
    rows = {
        link.attributes["href"]: " ".join(next(one for one in link.above if one.tag == "tr").text.split())
        for link in page.all("a")
        if link.attributes.get("href", "").startswith("/agents/")
    }
    by_file, log = rows[f"/agents/{file_id}"], rows[f"/agents/{log_id}"]
    assert "agent, by collected files" in by_file
    assert "clock" not in by_file
    assert "event log" in log
    assert "without goodbye" not in log
    assert "quiet" not in log
    assert any("live agent" in row for row in rows.values())
    assert "clock" not in main_text(senders, f"/agents/{file_id}")
    one = main_text(senders, f"/agents/{log_id}")
    assert "Findings of an event log" in one
    assert one.startswith("Agents sent Event log bbbbbbbb")


@pytest.mark.parametrize(
    ("busy_ms", "native_ms", "words"),
    [
        (1000, 1000, "100 %"),
        (1000, 1200, "> 100 %"),
        (1000, 999, "> 99 %"),
        (1000, None, "not known"),
        (0, 5, "not known"),
    ],
)
def test_native_time_above_busy_time_is_told_and_not_cut(changing, busy_ms, native_ms, words):
    told = hour(UDF, "c" * 32, 1, NOW_MS) | {"busy_ms": busy_ms, "native_ms": native_ms}
    with changing.database.writing() as connection:
        (receipt,) = apply_batches(connection, [batch_of([canonical_line(told)])], NOW_MS, Limits())
        key = connection.execute(select(agents.c.id).where(agents.c.agent == "c" * 32)).scalar_one()
    assert receipt.accepted == 1
    page = reading(changing.get(f"/agents/{key}").text)
    cells = [one.text.strip() for one in page.all("td") if any(above.tag == "table" for above in one.above)]
    assert cells[2] == words


def test_an_event_log_counts_as_no_agent_and_can_be_asked_for(senders, pages):
    before = re.search(r"(\d+) agents in the last day", main_text(pages, "/agents"))
    after = re.search(r"(\d+) agents in the last day[^.]*; besides, 1 event log sent\.", main_text(senders, "/agents"))
    assert before is not None
    assert after is not None
    # The file's agent was heard of just now; the log's is none.
    assert int(after[1]) == int(before[1]) + 1
    for kind, agent in (("files", "aaaaaaaa"), ("log", "bbbbbbbb")):
        text = main_text(senders, f"/agents?status={kind}")
        assert agent in text
        assert len(reading(senders.get(f"/agents?status={kind}").text).all("tr")) == 2
    assert "bbbbbbbb" not in main_text(senders, "/agents?status=quiet")


def test_compute_says_what_would_fill_it(nothing_yet):
    text = main_text(nothing_yet, "/compute")
    for words in ("job cluster of a saved job", "at least 90 %", "0 agents", "spark.clusop.endpoint"):
        assert words in text, words
    line = canonical_line(state(dataclasses.replace(COMET), "c" * 32, 1, seed.NOW_MS, is_final=False))
    with nothing_yet.database.writing() as connection:
        apply_batches(connection, [batch_of([line])], seed.NOW_MS, Limits())
    assert "1 agent in the last day, none of which told a definition" in main_text(nothing_yet, "/compute")
