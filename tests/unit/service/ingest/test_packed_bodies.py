"""A packed body costs no more to unpack than its bytes and parts allow."""

from __future__ import annotations

import gzip

import pytest

from clusop.service.ingest.batch import BatchError, inflated

PARTS = 100


def test_parts_are_joined():
    assert inflated(b"".join(gzip.compress(b"%d\n" % number) for number in range(PARTS)), 10_000) == b"".join(
        b"%d\n" % number for number in range(PARTS)
    )


@pytest.mark.parametrize("what", [b"", b"x"])
@pytest.mark.parametrize("count", [PARTS + 1, 45_000])
def test_many_parts_are_refused_whatever_is_in_them(what, count):
    body = gzip.compress(what) * count
    with pytest.raises(BatchError, match=f"more than {PARTS} parts") as refused:
        inflated(body, 10_000_000)
    assert (refused.value.status, refused.value.reason) == (400, "bad-gzip")
