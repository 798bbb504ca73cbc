"""The one style sheet: the report's, and what the pages add to it. Its address changes with its content."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from clusop.api.access import require
from clusop.report.html import report_template

__all__ = ["STYLE_PATH", "router", "style_version"]

STYLE_PATH = "/static/clusop.css"
_FOR_EVER = "private, max-age=31536000, immutable"
_SHORTLY = "private, max-age=300"
_HASH_CHARS = 12

router = APIRouter(dependencies=[Depends(require("read"))])


@cache
def _style() -> str:
    own = resources.files("clusop.api").joinpath("static").joinpath("clusop.css").read_text(encoding="utf-8")
    return f"{report_template('report.css')}\n{own}"


@cache
def style_version() -> str:
    """A hash of the style sheet: the ``v`` of its address."""
    return hashlib.sha256(_style().encode()).hexdigest()[:_HASH_CHARS]


@router.get(STYLE_PATH)
def style(request: Request) -> Response:
    """The style sheet."""
    is_this_one = request.query_params.get("v") == style_version()
    headers = {"Cache-Control": _FOR_EVER if is_this_one else _SHORTLY, "ETag": f'"{style_version()}"'}
    return Response(_style(), media_type="text/css", headers=headers)
