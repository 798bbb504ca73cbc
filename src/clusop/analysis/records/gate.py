"""The gates through which text passes into a record (promise P10). What does not match becomes ``""`` or a keyed hash.

Patterns, not habits: no field of a record takes free text. The Scala twin is ``com.clusop.listener.deliver.Gate``; the
patterns here are also those of the schemas, so that a reader refuses what a gate would not have let through.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from clusop.analysis.causes.functions import spark_functions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "CALL_SITE",
    "CLUSTER",
    "COMPUTE",
    "DBR",
    "EXECUTION",
    "FAMILY",
    "FUNCTION",
    "HOURS",
    "IMAGE",
    "INPUT_NAME",
    "INPUT_VALUE",
    "JOB_ID",
    "NODE_TYPE",
    "OPERATOR",
    "PRICE_ID",
    "REASON",
    "SPARK",
    "TAG_KEY",
    "TASK_KEY",
    "WORKLOAD",
    "WORKSPACE",
    "built_in",
    "call_site",
    "keyed_hash",
    "matching",
    "operator_name",
    "or_hash",
    "tags",
]

_HEX_32 = "[0-9a-f]{32}"
_HASHED = f"~{_HEX_32}"

WORKSPACE = f"(?:[0-9A-Za-z][0-9A-Za-z_-]{{0,63}}|{_HASHED})?"
TASK_KEY = f"(?:[0-9A-Za-z_-]{{1,100}}|{_HASHED})?"
JOB_ID = "[0-9]{1,20}"
WORKLOAD = f"job:{JOB_ID}|name:{_HEX_32}"
_CLUSTER_ID = "[0-9]{4}-[0-9]{6}-[0-9a-z]{1,32}(?:-v2n)?"
CLUSTER = f"(?:{_CLUSTER_ID})?"
COMPUTE = f"(?:job:{JOB_ID}(?::{_HEX_32})?|cluster:{_CLUSTER_ID})?"
_DBR_WORD = r"photon|aarch64|cpu|gpu|ml|hls|esr|lts|snapshot|scala2\.1[0-9]"
DBR = rf"(?:v?(?:client\.)?[0-9]{{1,3}}(?:\.(?:[0-9]{{1,3}}|x)){{0,3}}(?:-(?:{_DBR_WORD})){{0,8}})?"
IMAGE = r"(?:release__[0-9A-Za-z][0-9A-Za-z._-]{0,190})?"
SPARK = r"(?:[0-9]{1,3}\.[0-9]{1,3}(?:\.[0-9]{1,5}){0,2}(?:[-.](?:SNAPSHOT|amzn|databricks|preview|rc)[0-9.-]{0,8})?)?"
NODE_TYPE = (
    "(?:[a-z][a-z0-9-]{1,23}[.][a-z0-9-]{1,23}|(?:Standard|Basic)_[A-Za-z0-9_-]{1,47}"
    "|[a-z][a-z0-9]{1,7}[_-][a-z]{1,16}(?:[_-][a-z0-9]{1,8}){1,4})?"
)
OPERATOR = "[A-Z][A-Za-z0-9_$]{0,79}(?: [A-Za-z][A-Za-z0-9]{0,39})?|[?]"
FAMILY = "[a-z_$]{1,79}|[?]"
FUNCTION = "[a-z_][a-z0-9_]{0,63}"
REASON = "[a-z0-9]+(?:-[a-z0-9]+)*"
HOURS = "[0-9]{1,12}(?:[.][0-9]{1,12})?"
EXECUTION = "(?:[0-9]{1,19})?"
CALL_SITE = r"(?:[0-9A-Za-z_.-]{1,64}:[0-9]{1,7})?"
TAG_KEY = "[0-9A-Za-z_.:/=+@ -]{1,64}"
PRICE_ID = "[0-9A-Za-z._-]{1,80}"
INPUT_NAME = "[A-Za-z][A-Za-z0-9_]{0,47}"
_NUMBER = "-?[0-9]{1,60}(?:[.][0-9]{1,24}|/[0-9]{1,60})?"
INPUT_VALUE = f"{_NUMBER}(?:[.][.]{_NUMBER})?|=[a-z_]{{1,48}}|unpriced:{REASON}|elastic|fixed|unknown"

_MAX_TAGS = 16
_MAX_TAG_CHARS = 128
_MAX_CLASS_DIGITS = 4
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_LONG_WORD = re.compile("[0-9A-Za-z]{20,}")
_SITE = re.compile(r"([0-9A-Za-z_.-]{1,64}):([0-9]{1,7})[ \t]*\Z")

# What may follow Scan: formats and relations of Spark's own. Other words can be names that users gave.
_SCANNED = frozenset({
    "ExistingRDD", "JDBCRelation", "KafkaRelation", "OneRowRelation", "avro", "binaryFile", "cloudFiles", "csv", "delta", "hive",
    "hudi", "iceberg", "image", "jdbc", "json", "kafka", "libsvm", "orc", "parquet", "rate", "text", "xml",
})  # fmt: skip


def matching(text: str, pattern: str) -> str:
    """``text`` where it is of the form, else ``""``."""
    return text if re.fullmatch(pattern, text, re.ASCII) else ""


def keyed_hash(text: str, secret_key: bytes) -> str:
    """HMAC-SHA-256 of ``text``, 32 hex digits: cannot be found by trying texts without the key."""
    return hmac.new(secret_key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def or_hash(text: str, pattern: str, secret_key: bytes) -> str:
    """``text`` where it is of the form and looks like no secret, else ``~`` and its keyed hash: two such texts still differ."""
    if not text:
        return ""
    plain = matching(text, pattern)
    return plain if plain and not _looks_secret(plain) else f"~{keyed_hash(text, secret_key)}"


def _looks_secret(text: str) -> bool:
    """Twenty letters and digits in a row, some of each: tokens and keys are made like that, and names are not."""
    return any(not word.isdecimal() and not word.isalpha() for word in _LONG_WORD.findall(text))


def operator_name(name: str) -> str:
    """A canonical operator name, or ``?``.

    It must look like a class name: capital first, a small letter, few digits, of bounded length. The word after ``Scan`` can
    be what a user called an RDD, so only formats and relations of Spark's own stay there.
    """
    head, blank, rest = name.partition(" ")
    small = sum("a" <= character <= "z" for character in head)
    digits = sum("0" <= character <= "9" for character in head)
    if not re.fullmatch(OPERATOR, head, re.ASCII) or head == "?" or not small or digits > _MAX_CLASS_DIGITS:
        return "?"
    if not blank:
        return head
    if head == "Execute":
        is_command = rest.endswith(("Command", "Exec")) and operator_name(rest) == rest
        return name if is_command and matching(name, OPERATOR) else head
    return f"{head} {rest}" if rest in _SCANNED else head


def built_in(functions: Iterable[str]) -> tuple[str, ...]:
    """Those of ``functions`` that are Spark's own: the name of a user's function is private."""
    known = spark_functions()
    return tuple(name for name in functions if name in known and matching(name, FUNCTION))


def call_site(text: str) -> str:
    """Base name and line of the place a query was called from, ``""`` where the text shows none."""
    first = text.split("\n", 1)[0]
    found = _SITE.search(first)
    return f"{found[1]}:{found[2]}" if found else ""


def tags(found: Mapping[str, str], allowed: Iterable[str]) -> dict[str, str]:
    """The values of allow-listed keys, without control characters, each cut at 128 characters; at most 16."""
    kept: dict[str, str] = {}
    for key in allowed:
        if len(kept) < _MAX_TAGS and key in found and matching(key, TAG_KEY):
            kept[key] = _CONTROL.sub("", found[key])[:_MAX_TAG_CHARS]
    return kept
