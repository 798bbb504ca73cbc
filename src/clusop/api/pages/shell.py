"""What every page has around it, and what every page asks: who looks, when, at which database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from clusop import __version__
from clusop.api.pages.environment import environment
from clusop.api.pages.links import Links
from clusop.api.pages.style import STYLE_PATH, style_version
from clusop.service.problems.exclusions import concerns, current_exclusions, exclusions_in_settings
from clusop.service.suppression.policy_section import read_policy
from clusop.service.views.exclusions import named
from clusop.service.views.kept import Kept
from clusop.service.views.problems import recent_sums

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection
    from starlette.requests import Request

    from clusop.api.access import Caller
    from clusop.service.problems.exclusions import Exclusion
    from clusop.service.store.database import Database
    from clusop.service.suppression.policy import Policy
    from clusop.service.views.days import Window
    from clusop.service.views.exclusions import NamedExclusion
    from clusop.service.views.sums import Sums

__all__ = ["Look", "exclusions_of", "look_of", "page", "recent_of"]

_NAVIGATION = (
    ("/", "Overview"),
    ("/problems", "Problems"),
    ("/jobs", "Jobs"),
    ("/compute", "Compute"),
    ("/suppressions", "Held back"),
    ("/exclusions", "Exclusions"),
    ("/deliveries", "Messages"),
    ("/agents", "Agents"),
    ("/bill", "Bill"),
)
_FOR_ADMINISTRATORS = (("/audit", "Audit"),)
_REFRESH_S = 60
_ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the service: whose, when, and at what. ``in_settings`` are the exclusions that stand there."""

    caller: Caller
    database: Database
    kept: Kept
    policy: Policy
    in_settings: tuple[Exclusion, ...]
    now_ms: int

    @property
    def workspace(self) -> str:
        """The workspace the caller may see; ``*``: all."""
        return self.caller.workspace

    @property
    def may_change(self) -> bool:
        """Whether the caller may change states."""
        return _ADMIN in self.caller.scopes


def look_of(request: Request) -> Look:
    """The look a request is; its caller was let in before."""
    state = request.app.state
    if not hasattr(state, "kept"):
        state.kept = Kept(state.clock)
        state.policy = read_policy(state.settings.section("gate"))
        state.in_settings = exclusions_in_settings(state.settings.section("exclusions"))
    now_ms = int(state.clock.now_at().timestamp() * 1000)
    return Look(request.state.caller, state.database, state.kept, state.policy, state.in_settings, now_ms)


def recent_of(look: Look, connection: Connection, window: Window) -> Mapping[int, Sums]:
    """The sums of ``window`` by problem, of all workspaces."""
    return look.kept.ask(connection, ("recent", window), lambda: recent_sums(connection, window))


def exclusions_of(look: Look, connection: Connection) -> tuple[NamedExclusion, ...]:
    """The exclusions in force that the caller may see: those of the settings, then people's."""
    in_force = named(current_exclusions(connection, look.in_settings, look.now_ms))
    return tuple(one for one in in_force if concerns(one.exclusion, look.workspace))


def page(
    request: Request, template: str, *, title: str, status: int = 200, refreshes: bool = False, **facts: object
) -> HTMLResponse:
    """The page. One that ``refreshes`` does so every minute, until its reader says ``?refresh=off``."""
    links = Links.of(request)
    path = request.url.path.removeprefix(str(request.scope.get("root_path", "")).rstrip("/")) or "/"
    is_on = refreshes and request.query_params.get("refresh") != "off"
    caller: Caller | None = getattr(request.state, "caller", None)
    told = {
        "title": title,
        "at": links,
        "style": links(STYLE_PATH, v=style_version()),
        "navigation": [(links(to), label, _is_here(path, to)) for to, label in _navigation(caller)],
        "version": __version__,
        "caller": caller.actor.name if caller is not None else "",
        "refreshes": refreshes,
        "refresh_s": _REFRESH_S if is_on else 0,
        "refresh_link": str(
            request.url.remove_query_params("refresh")
            if refreshes and not is_on
            else request.url.include_query_params(refresh="off")
        ).removeprefix(f"{request.url.scheme}://{request.url.netloc}"),
        **facts,
    }
    headers = {"Refresh": str(_REFRESH_S)} if is_on else {}
    return HTMLResponse(environment().get_template(template).render(told), status, headers)


def _navigation(caller: Caller | None) -> tuple[tuple[str, str], ...]:
    """What leads where: nobody is shown the way to a page that refuses them."""
    return _NAVIGATION + (_FOR_ADMINISTRATORS if caller is not None and _ADMIN in caller.scopes else ())


def _is_here(path: str, to: str) -> bool:
    return path == to if to == "/" else path == to or path.startswith(f"{to}/")
