"""The requests that clusop may make of a workspace, by method and path. What is not listed here is never sent.

Reading a list or one entry: the user it runs as, warehouses, clusters, jobs, policies, pools, finished queries, the state
and the rows of a statement. Two requests are POSTs: a statement, whose text must be one of ours, and the cancelling of one
that this client started.
"""

from __future__ import annotations

import re

__all__ = ["ME", "STATEMENTS", "is_allowed_read", "statement_to_cancel"]

STATEMENTS = "/api/2.0/sql/statements"
ME = "/api/2.0/preview/scim/v2/Me"

_ID = "[A-Za-z0-9][A-Za-z0-9_-]{0,127}"
_VERSION = "/api/2[.][0-9]"
_READS = re.compile(
    "|".join(
        (
            re.escape(ME),
            "/api/2[.]0/sql/warehouses",
            f"/api/2[.]0/sql/warehouses/{_ID}",
            "/api/2[.]0/sql/history/queries",
            f"{STATEMENTS}/{_ID}",
            f"{STATEMENTS}/{_ID}/result/chunks/[0-9]{{1,9}}",
            f"{_VERSION}/clusters/(?:list|get|list-node-types|spark-versions)",
            f"{_VERSION}/jobs/(?:list|get|runs/list|runs/get)",
            f"{_VERSION}/policies/clusters/(?:list|get)",
            f"{_VERSION}/instance-pools/(?:list|get)",
        )
    )
)
_CANCEL = re.compile(f"{STATEMENTS}/({_ID})/cancel")


def is_allowed_read(method: str, path: str) -> bool:
    """Whether this is a read that clusop may make. A GET in Databricks' API changes nothing, yet not every one is ours."""
    return method == "GET" and _READS.fullmatch(path) is not None


def statement_to_cancel(method: str, path: str) -> str:
    """The id of the statement that this request would cancel; ``""`` if it would cancel none."""
    found = _CANCEL.fullmatch(path) if method == "POST" else None
    return found[1] if found else ""
