"""Reads a page as a machine does: its elements, its links, its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "rect", "line", "path", "img", "hr"})


@dataclass
class Element:
    """An element with its attributes, the text in it, and the elements around it."""

    tag: str
    attributes: dict[str, str]
    above: tuple[Element, ...] = ()
    text: str = ""


@dataclass
class Reading(HTMLParser):
    """``elements`` in their order; ``faults`` are tags that do not fit together."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    @property
    def links(self) -> set[str]:
        return {element.attributes["href"] for element in self.all("a")}

    def fields(self) -> dict[str, str]:
        """What the page's form sends as it stands."""
        found: dict[str, str] = {}
        for element in self.all("input", "textarea"):
            if element.attributes.get("type") == "radio" and "checked" not in element.attributes:
                continue
            found[element.attributes["name"]] = element.attributes.get("value", element.text)
        return found


def reading(text: str) -> Reading:
    made = Reading()
    made.feed(text)
    return made
