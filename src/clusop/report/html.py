"""The report as one HTML file: styles and drawings inside, no script, nothing fetched from anywhere."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, FunctionLoader, StrictUndefined

from clusop.report.template_filters import FILTERS

if TYPE_CHECKING:
    from datetime import datetime

    from clusop.report.view import ReportView

__all__ = ["render_html", "report_template"]


def render_html(view: ReportView, made_at: datetime | None = None) -> str:
    """The page. ``made_at`` is said in its head where it is given."""
    made = made_at.strftime("%Y-%m-%d %H:%M UTC") if made_at is not None else ""
    return _environment().get_template("report.html.j2").render(report=view, made=made)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(report_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(FILTERS)
    return environment


def report_template(name: str) -> str:
    """The text of a file in ``templates``; the service's pages use the same styles and parts."""
    return resources.files("clusop.report").joinpath("templates").joinpath(name).read_text(encoding="utf-8")
