"""What makes two signals the same problem (DESIGN §8): a hash that survives re-planning, upgrades and repeated submits.

The hash is over bytes that any language writes alike: each field as UTF-8, with its length in front. Digits, blanks and
letter case are those of ASCII for the same reason; every other character counts as a letter and stays as it is.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import string
from dataclasses import dataclass

__all__ = ["Problem", "alike_cause", "operator_family", "signature", "workload_key", "workload_stem"]

_VERSION = "clusop-signature-1"
_HEX_DIGITS = 32
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_HASH = re.compile(r"(?<![0-9a-z])(?=[0-9a-f]*[0-9])[0-9a-f]{8,}(?![0-9a-z])")
_MONTH = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
_DATE_WORD = re.compile(
    rf"(?<![a-z])(?:{_MONTH}|nov(?:ember)?|dec(?:ember)?)(?=[^0-9a-z]*[0-9])"
    rf"|(?<=[0-9])[^0-9a-z]*(?:{_MONTH}|nov(?:ember)?|dec(?:ember)?)(?![a-z])"
)
_CLOCK_WORD = re.compile(r"(?<=\d)\s*(?:am|pm|utc|gmt|z|[twhq](?=\d))(?![a-z])", re.ASCII)
_NUMBER = re.compile(r"[0-9]+")
_GAP = re.compile(r"[\x00-/:-@\[-`{-\x7f]+")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

_ARGUMENTS = re.compile(r"[\s(\[].*", re.DOTALL | re.ASCII)
_FAMILY_ENDINGS = (
    ("python", re.compile(r"Python|Pandas|InArrow|Udtf|UDTF")),
    (
        "object",
        re.compile(r"FromObject|ToObject|^Map(?:Elements|Partitions|Groups)|^AppendColumns|^CoGroup|^FlatMapGroups"),
    ),
    ("state", re.compile(r"State(?:ful|Store)|^StreamingSymmetricHashJoin|^EventTimeWatermark|Deduplicate")),
    ("aggregate", re.compile(r"Aggregate$")),
    ("join", re.compile(r"Join$|^CartesianProduct$")),
    ("window", re.compile(r"Window")),
    ("scan", re.compile(r"^(?:File|Batch|Row)?Scan|Scan$|^Relation")),
    ("exchange", re.compile(r"Exchange$|^Repartition|^Coalesce$|^AQEShuffleRead$")),
    ("sort", re.compile(r"Sort$|^TakeOrdered")),
    ("limit", re.compile(r"Limit$")),
    ("write", re.compile(r"Write|^Insert|^Append|^Overwrite|^MergeRows")),
)

# A setting, or a release, has Spark hand a UDF its rows by Arrow: BatchEvalPython becomes ArrowEvalPython and tells another
# cause, and the UDF is the same.
_ALIKE = {"pandas-udf": "python-udf"}


def alike_cause(cause: str) -> str:
    """The cause by which a problem is known: one for causes that the same query may show in turn."""
    return _ALIKE.get(cause, cause)


def operator_family(name: str) -> str:
    """The family of an operator's name, so that another plan of the same query names the same problem.

    Adaptive execution and new releases turn one join, aggregate or UDF evaluation into another; the family stays. A name
    of no known family is its own family, without arguments, digits and the ``Exec`` of class names.
    """
    scan = name.lstrip().startswith("Scan ")
    bare = "Scan" if scan else _ARGUMENTS.sub("", name.strip()).removesuffix("Exec")
    for family, pattern in _FAMILY_ENDINGS:
        if pattern.search(bare):
            return family
    return _NUMBER.sub("", bare).translate(_LOWER)


def workload_stem(name: str) -> str:
    """A run's, cluster's or notebook's name without what changes from run to run: uuids, hashes, dates, times, numbers.

    A name of nothing else keeps a 0 in the place of each.
    """
    text = _HASH.sub("0", _UUID.sub("0", name.translate(_LOWER)))
    text = _CLOCK_WORD.sub("", _DATE_WORD.sub("0", text))
    stem = _GAP.sub(" ", _NUMBER.sub(" ", text)).strip(" ")
    return stem or _GAP.sub(" ", _NUMBER.sub("0", text)).strip(" ")


def workload_key(name: str, job_id: str, secret_key: bytes) -> str:
    """Whose work it is: ``job:<id>`` of a saved job, else ``name:<keyed hash>`` of the name's stem (HMAC-SHA-256).

    ``job_id`` must be empty for one-time submits: their ids change with every run. The hash is keyed, so that a name cannot
    be found by trying names.
    """
    if job_id:
        return f"job:{job_id}"
    digest = hmac.new(secret_key, workload_stem(name).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return f"name:{digest[:_HEX_DIGITS]}"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a signature is made of. ``workload`` is a :func:`workload_key`, ``family`` an :func:`operator_family`;
    ``occurrence`` numbers equal problems of one query, lowest operator first, from 0.
    """

    workspace: str
    workload: str
    task_key: str
    cause: str
    family: str
    occurrence: int = 0


def signature(problem: Problem) -> str:
    """The signature of a problem, 32 hex digits. No plan fingerprint, release or adaptive shape goes in."""
    fields = (
        _VERSION,
        problem.workspace,
        problem.workload,
        problem.task_key,
        alike_cause(problem.cause),
        problem.family,
        str(problem.occurrence),
    )
    encoded = [field.encode("utf-8", "surrogatepass") for field in fields]
    return hashlib.sha256(b"".join(b"%d:%b" % (len(field), field) for field in encoded)).hexdigest()[:_HEX_DIGITS]
