"""A reader takes what the schema takes, refuses the rest with a reason, and tolerates fields of later releases."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_samples import agent_state, signal, usage_hour

from clusop.analysis.records import AgentState, Signal, UsageHour, canonical_line, content_hash, read_record
from clusop.analysis.records.money import NotPriced, PricedFigure
from clusop.analysis.records.schema import SCHEMA_FILES, schema_text
from clusop.reasons import Reason

SAMPLES = [signal, usage_hour, agent_state]


def read(document: object) -> object:
    return read_record(json.dumps(document).encode())


def test_a_signal_is_read_whole():
    found = read(signal())
    assert isinstance(found, Signal)
    assert found.findings[0].operator == "BatchEvalPython"
    assert found.figures.attributed == NotPriced("unknown-tier")
    assert isinstance(found.figures.exposure, PricedFigure)
    assert found.figures.exposure.inputs["m"] == "2.5..2.9"
    assert found.digest[1].kind == "python"
    assert found.time.lost_ms is None
    assert found.shape.workers == (2, 8)
    assert found.locator.call_site == ""


def test_an_hour_and_a_state_are_read():
    hour, state = read(usage_hour()), read(agent_state())
    assert isinstance(hour, UsageHour)
    assert hour.slot_ms == {"": 1, "i3.xlarge": 14_400_000}
    assert isinstance(state, AgentState)
    assert state.final
    assert state.losses == {"ring-overflow": 3}


def test_a_state_says_whose_it_is_and_on_what_it_runs():
    state = read(agent_state())
    assert isinstance(state, AgentState)
    assert (state.workload, state.task_key, state.engine) == ("job:42", "load_orders", "photon")
    assert state.compute.startswith("job:42:")
    assert state.shape == read(signal()).shape


def test_a_state_of_an_agent_from_before_fields_were_added_is_still_read():
    earlier = agent_state()
    for name in ("workload", "task_key", "engine", "image", "shape", "compute"):
        del earlier[name]
    found = read(earlier)
    assert isinstance(found, AgentState)
    assert (found.workload, found.task_key, found.engine, found.image, found.shape, found.compute) == (
        "", "", "", "", None, "",
    )  # fmt: skip
    nothing_known = earlier | {"workload": "", "task_key": "", "engine": "", "image": "", "shape": None, "compute": ""}
    assert read(nothing_known) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workload", "nightly load of jane"),
        ("workload", "name:" + "x" * 32),
        ("engine", "blaze"),
        ("image", "custom-of-jane"),
        ("shape", {}),
        ("compute", "job:42:main"),
        ("compute", "job:main"),
        ("compute", "cluster:"),
        ("compute", "cluster:nightly"),
        ("compute", None),
    ],
)
def test_a_state_takes_no_free_text(name, value):
    found = read(agent_state() | {name: value})
    assert isinstance(found, Reason)
    assert found.id == "malformed-record"


@pytest.mark.parametrize("sample", SAMPLES)
def test_fields_of_a_later_release_are_tolerated(sample):
    later = sample() | {"added_in_v1": {"anything": [1, None]}}
    assert read(later) == read(sample())


def test_a_record_is_a_value():
    assert read(signal()) == read(signal())
    with pytest.raises(AttributeError):
        read(signal()).runs = 4


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not-a-record"),
        (b"{", "not-a-record"),
        (b"[1]", "not-a-record"),
        (b'{"a":NaN}', "not-a-record"),
        (b"\xff\xfe{}", "not-a-record"),
        (b"[" * 5000, "not-a-record"),
        (b'{"a":' + b"9" * 5000 + b"}", "unknown-record"),
        (b"{}", "unknown-record"),
        (b'{"record":["signal"],"version":1}', "unknown-record"),
        (b'{"record":"signal","version":2}', "unknown-record"),
        (b'{"record":"signal","version":true}', "unknown-record"),
        (b'{"record":"signal","version":1}', "malformed-record"),
        (b"{" + b" " * 8192 + b"}", "record-too-large"),
    ],
)
def test_a_refusal_has_its_reason(line, reason):
    found = read_record(line)
    assert isinstance(found, Reason)
    assert found.id == reason


def test_what_an_agent_may_tell_is_taken():
    """Each class is rounded by itself, an hour's native time is the engine's own measure, of no whole there are no parts. Odd
    times are shown as what they can be at most; no record is lost for them.
    """
    rounded = signal()
    rounded["time"] |= {"run_ms": 1000, "native_ms": 501, "island_ms": 400, "unexplained_ms": 101}
    unknown = signal()
    unknown["time"] |= {"run_ms": None}
    hour = usage_hour() | {"busy_ms": 1000, "native_ms": 30_000, "non_sql_ms": 1001, "failed_ms": 0, "lost_ms": 0}
    for document in (rounded, unknown, hour):
        assert not isinstance(read(document), Reason)


@pytest.mark.parametrize("digits", ["9" * 19, "9" * 20, "1" + "0" * 20, "9" * 5000, "-" + "9" * 5000])
def test_an_integer_of_any_length_is_told_as_what_it_is(digits):
    found = read_record(canonical_line(signal()).replace(b'"sequence":7,', b'"sequence":%s,' % digits.encode()))
    assert isinstance(found, Reason)
    assert (found.id, found.detail) == (
        "malformed-record", "signal.sequence is no integer from 1 to 9223372036854775807"
    )  # fmt: skip


def test_a_line_break_belongs_to_no_record():
    line = canonical_line(signal())
    assert read_record(line + b"\n") == read_record(line)
    assert content_hash(line + b"\n") == content_hash(line)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("agent", "0" * 31),
        ("sequence", 0),
        ("sequence", 1.0),
        ("sequence", 2**63),
        ("workspace", "a@b.example"),
        ("workload", "name:x"),
        ("task_key", "x" * 101),
        ("cluster", "my cluster"),
        ("verdict", "native"),
        ("runs", True),
        ("hours", None),
        ("hours", "-1"),
        ("end_at_ms", 0),
        ("findings", []),
        ("cause", "pandas-udf"),
        ("action", "apply"),
        ("tags", {"team": "x" * 129}),
        ("tags", {"team": "a\nb"}),
        ("tags", {"team": "\ud800"}),
        ("digest", [[0, "jvm", "Sort"]]),
        ("digest", [[0, "jvm", "/dbfs/secret", ""]]),
        ("digest", [[0, "fast", "Sort", ""]]),
        ("time.reasons", []),
        ("shape.workers", [8, 2]),
        ("shape.driver_node_type", "node of the finance department"),
        ("confidence.parse.score", 1.01),
        ("figures.exposure.low_microusd", 341),
        ("figures.exposure.basis", "billed"),
        ("figures.exposure.inputs.J", "1e9"),
        ("figures.attributed.unpriced", {}),
        ("locator.call_site", "/home/ann/job.py:3"),
        ("findings.0.operator", "secret table"),
        ("findings.0.time_ratio", None),
        ("findings.0.functions", ["my-function"]),
    ],
)
def test_a_field_of_the_wrong_form_is_refused_and_named(path, value):
    document = signal()
    place = document
    *names, last = path.split(".")
    for name in names:
        place = place[int(name)] if isinstance(place, list) else place[name]
    place[last] = value
    found = read(document)
    assert isinstance(found, Reason)
    assert found.id == "malformed-record"
    assert last in found.detail or path in {"cause", "end_at_ms", "hours"} or names


@cache
def validator(record: str):
    jsonschema = pytest.importorskip("jsonschema")
    return jsonschema.Draft202012Validator(json.loads(schema_text(record)))


def places(value: object, path: tuple = ()) -> list[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, one in inner for found in places(one, (*path, name)))]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_what_a_reader_takes_the_schema_takes(data):
    """One field replaced by anything. The schema may take a little more: it knows no order of two numbers."""
    record = data.draw(st.sampled_from(sorted(SCHEMA_FILES)))
    document = {"signal": signal, "usage-hour": usage_hour, "agent-state": agent_state}[record]()
    chosen = data.draw(st.sampled_from([path for path in places(document) if path]))
    place = document
    for name in chosen[:-1]:
        place = place[name]
    if data.draw(st.booleans()) and isinstance(place, dict):
        del place[chosen[-1]]
    else:
        place[chosen[-1]] = data.draw(JSON_VALUES)
    found = read(document)
    is_valid = validator(record).is_valid(document)
    if not isinstance(found, Reason):
        assert is_valid
    elif is_valid:
        # What only the reader knows: relations between fields, and a whole float is no integer.
        assert found.id == "malformed-record"
        told = (
            "wrong order", "before it starts", "neither", "without a reason", "another cause", "no full hour",
            "no integer from",
        )  # fmt: skip
        assert any(words in found.detail for words in told), found.detail
