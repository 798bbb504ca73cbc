"""Bodies for the ingest route: whole records, bent in a place or two, so that most get past the door and some should not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit" / "analysis" / "records"))

import record_samples

_KINDS = (record_samples.signal, record_samples.usage_hour, record_samples.agent_state)
_MOST = 2**63 - 1
# What a field of the kind may well hold, up to the ends of its range; then what it may not.
_COUNTS = st.sampled_from([0, 1, 2**31, 2**53 + 1, _MOST - 1, _MOST])
_NUMBERS = _COUNTS | st.sampled_from([-1, _MOST + 1, 10**30]) | st.integers()
_TEXTS = st.sampled_from(
    ["", "0", "1/0", "1e999999999", "..", "'; DROP TABLE problems; --", "\x00", "\u202e<script>", "ü" * 3000]
)
_ANY = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.floats() | _TEXTS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)


def _places(document, path=()):
    """Where something stands, keys and indexes from the outside in."""
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inside:
        yield (*path, key)
        yield from _places(value, (*path, key))


def _holder(document, way):
    for key in way:
        document = document[key]
    return document


@st.composite
def _record(draw, workspace):
    document = draw(st.sampled_from(_KINDS))()
    document |= {
        "agent": f"{draw(st.integers(1, 3)):032x}",
        "sequence": draw(st.integers(1, 10_000)),
        "workspace": workspace,
    }
    places = list(_places(document))
    counts = [place for place in places if type(_holder(document, place)) is int and place[0] != "version"]
    for *way, last in draw(st.lists(st.sampled_from(counts), max_size=3, unique=True)):
        _holder(document, way)[last] = draw(_COUNTS)
    if draw(st.integers(0, 2)) == 0:
        *way, last = draw(st.sampled_from(places))
        holder = _holder(document, way)
        if draw(st.integers(0, 4)) == 0:
            del holder[last]
        else:
            holder[last] = draw(_TEXTS if isinstance(holder[last], str) else _ANY)
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def bodies(workspace):
    """Batches of one to six lines, each a record or nearly one."""
    return st.lists(_record(workspace), min_size=1, max_size=6)
