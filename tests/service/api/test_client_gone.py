"""Who goes away in the middle of a request is no fault of the service: nothing is stored, and its log holds no traceback."""

from __future__ import annotations

import asyncio
import io
import logging

from sqlalchemy import func, select

from clusop.service.ingest.decoder_process import LENGTH_BYTES, framed, serve_decoding
from clusop.service.ingest.unpack import Parcel
from clusop.service.store.tables.problems import signals
from clusop.service.tokens import create_token

NOW_MS = 1_790_000_000_000


def test_an_agent_that_goes_away_half_way_through_its_batch(app, database, caplog) -> None:
    with database.writing() as connection:
        token = create_token(connection, "agent", "ingest", NOW_MS)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/x-ndjson", "content-length": "1000"}
    scope = {
        "type": "http", "method": "POST", "path": "/v1/signals", "raw_path": b"/v1/signals", "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()], "http_version": "1.1",
        "scheme": "http", "server": ("clusop", 80), "client": ("10.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    told = iter([{"type": "http.request", "body": b"half of", "more_body": True}])

    async def receive():
        return next(told, {"type": "http.disconnect"})

    async def send(_message):
        """Nobody is there."""

    with caplog.at_level(logging.INFO):
        asyncio.run(app(scope, receive, send))
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert any("the client went away" in record.getMessage() for record in caplog.records)
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(signals)) == 0


def test_a_decoder_whose_service_was_killed_while_it_wrote_ends_without_a_word() -> None:
    whole = framed(Parcel(b"{}", "*", is_packed=False, is_offline=False, unpacked_bytes=1000, most_records=10))
    for cut in (LENGTH_BYTES - 1, LENGTH_BYTES, len(whole) - 1):
        answers = io.BytesIO()
        serve_decoding(io.BytesIO(whole[:cut]), answers)
        assert answers.getvalue() == b""
    answers = io.BytesIO()
    serve_decoding(io.BytesIO(whole + whole[:-1]), answers)
    assert int.from_bytes(answers.getvalue()[:LENGTH_BYTES], "big") == len(answers.getvalue()) - LENGTH_BYTES > 0
