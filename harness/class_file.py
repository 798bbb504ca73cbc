"""Reads what a Java class file says of itself: its version, its name, and every class and member it refers to.

Only the constant pool is read (JVM specification, section 4.4); enough to say what a jar needs to be loaded.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

__all__ = ["ClassFile", "read_class_file"]

_MAGIC = 0xCAFEBABE
_SMALLEST = 10
_UTF8, _LONG, _DOUBLE, _CLASS, _NAME_AND_TYPE, _METHOD_TYPE = 1, 5, 6, 7, 12, 16
# Bytes of each kind of constant, without its tag; text carries its own length.
_SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
_IN_DESCRIPTOR = re.compile(r"L([^;<>()]+);")


@dataclass(frozen=True, slots=True)
class ClassFile:
    """What one class file says. Names are written ``java/lang/Object``."""

    name: str
    major_version: int
    referred: frozenset[str]
    """Classes in CONSTANT_Class: what the JVM may resolve when this class is linked and run. Arrays by their element."""
    described: frozenset[str]
    """Classes named in the descriptors of members, its own and others'."""


def _class_of(name: str) -> str | None:
    """The class behind a CONSTANT_Class name; ``None`` for an array of primitives."""
    if not name.startswith("["):
        return name
    element = name.lstrip("[")
    return element[1:-1] if element.startswith("L") else None


def read_class_file(content: bytes) -> ClassFile:
    """Read one class file. Raises ``ValueError`` where it is none."""
    if len(content) < _SMALLEST or struct.unpack_from(">I", content)[0] != _MAGIC:
        raise ValueError("this is no class file")
    _minor, major, count = struct.unpack_from(">HHH", content, 4)
    texts: dict[int, str] = {}
    classes: dict[int, int] = {}
    descriptors: set[int] = set()
    index, at = 1, 10
    while index < count:
        tag = content[at]
        if tag == _UTF8:
            length = struct.unpack_from(">H", content, at + 1)[0]
            # "Modified UTF-8" differs from UTF-8 for NUL and beyond the 16-bit plane only, in no name of a class.
            texts[index] = content[at + 3 : at + 3 + length].decode("utf-8", "surrogateescape")
            at += 3 + length
        elif tag in _SIZES:
            if tag == _CLASS:
                classes[index] = struct.unpack_from(">H", content, at + 1)[0]
            elif tag == _NAME_AND_TYPE:
                descriptors.add(struct.unpack_from(">H", content, at + 3)[0])
            elif tag == _METHOD_TYPE:
                descriptors.add(struct.unpack_from(">H", content, at + 1)[0])
            at += 1 + _SIZES[tag]
        else:
            raise ValueError(f"a class file has no constant of kind {tag}")
        # The format's own oddity: a long or double takes two places.
        index += 2 if tag in {_LONG, _DOUBLE} else 1
    this = struct.unpack_from(">H", content, at + 2)[0]
    described = {name for position in descriptors for name in _IN_DESCRIPTOR.findall(texts[position])}
    # Its own members' descriptors stand in the pool as plain text; so does what looks like one, which does no harm.
    described |= {
        name
        for text in texts.values()
        if text.startswith("(") or (text.startswith("L") and text.endswith(";"))
        for name in _IN_DESCRIPTOR.findall(text)
    }
    referred = {name for position in classes.values() if (name := _class_of(texts[position])) is not None}
    return ClassFile(texts[classes[this]], major, frozenset(referred), frozenset(described))
