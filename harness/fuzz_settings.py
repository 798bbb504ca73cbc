"""Fuzzed texts of settings: what people write into a conf, damaged in the ways people damage it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

__all__ = ["setting_text"]

_KINDS = ("switch", "count", "ratio", "url", "path", "names", "text")
_TEXTS = (
    "", "true", "False", "ON", "off", "yes", "0", "1", "maybe", "99", "100", "060000", "60001", "5s", "-1", "\u0663\u0660\u0660",
    "0.5", "0.010", "1.000", "1.1", "1e-3", ".5", "nan", "9" * 19, "/a/b", "a/b", "team, cost_center ,,x", "a,b\u00a0",
    "http://host", "https://host:8443/clusop/", "HTTPS://H/", "http://[::1]:80", "http://10.0.0.1", "http://my_host:1/a%20b",
    "http://", "http:///x", "ftp://x", "http://host:", "http://host:0", "http://host:65535", "http://host:65536",
    "http://user:secret@host", "http://user@", "http://h/?t=1", "http://h/#f", "http://h\u00f6.st", "http://-x-/", "http://[::1",
    "http://h/a b", "http://h/%zz", "http://h/{x}", "http://h/\\", "http:/h", "://", "http://a..b/", "http://h.:80//",
)  # fmt: skip
_SIGNS = tuple(" \t\n\r\x00\x1f\x7f\x85\u00a0\u200b\u2028\ufeff@:/?#[]%.,-_~\"<>|`'aZ09\u00e9\U0001f600")
_LONG = 1990


def setting_text(random: Random) -> str:
    """One kind and a handful of texts."""
    texts = [_damaged(random, random.choice(_TEXTS)) for _ in range(random.randint(1, 6))]
    return json.dumps({"kind": random.choice(_KINDS), "texts": texts})


def _damaged(random: Random, text: str) -> str:
    for _ in range(random.choice((0, 0, 1, 1, 2, 4))):
        at = random.randint(0, len(text))
        sign = random.choice(_SIGNS)
        text = random.choice((text[:at] + sign + text[at:], text[:at] + text[at + 1 :], text + text[:at]))
    return text + random.choice("xA\U0001f600") * _LONG if random.randrange(50) == 0 else text
