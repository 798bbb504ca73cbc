"""Function names in an operator's arguments: the candidates when an expression kept it off the engine."""

from __future__ import annotations

import json
import re
import string
from functools import cache
from importlib import resources

__all__ = ["candidate_functions", "function_name", "functions_of", "is_built_in", "spark_functions"]

# A character beyond ASCII counts as a letter, whatever it is: so Scala and every release of Unicode agree.
_CALL = re.compile(r"(?<![\w.#$`\x80-\U0010ffff])([A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)\(", re.ASCII)
_PHASE = re.compile(r"^(?:partial|merge|finalmerge|final)_")
_STRING = re.compile(r"'[^']*'")
_MAX_SCANNED_CHARS = 4096
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

# What every native engine has, and words of plan syntax that look like calls. From the engine's public lists of supported
# expressions: comparison, arithmetic, conditionals, casts, common aggregates and string functions.
_EVERYWHERE = frozenset({
    "abs", "alias", "and", "array", "as", "avg", "case", "cast", "ceil", "coalesce", "concat", "contains", "count", "date",
    "date_add", "date_sub", "datediff", "day", "dayofmonth", "decimal", "dense_rank", "endswith", "exists", "first",
    "first_value", "floor", "greatest", "hash", "hashpartitioning", "hour", "if", "ifnull", "in", "inmemoryfileindex", "inset",
    "isnotnull", "isnull", "knownfloatingpointnormalized", "knownnotnull", "last", "last_value", "least", "length",
    "lengthofjsonarray", "like", "list", "ltrim", "map", "max", "min", "minute", "month", "negative", "normalizenanandzero",
    "not", "nvl", "or", "pmod", "positive", "precise_timestamp_conversion", "preparedeltafileindex", "promote_precision",
    "rangepartitioning", "rank", "round", "row_number", "rtrim", "second", "set", "some", "specifiedwindowframe",
    "splitpart", "sqrt", "startswith", "stddev_samp", "struct", "named_struct", "substr", "substring", "sum", "trim", "tuple",
    "unscaledvalue", "checkoverflow", "makedecimal", "upper", "lower", "when", "windowspecdefinition", "xxhash64", "year",
    "roundrobinpartitioning", "singlepartition", "dynamicpruningexpression", "dynamicpruning", "explode", "outer", "posexplode",
    "keys", "functions", "output", "limit", "hashedrelationbroadcastmode", "paths", "path",
})  # fmt: skip


def function_name(written: str) -> str:
    """A function's name as it is compared: letters of ASCII in lower case, any other as it is."""
    return written.translate(_LOWER)


def functions_of(arguments: str) -> tuple[str, ...]:
    """All function names called in ``arguments``, lower case, aggregate phases (``partial_``) dropped, in order, once each."""
    seen: dict[str, None] = {}
    for match in _CALL.finditer(_STRING.sub("''", arguments[:_MAX_SCANNED_CHARS])):
        seen.setdefault(_PHASE.sub("", function_name(match.group(1))))
    return tuple(seen)


def candidate_functions(arguments: str, lacking: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Functions that may be what the engine lacks: all that are not native everywhere, and those it is known to lack."""
    return tuple(name for name in functions_of(arguments) if name not in _EVERYWHERE or name in lacking)


@cache
def spark_functions() -> frozenset[str]:
    """Names of the functions Spark itself has, lower case. The only place that reads ``spark_functions.json``."""
    text = resources.files("clusop.analysis.causes").joinpath("spark_functions.json").read_text(encoding="utf-8")
    return frozenset(json.loads(text)["functions"])


@cache
def _as_profiles_write() -> frozenset[str]:
    return frozenset(name.replace("_", "") for name in spark_functions())


def is_built_in(function: str) -> bool:
    """Whether Spark itself has this function; a profile writes ``collectlist`` for ``collect_list``."""
    return function in spark_functions() or function in _as_profiles_write()
