"""The quick decoder takes and refuses exactly what ``read_record`` does, and says the same reason."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_samples import DATA, agent_state, line, signal, usage_hour

from clusop.analysis.records import read_record
from clusop.reasons import Reason
from clusop.service.ingest.decode import Unidentified, decode_line
from clusop.service.ingest.flatten import flat
from clusop.service.ingest.receipt import Refusal


def _bodies():
    return [
        body for path in sorted(DATA.glob("*.answer.json")) for body in json.loads(path.read_text()).get("problems", [])
    ]


SEEDS = [agent_state(), usage_hour(), signal(), signal(priced=False), *(signal(**body) for body in _bodies())]
WRONG = [
    None, True, False, 0, -1, 1, 1.0, 0.5, 2**63, 2**63 - 1, 10**25, "", "x", "~" + "0" * 32, "job:42", "é", "\ud800", "a\n",
    "a\nb", "a-b\nc-d", "1\n2", ["a-b\nc-d"], {"a": "1\n2"}, {"a\nb": "1"},
    "\u0000", [], {}, [1], [2, 1], {"a": 1}, {"unpriced": {"reason": "a-b"}}, {"unpriced": 1}, "A" * 300, 1e400, float("nan"),
]  # fmt: skip


def agrees(data: bytes) -> None:
    told, judged = decode_line(data), read_record(data)
    if not isinstance(judged, Reason):
        assert told == flat(judged, data, told.content_hash)
    elif isinstance(told, Refusal):
        assert (told.reason, told.sentence) == (judged.id, judged.sentence)
    else:
        assert isinstance(told, Unidentified)


def places(value, path=()):
    """Every place in a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from places(inner, (*path, name))


def changed(document, path, change):
    copied = json.loads(json.dumps(document))
    inner = copied
    for name in path[:-1]:
        inner = inner[name]
    change(inner, path[-1])
    return copied


def test_all_records_of_the_vectors_are_read_alike():
    for document in SEEDS:
        agrees(line(document))
        assert not isinstance(read_record(line(document)), Reason)


@settings(max_examples=400)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.sampled_from(WRONG), st.integers(0, 3))
def test_a_changed_record_is_judged_alike(document, chance, value, how):
    path = chance.choice([place for place in places(document) if place])
    if how == 0:
        made = changed(document, path, lambda inner, name: inner.__setitem__(name, value))
    elif how == 1:
        made = changed(document, path, lambda inner, name: inner.pop(name))
    elif how == 2:
        made = changed(
            document, path, lambda inner, _: inner.update(new=value) if isinstance(inner, dict) else inner.append(value)
        )
    else:
        made = changed(document, path, lambda inner, name: inner.__setitem__(name, [inner[name]] * 40))
    agrees(json.dumps(made).encode())


@settings(max_examples=200)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.binary(min_size=1, max_size=3))
def test_changed_bytes_are_judged_alike(document, chance, noise):
    data = line(document)
    at = chance.randrange(len(data))
    agrees(data[:at] + noise + data[at + chance.choice([0, 1, len(noise)]) :])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xef\xbb\xbf{}",
        b" " + line(signal()) + b" ",
        line(signal()).replace(b'"record":"signal"', b'"record":"signal","record":"usage-hour"'),
        line(signal()).replace(b'"record":"signal"', b'"record":"usage-hour","record":"signal"'),
        line(signal()).replace(b'"runs":3', b'"runs":"x","runs":3'),
        line(signal()).replace(b'"runs":3', b'"runs":3,"runs":4'),
        line(signal()).replace(b'"runs":3', b'"runs":3,"later":1000000000000000000000000'),
        line(signal()).replace(b'"runs":3', b'"runs":3,"later":"\xff"'),
        line(signal()).replace(b'"runs":3', b'"runs":3,"later":"\\ud800"'),
        line(signal()).replace(b'"runs":3', b'"runs":3,"later":NaN'),
        line(signal()).replace(b'"runs":3', b'"runs":3,"later":' + b"[" * 2000 + b"]" * 2000),
        line(signal()).replace(b'"runs":3', b'"runs":3.0'),
        line(signal()).replace(b'"runs":3', b'"runs":03'),
        line(signal()).replace(b'"version":1', b'"version":2'),
        line(signal()).replace(b'"version":1', b'"version":true'),
        line(signal(filler="x" * 8200)),
        line(signal()).replace(b'{"unpriced"', b'{"low_microusd":"x","unpriced"'),
    ],
)
def test_odd_lines_are_judged_alike(data):
    agrees(data)


@pytest.mark.parametrize("digits", ["9223372036854775808", "9" * 20, "9" * 25, "9" * 5000, "-" + "9" * 25])
def test_a_sequence_that_no_receipt_holds_is_told_as_such(digits):
    """A decoder's process and whoever reads the receipt hold 64 bits."""
    told = decode_line(line(signal(1, 7)).replace(b'"sequence":7,', b'"sequence":%s,' % digits.encode()))
    assert told == Unidentified("sequence is no integer from 1 to 9223372036854775807")


def test_a_text_of_two_lines_is_nowhere_two_texts():
    for document in SEEDS:
        for path in places(document):
            inner = document
            for name in path:
                inner = inner[name]
            if isinstance(inner, str) and inner:
                agrees(
                    json.dumps(
                        changed(
                            document, path, lambda held, name, told=inner: held.__setitem__(name, f"{told}\n{told}")
                        )
                    ).encode()
                )
            if isinstance(inner, list):
                agrees(
                    json.dumps(
                        changed(document, path, lambda held, name: held.__setitem__(name, ["a-b\nc-d"]))
                    ).encode()
                )
