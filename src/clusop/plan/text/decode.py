"""Bytes of a plan text to characters: UTF-8, UTF-16 and UTF-32 with byte-order mark, else Latin-1; binary files are refused."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from clusop.plan.reading import Phase, PlanReading, PlanSource
from clusop.plan.text.reader import MAX_TEXT_CHARS, read_explain_text
from clusop.reasons import Reason

if TYPE_CHECKING:
    from clusop.plan.text.steps import Steps

__all__ = ["read_explain_bytes"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAX_BYTES_PER_CHAR = 4
_SAMPLE_BYTES = 65_536
_TEXT_CONTROLS = b"\t\n\r\x0b\x0c\x1b\x08"
_CONTROLS = bytes(set(range(32)) - set(_TEXT_CONTROLS))
_MAX_CONTROL_RATIO = 0.02
_MIN_ZERO_RATIO = 0.3
_LAST_CHARACTER = 3


def read_explain_bytes(data: bytes, steps: Steps | None = None) -> PlanReading:
    """Read a plan from the bytes of a file; see :func:`~clusop.plan.text.reader.read_explain_text`. Never raises."""
    if len(data) > _MAX_BYTES_PER_CHAR * MAX_TEXT_CHARS:
        return _refused(Reason("too-large", f" ({len(data):,} bytes)"))
    text = _decoded(data)
    if text is None:
        return _refused(Reason("unreadable", " (it is binary)"))
    return read_explain_text(text, steps)


def _decoded(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    sample = data[:_SAMPLE_BYTES]
    unmarked = _unmarked_utf_16(sample)
    if unmarked is not None:
        return data.decode(unmarked, errors="replace")
    if sample and len(sample) - len(sample.translate(None, _CONTROLS)) > _MAX_CONTROL_RATIO * len(sample):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - _LAST_CHARACTER:
            # The file was cut inside its last character.
            return data[: error.start].decode("utf-8")
    return data.decode("latin-1")


def _unmarked_utf_16(sample: bytes) -> str | None:
    """UTF-16 without mark, told by zero bytes in every second place only: Windows shells write it so."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = max(len(sample) // 2, 1)
    if odd > _MIN_ZERO_RATIO * half and even == 0:
        return "utf-16-le"
    if even > _MIN_ZERO_RATIO * half and odd == 0:
        return "utf-16-be"
    return None


def _refused(reason: Reason) -> PlanReading:
    return PlanReading(None, Phase.STATIC, PlanSource.EXPLAIN_TEXT, problems=(reason,))
