"""Shows a message as Teams would: npm's ``adaptivecards`` in a browser, with a host configuration like that of Teams.

``render_card.py MESSAGE.json … --out DIR`` writes a page of each that any browser opens, and a picture where a Chromium and
PyPI's playwright are here. It needs npm's package, which ``make cards-fetched`` fetches once; ``make demo`` does all of it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Shown", "browser_problem", "library_problem", "main", "page_of", "render", "show_message"]

_MODULES = Path(__file__).resolve().parents[1] / ".cache" / "adaptivecards" / "node_modules"
_SCRIPTS = (_MODULES / "adaptivecards/dist/adaptivecards.min.js", _MODULES / "markdown-it/dist/markdown-it.min.js")
_WIDE, _NARROW = 720, 360

# Any, here and below: playwright's objects, and JSON.
_HOST: dict[str, Any] = {
    "fontFamily": "'Segoe UI', 'DejaVu Sans', sans-serif",
    "fontTypes": {
        "default": {"fontFamily": "'Segoe UI', 'DejaVu Sans', sans-serif"},
        "monospace": {"fontFamily": "Consolas, 'DejaVu Sans Mono', monospace"},
    },
    "supportsInteractivity": True,
    "actions": {"maxActions": 6, "actionAlignment": "left", "actionsOrientation": "horizontal", "buttonSpacing": 8},
    "containerStyles": {"emphasis": {"backgroundColor": "#F5F5F5"}},
    "factSet": {"title": {"weight": "bolder", "wrap": True, "maxWidth": 150}, "value": {"wrap": True}, "spacing": 12},
}
_PAGE = """<!doctype html><meta charset=utf-8><style>
body { margin: 16px; background: #f5f5f5; font-family: 'Segoe UI', 'DejaVu Sans', sans-serif; }
#card { background: #fff; border-radius: 8px; box-shadow: 0 1px 4px #0003; max-width: 100%; }
.ac-pushButton { border: 1px solid #d1d1d1; border-radius: 4px; background: #fff; padding: 6px 14px; font-weight: 600; }
</style><div id=card></div>"""
_SHOW = """([card, host]) => {
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = markdownit().render(text); result.didProcess = true; };
  const shown = new AdaptiveCards.AdaptiveCard();
  shown.hostConfig = new AdaptiveCards.HostConfig(host);
  const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5);
  shown.parse(card, context);
  document.getElementById('card').appendChild(shown.render());
  const texts = [...document.querySelectorAll('#card *')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0);
  return { text: document.getElementById('card').innerText,
    faults: context._validationEvents ? context._validationEvents.map(e => e.message) : [],
    elements: [...new Set([...document.querySelectorAll('#card *')].map(e => e.tagName.toLowerCase()))].sort(),
    overflow: texts.map(e => e.textContent.slice(0, 80)) };
}"""


_ALONE = """<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">
<title>{title}</title>{style}<div id=card></div>
{scripts}
<script>({show})({arguments})</script></html>
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stood in the browser: its text, the kinds of HTML elements, and texts that did not fit in their place."""

    text: str
    faults: tuple[str, ...]
    elements: tuple[str, ...]
    overflow: tuple[str, ...]
    requests: tuple[str, ...]


def library_problem() -> str:
    """Why cards cannot be shown here; ``""`` where they can."""
    if not all(script.is_file() for script in _SCRIPTS):
        return "what renders cards is not here: make cards-fetched, which needs npm and its registry"
    return ""


def browser_problem() -> str:
    """Why no picture can be taken here; ``""`` where one can."""
    if not _chromium():
        return "there is no Chromium: apt-get install chromium"
    if find_spec("playwright") is None:
        return "playwright is not installed: pip install 'clusop[dev]'"
    return ""


def page_of(message: dict[str, Any], title: str) -> str:
    """A page that shows the card of ``message`` and asks nobody for anything. Needs the library."""
    scripts = "".join(f"<script>{script.read_text(encoding='utf-8')}</script>" for script in _SCRIPTS)
    told = json.dumps([message["attachments"][0]["content"], _HOST])
    return _ALONE.format(
        title=escape(title),
        style=_PAGE.partition("<meta charset=utf-8>")[2].partition("<div")[0],
        scripts=scripts,
        show=_SHOW,
        # A name in a card must not end the script.
        arguments=told.replace("<", "\\u003c"),
    )


def render(messages: Iterable[Path], out: Path) -> dict[Path, str]:
    """A page of each message into ``out``, and a picture where that can be done: what was written, each with what the browser
    had to say against it. Needs the library.
    """
    out.mkdir(parents=True, exist_ok=True)
    told = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in messages}
    written: dict[Path, str] = {}
    for name, message in told.items():
        page = out / f"{name}.html"
        page.write_text(page_of(message, name), encoding="utf-8")
        written[page] = ""
    return written if browser_problem() else written | _pictures(told, out)


def _pictures(told: Mapping[str, dict[str, Any]], out: Path) -> dict[Path, str]:
    from playwright.sync_api import sync_playwright

    written = {}
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        for name, message in told.items():
            for label, width in (("wide", _WIDE), ("narrow", _NARROW)):
                picture = out / f"{name}-{label}.png"
                shown = show_message(browser, message, picture, width)
                written[picture] = "; ".join((*shown.faults, *shown.overflow))
        browser.close()
    return written


def _chromium() -> str:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""


def show_message(browser: Any, message: dict[str, Any], picture: Path | None = None, width: int = _WIDE) -> Shown:
    """Show the card of ``message`` in a page of its own; a picture of it goes to ``picture``."""
    page = browser.new_page(viewport={"width": width, "height": 400})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.set_content(_PAGE)
        for script in _SCRIPTS:
            page.add_script_tag(content=script.read_text(encoding="utf-8"))
        told = page.evaluate(_SHOW, [message["attachments"][0]["content"], _HOST])
        if picture is not None:
            page.screenshot(path=str(picture), full_page=True)
    finally:
        page.close()
    faults, elements, overflow = (tuple(told[name]) for name in ("faults", "elements", "overflow"))
    return Shown(told["text"], faults, elements, overflow, tuple(asked))


def main(arguments: list[str]) -> int:
    """Write the pages and pictures."""
    parser = argparse.ArgumentParser(description="Show messages as Teams would")
    parser.add_argument("messages", type=Path, nargs="+", help="JSON files, each a message as it is POSTed")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="folder for what is written")
    chosen = parser.parse_args(arguments)
    if problem := library_problem():
        print(problem, file=sys.stderr)
        return 2
    for path, against in render(chosen.messages, chosen.out).items():
        print(f"{path}  {against}".rstrip())
    if problem := browser_problem():
        print(f"pages only: {problem}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
