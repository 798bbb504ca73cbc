"""YAML in which each key stands once. PyYAML takes the last of several and loses the others without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from yaml.nodes import MappingNode

__all__ = ["DoubleKeyError", "load_once"]

_MERGE = "tag:yaml.org,2002:merge"


class DoubleKeyError(Exception):
    """``key`` stands a second time in the same mapping. Lines count from 1."""

    def __init__(self, key: str, line: int, first_line: int) -> None:
        super().__init__(key)
        self.key = key
        self.line = line
        self.first_line = first_line


class _Loader(yaml.SafeLoader):
    """Looks while nodes are composed: later, what ``<<`` brings in stands among a mapping's own keys, which may replace it."""

    def compose_mapping_node(self, anchor: Any) -> MappingNode:  # Any: PyYAML's types have it wrong
        """The node, whose keys differ as they are written: ``1`` and ``"1"`` are one setting."""
        node = super().compose_mapping_node(anchor)
        lines: dict[str, int] = {}
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                continue
            line = key.start_mark.line + 1
            if key.value in lines:
                raise DoubleKeyError(key.value, line, lines[key.value])
            lines[key.value] = line
        return node


def load_once(data: bytes) -> object:
    """The document. Raises ``DoubleKeyError``, and what ``yaml.safe_load`` raises."""
    loader = _Loader(data)
    try:
        found: object = loader.get_single_data()
    finally:
        loader.dispose()
    return found
