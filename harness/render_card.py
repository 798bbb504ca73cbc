"""Shows a message as Teams would: npm's ``adaptivecards`` in a Chromium, with a host configuration like that of Teams.

``render_card.py MESSAGE.json … --out DIR`` writes a picture of each. It needs a Chromium, PyPI's playwright, and once
``npm install --prefix .cache/adaptivecards adaptivecards@3.0.6 markdown-it@14``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Shown", "library_problem", "main", "show_message"]

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
        return "npm install --prefix .cache/adaptivecards adaptivecards@3.0.6 markdown-it@14 was not run"
    return ""


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
    """Write the pictures."""
    parser = argparse.ArgumentParser(description="Show messages as Teams would")
    parser.add_argument("messages", type=Path, nargs="+", help="JSON files, each a message as it is POSTed")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="folder for the pictures")
    chosen = parser.parse_args(arguments)
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    problem = library_problem() or ("" if executable else "there is no Chromium: apt-get install chromium")
    if problem:
        print(problem, file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    chosen.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for path in chosen.messages:
            message = json.loads(path.read_text(encoding="utf-8"))
            for name, width in (("wide", _WIDE), ("narrow", _NARROW)):
                picture = chosen.out / f"{path.stem}-{name}.png"
                shown = show_message(browser, message, picture, width)
                print(f"{picture}  {'; '.join((*shown.faults, *shown.overflow))}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
