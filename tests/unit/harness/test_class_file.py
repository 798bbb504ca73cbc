from __future__ import annotations

import struct

import pytest

from class_file import read_class_file


def text(word: str) -> bytes:
    data = word.encode()
    return struct.pack(">BH", 1, len(data)) + data


def class_file(constants: list[bytes], this: int, *, places: int, major: int = 52) -> bytes:
    head = struct.pack(">IHHH", 0xCAFEBABE, 0, major, places + 1)
    return head + b"".join(constants) + struct.pack(">HHHHHH", 0x21, this, 0, 0, 0, 0)


def test_the_names_a_class_refers_to() -> None:
    constants = [
        text("com/acme/Thing"),  # 1
        struct.pack(">BH", 7, 1),  # 2: this class
        text("[[Lscala/Option;"),  # 3
        struct.pack(">BH", 7, 3),  # 4: an array of a class
        text("[I"),  # 5
        struct.pack(">BH", 7, 5),  # 6: an array of a primitive
        struct.pack(">Bq", 5, 7),  # 7 and 8: a long takes two places
        text("run"),  # 9
        text("(Ljava/util/Map;I)Lorg/acme/Result;"),  # 10
        struct.pack(">BHH", 12, 9, 10),  # 11
    ]
    read = read_class_file(class_file(constants, 2, places=11))
    assert (read.name, read.major_version) == ("com/acme/Thing", 52)
    assert read.referred == {"com/acme/Thing", "scala/Option"}
    assert read.described == {"java/util/Map", "org/acme/Result"}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + b"\0" * 20, struct.pack(">IHHHB", 0xCAFEBABE, 0, 52, 2, 99)])
def test_what_is_no_class_file(content: bytes) -> None:
    with pytest.raises(ValueError, match="class file"):
        read_class_file(content)
