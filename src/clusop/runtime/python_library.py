"""Whether the modules of Python's library that clusop needs are Python's own here.

A script's directory stands first on the search path: an ``email.py`` beside it is what ``import email`` finds. clusop must
neither run that file before its owner does nor break over it.
"""

from __future__ import annotations

import os
import sys

__all__ = ["CORE", "HTTP", "hidden"]

# What the runtime loads in an armed driver, and what sending over HTTP loads besides; a test holds both to what is loaded.
CORE = (
    "ast binascii bisect bz2 collections contextlib copy copyreg dataclasses datetime decimal dis enum fnmatch "
    "fractions functools glob hashlib heapq html importlib inspect ipaddress json keyword linecache lzma math numbers "
    "opcode operator pathlib platform random re reprlib select selectors shutil signal struct subprocess tempfile "
    "threading token tokenize types typing urllib uuid warnings weakref zipfile zlib"
)
HTTP = (
    "array base64 binascii calendar email http ipaddress locale quopri select selectors socket ssl string stringprep struct "
    "unicodedata urllib uu"
)
_LIBRARY = os.__file__.rpartition(os.sep)[0] + os.sep
_COMPILED = os.sep + "lib-dynload" + os.sep
_OF_OTHERS = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)


def hidden(names: str) -> str:
    """The file that stands for one of ``names`` and is not Python's; ``""``: there is none."""
    return next((place for name in names.split() if (place := _place(name)) and not _is_python_s(place)), "")


def _place(name: str) -> str:
    from importlib.machinery import PathFinder  # here: not before it is asked

    if name in sys.builtin_module_names:
        return ""
    known = sys.modules.get(name)
    spec = getattr(known, "__spec__", None) if known is not None else PathFinder.find_spec(name)
    origin = getattr(spec, "origin", None) or getattr(known, "__file__", None) or ""
    return "" if origin in {"frozen", "built-in"} else str(origin)


def _is_python_s(place: str) -> bool:
    # Compiled modules may lie elsewhere, by how Python was built.
    is_within = place.startswith(_LIBRARY) or _COMPILED in place
    return is_within and not any(part in place for part in _OF_OTHERS)
