"""Settings: who wins, what is refused with which words, and that off is heard from everybody. SPEC P7 and P10."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clusop.runtime.settings import PREFIX, Origin, declared, key_of, resolve

ENDPOINT = "spark.clusop.endpoint"


def test_the_cluster_conf_wins_over_the_armer_over_the_environment_over_the_default() -> None:
    sources = ({ENDPOINT: "http://conf"}, {"endpoint": "http://armer"}, {"CLUSOP_ENDPOINT": "http://env"})
    seen = []
    for leave in range(4):
        conf, armer, environ = ({} if at < leave else one for at, one in enumerate(sources))
        settings = resolve(conf, armer, environ)
        seen.append((settings.text("endpoint"), settings.origins[ENDPOINT]))
    assert seen == [
        ("http://conf", Origin.CONF),
        ("http://armer", Origin.ARMER),
        ("http://env", Origin.ENVIRONMENT),
        ("", Origin.DEFAULT),
    ]


@pytest.mark.parametrize(
    ("conf", "armer", "environ"),
    [
        ({"spark.clusop.enabled": "false"}, {"enabled": True}, {}),
        ({"spark.clusop.enabled": "true"}, {"enabled": False}, {}),
        ({"spark.clusop.enabled": "true"}, {}, {"CLUSOP_DISABLE": "1"}),
        ({"spark.clusop.enabled": "maybe"}, {}, {}),
        ({}, {}, {"CLUSOP_DISABLE": "anything"}),
    ],
)
def test_whoever_says_off_is_heard(conf: dict[str, str], armer: dict[str, object], environ: dict[str, str]) -> None:
    assert not resolve(conf, armer, environ).switch("enabled")


@pytest.mark.parametrize("told", ["", "0", "false", "no", "off", " "])
def test_a_variable_that_says_no_does_not_switch_off(told: str) -> None:
    assert resolve({}, {}, {"CLUSOP_DISABLE": told}).switch("enabled")


def test_a_bad_value_is_passed_over_for_the_next_source_and_told() -> None:
    settings = resolve({ENDPOINT: "ftp://x"}, {}, {"CLUSOP_ENDPOINT": "http://env"})
    assert settings.text("endpoint") == "http://env"
    assert [problem.sentence for problem in settings.problems] == [
        "A setting cannot be used: spark.clusop.endpoint (cluster conf) is no http or https URL with a host."
    ]


@pytest.mark.parametrize(
    "url",
    [
        "aggregator",
        "http://",
        "http:///path",
        "file:///etc/passwd",
        "http://host:99999",
        "http://host:0",
        "http://a b",
        "http://user:secret@host",
        "http://host/?token=secret",
        "http://host/#x",
        "http://hö.st",
        "http://[::1",
        "http://-x-/",
        "http://host\n/",
    ],
)
def test_what_is_no_endpoint_is_refused_without_repeating_it(url: str) -> None:
    settings = resolve({ENDPOINT: url}, {}, {})
    assert settings.text("endpoint") == ""
    (problem,) = settings.problems
    assert "secret" not in problem.sentence
    assert problem.id == "bad-setting"


@pytest.mark.parametrize(
    "url", ["http://host", "https://host:8443/clusop/", "http://10.0.0.1", "http://[::1]:80", "HTTPS://H"]
)
def test_what_is_an_endpoint_is_taken(url: str) -> None:
    assert resolve({ENDPOINT: url}, {}, {}).text("endpoint") == url.rstrip("/")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("timeoutMs", "99"),
        ("timeoutMs", "60001"),
        ("timeoutMs", "5s"),
        ("timeoutMs", "٣٠٠"),
        ("timeoutMs", "-1"),
        ("budget.cpuShare", "1.1"),
        ("budget.cpuShare", "nan"),
        ("tokenFile", "relative/path"),
        ("allow.callSite", "perhaps"),
        ("fact.workload", "x" * 3000),
        ("fact.workload", "two\nlines"),
    ],
)
def test_values_out_of_range_or_kind_are_refused(key: str, text: str) -> None:
    settings = resolve({PREFIX + key: text}, {}, {})
    assert settings.values[PREFIX + key] == declared()[PREFIX + key].default
    assert [problem.id for problem in settings.problems] == ["bad-setting"]


def test_an_unknown_key_is_told_with_what_was_probably_meant() -> None:
    settings = resolve({"spark.clusop.endpont": "x"}, {"tokenfile": "y"}, {})
    assert [problem.sentence for problem in settings.problems] == [
        "spark.clusop.endpont (did you mean spark.clusop.endpoint?) is no setting of clusop; it is ignored.",
        "tokenfile (did you mean token_file?) is no setting of clusop; it is ignored.",
    ]


@pytest.mark.parametrize("name", ["disable", "enable", "enabld", "armed", "tokens"])
def test_nobody_who_wrote_another_word_is_shown_the_switch_or_a_name_that_is_not_near(name: str) -> None:
    told = [problem.sentence for problem in resolve({PREFIX + name: "x"}, {name: "y"}, {}).problems]
    assert told == [f"{one} is no setting of clusop; it is ignored." for one in (PREFIX + name, name)]


def test_an_armer_may_name_a_setting_as_python_or_as_spark_does() -> None:
    for name in ("spool_max_bytes", "spool.maxBytes", "spark.clusop.spool.maxBytes"):
        assert key_of(name) == "spark.clusop.spool.maxBytes"
    assert key_of("spool_max_byte") == ""


def test_what_is_passed_on_is_what_an_armer_or_the_environment_chose() -> None:
    settings = resolve({ENDPOINT: "http://conf"}, {"allow_tags": ["team", "cost"]}, {"CLUSOP_TIMEOUT_MS": "900"})
    assert settings.chosen() == {"spark.clusop.timeoutMs": "900", "spark.clusop.allow.tags": "team,cost"}


def test_every_declaration_is_well_formed_and_its_default_can_be_written_down() -> None:
    names = set()
    for key, one in declared().items():
        assert key.startswith(PREFIX)
        assert one.env.startswith("CLUSOP_")
        assert one.doc.endswith(".")
        text = one.default if isinstance(one.default, str) else json.dumps(one.default)
        assert one.parse(text) == one.default
        names |= {one.key, one.env}
    assert len(names) == 2 * len(declared())


def test_no_setting_is_read_that_is_not_declared() -> None:
    source = Path(__file__).parents[3] / "src" / "clusop" / "runtime"
    words = "\n".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    import re

    asked = set(re.findall(r'settings\.(?:text|count|switch)\("([\w.]+)"\)', words))
    assert asked
    assert {name for name in asked if PREFIX + name not in declared()} == set()
