"""One line to its flat record, or why it is refused. Takes and refuses exactly what ``read_record`` does, only sooner."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from clusop.analysis.records.line import MAX_RECORD_BYTES
from clusop.analysis.records.read import read_record
from clusop.analysis.records.shape import MAX_INTEGER
from clusop.reasons import Reason
from clusop.service.ingest.flatten import flat
from clusop.service.ingest.receipt import Refusal
from clusop.service.ingest.wire_types import wire_decoder

if TYPE_CHECKING:
    from clusop.service.ingest.seen import Seen

__all__ = ["Unidentified", "decode_line"]

_MAX_INTEGER_CHARS = 20

_decode = wire_decoder().decode


@dataclass(frozen=True, slots=True)
class Unidentified:
    """A line that does not even tell agent and sequence: no receipt can speak of it."""

    sentence: str


def decode_line(line: bytes) -> Seen | Refusal | Unidentified:
    """The record in ``line``, which has no line break at its end."""
    if len(line) <= MAX_RECORD_BYTES:
        try:
            record = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        else:
            return flat(record, line, hashlib.sha256(line).digest())
    return _judged(line)


def _judged(line: bytes) -> Seen | Refusal | Unidentified:
    read = read_record(line)
    if not isinstance(read, Reason):
        # A field of a later release, say: the types of this one are stricter.
        return flat(read, line, hashlib.sha256(line).digest())
    told = _identity(line)
    if isinstance(told, str):
        return Unidentified(told)
    return Refusal(*told, read.id, read.sentence)


def _identity(line: bytes) -> tuple[str, int] | str:
    """Agent and sequence, or what is wrong with the line."""
    try:
        document = json.loads(line, parse_int=_integer)
    except (ValueError, RecursionError):
        return "this is no JSON"
    if not isinstance(document, dict):
        return "this is no JSON object"
    agent, sequence = document.get("agent"), document.get("sequence")
    if not isinstance(agent, str) or not agent.isascii():
        return "agent is missing or no text of its form"
    if type(sequence) is not int:
        return "sequence is missing or no integer"
    if abs(sequence) > MAX_INTEGER:
        # No receipt holds it, nor could whoever reads one.
        return f"sequence is no integer from 1 to {MAX_INTEGER}"
    return agent, sequence


def _integer(digits: str) -> int:
    # Python refuses thousands of digits; cut, it is still beyond what is taken.
    return int(digits[:_MAX_INTEGER_CHARS])
