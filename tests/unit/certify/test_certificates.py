"""An upgrade is proposed with a certification's evidence, and only then."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from clusop.analysis.assessment import Finding
from clusop.analysis.certificates import Certificates
from clusop.certify.cell import Cell, Found, Outcome, RunTime
from clusop.certify.certificate import certificate_of
from clusop.certify.matrix import AgentCheck, Matrix
from clusop.certify.stamp import Stamp
from clusop.units import Range

AGENT = AgentCheck(0, 0, 0, 0, {}, 0)
OLD = Stamp("photon", "13.3", "3.4.1", "2.12", "8", "3.10", "13.3", "13.3", "", "0.1.0", 8, "2026-11-01")
NEW = replace(OLD, dbr="16.4", engine_version="16.4", made_on="2026-11-20")
WINDOW = Found("unsupported-operator", "Window")
REGEXP = Found("unsupported-expression", "Project", ("regexp_extract",))


SLOW, FAST = RunTime(4000, 6000), RunTime(1000, 2000)


def fallback(name, *found, times=SLOW):
    return Cell(name, "a", "s", Outcome.FALLBACK, findings=found, run_time=times)


def native(name, times=FAST):
    return Cell(name, "a", "s", Outcome.NATIVE, run_time=times)


def certificates(old, new, stamp=NEW):
    matrices = (Matrix(OLD, "c", tuple(old), AGENT), Matrix(stamp, "c", tuple(new), AGENT))
    return Certificates(tuple(certificate_of(matrix) for matrix in matrices))


def finding(found):
    return Finding(found.cause, found.operator, 0, 0, island=0, functions=found.functions)


def test_what_was_seen_to_run_natively_on_a_newer_runtime_is_proposed_with_its_evidence():
    known = certificates([fallback("window", WINDOW)], [native("window")])
    gain = known.gain("photon", "13.3", [finding(WINDOW)])
    assert gain.runtime == "DBR 16.4"
    assert gain.evidence == "window fell back on DBR 13.3 (2026-11-01) and ran natively on DBR 16.4 (2026-11-20)"
    # 4000/2000 at least, 6000/1000 at most.
    assert gain.gain == Range(Fraction(2), Fraction(6))


@pytest.mark.parametrize(
    ("old", "new", "release", "findings"),
    [
        ([fallback("window", WINDOW)], [fallback("window", WINDOW)], "13.3", [WINDOW]),
        ([fallback("window", WINDOW)], [native("window")], "14.3", [WINDOW]),
        ([fallback("window", WINDOW)], [native("other")], "13.3", [WINDOW]),
        ([native("window")], [native("window")], "13.3", [WINDOW]),
        ([fallback("window", WINDOW)], [native("window")], "13.3", [WINDOW, REGEXP]),
        ([fallback("window", WINDOW, REGEXP)], [native("window")], "13.3", [WINDOW]),
        ([fallback("regexp", REGEXP)], [native("regexp")], "13.3", [Found("unsupported-expression", "Project")]),
        (
            [fallback("regexp", REGEXP)],
            [native("regexp")],
            "13.3",
            [Found("unsupported-expression", "Project", ("get_json_object",))],
        ),
        (
            [fallback("odd", Found("unexplained", "Window"))],
            [native("odd")],
            "13.3",
            [Found("unexplained", "Window")],
        ),
        ([fallback("window", WINDOW)], [native("window")], "13.3", []),
    ],
    ids=[
        "still-falls-back",
        "this-runtime-not-certified",
        "not-run-on-the-newer",
        "did-not-fall-back-here",
        "only-one-of-two-cured",
        "fixture-had-two-shapes",
        "function-not-known",
        "another-function",
        "unexplained",
        "nothing-off",
    ],
)
def test_nothing_is_proposed_without_that_evidence(old, new, release, findings):
    assert certificates(old, new).gain("photon", release, [finding(one) for one in findings]) is None


def test_an_older_runtime_is_no_upgrade():
    older = replace(NEW, dbr="12.2")
    known = certificates([fallback("window", WINDOW)], [native("window")], older)
    assert known.gain("photon", "13.3", [finding(WINDOW)]) is None


def test_the_lowest_runtime_that_cures_it_is_named():
    known = certificates([fallback("window", WINDOW)], [native("window")])
    newest = Matrix(replace(NEW, dbr="18.1"), "c", (native("window"),), AGENT)
    known = Certificates((certificate_of(newest), *known.runtimes))
    assert known.gain("photon", "13.3", [finding(WINDOW)]).runtime == "DBR 16.4"


def test_a_slower_run_proves_no_gain_and_without_times_none_is_assumed():
    slower = certificates([fallback("window", WINDOW)], [native("window", RunTime(5000, 9000))])
    assert slower.gain("photon", "13.3", [finding(WINDOW)]).gain == Range(Fraction(1), Fraction(6, 5))
    unknown = certificates([fallback("window", WINDOW, times=None)], [native("window")])
    assert unknown.gain("photon", "13.3", [finding(WINDOW)]).gain == Range(Fraction(1), Fraction(1))
