"""A request's body with all that is needed to make a batch of it, wherever that is done."""

from __future__ import annotations

import msgspec

from clusop.service.ingest.batch import Batch, batch_of, inflated, lines_of

__all__ = ["Parcel", "unpack"]


class Parcel(msgspec.Struct, frozen=True, array_like=True):
    """A body, who sent it and what it may hold."""

    body: bytes
    workspace: str
    is_packed: bool
    is_offline: bool
    unpacked_bytes: int
    most_records: int


def unpack(parcel: Parcel) -> Batch:
    """The batch in it. Raises ``BatchError``."""
    body = inflated(parcel.body, parcel.unpacked_bytes) if parcel.is_packed else parcel.body
    return batch_of(lines_of(body, parcel.most_records), parcel.workspace, is_offline=parcel.is_offline)
