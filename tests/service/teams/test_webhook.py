"""One POST, over http and https, to receivers that behave badly; and no secret in anything it says."""

from __future__ import annotations

import logging
import shutil
import subprocess

import pytest

from clusop.service.teams.egress import Egress
from clusop.service.teams.outcome import Fate
from clusop.service.teams.webhook import Patience, post_message

TEST = Egress(http_on_loopback=True)
HASTE = Patience(2, 0.5)
NOW_S = 1_795_435_200.0
SECRET = "c2lnbmF0dXJl-not-a-secret"


def post(teams, body=b"{}", egress=TEST, address="", **how):
    return post_message(address or teams.url, body, egress, NOW_S, patience=how.pop("patience", HASTE), **how)


@pytest.mark.parametrize("mode", ["hang", "drip"])
def test_a_receiver_that_does_not_come_to_an_end_is_left_in_time(teams, mode):
    from fake_teams import Behaviour

    teams.behave(Behaviour(mode))
    outcome = post(teams)
    assert outcome.fate is Fate.UNCONFIRMED
    assert "0.5 s were over" in outcome.reason.sentence


def test_the_receiver_is_as_strict_as_teams(teams):
    assert post(teams).status == 400
    assert post(teams, address=teams.url_at("127.0.0.1", flow="another")).status == 404
    assert post(teams, address=teams.url_at("127.0.0.1", signature="another")).status == 401
    assert post(teams, b"x" * 28_673).status == 413
    outcome = post(teams)
    assert (outcome.status, outcome.fate, outcome.retry_after_ms) == (429, Fate.AGAIN, 2_000)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of its own for localhost, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(["openssl", *made], cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return both


@pytest.fixture
def teams_over_tls(certificate):
    from fake_teams import FakeTeams

    with FakeTeams(certificate=certificate) as running:
        yield running


def egress_to_localhost():
    import ipaddress

    return Egress(frozenset({"localhost"}), (ipaddress.ip_network("127.0.0.0/8"),))


def here(_host, _port):
    return ["127.0.0.1"]


def test_https_with_a_certificate_that_is_trusted(teams_over_tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("cert.pem")))
    address = teams_over_tls.url_at("localhost")
    outcome = post(teams_over_tls, egress=egress_to_localhost(), address=address, patience=Patience(2, 5, here))
    assert outcome.status == 400
    assert len(teams_over_tls.got) == 1


def test_https_with_a_certificate_nobody_trusts_sends_nothing(teams_over_tls):
    address = teams_over_tls.url_at("localhost")
    outcome = post(teams_over_tls, egress=egress_to_localhost(), address=address, patience=Patience(2, 5, here))
    assert outcome.fate is Fate.AGAIN
    assert "TLS failed" in outcome.reason.sentence
    assert teams_over_tls.got == []


def test_a_name_is_resolved_once_and_the_answer_is_used(teams_over_tls, certificate, monkeypatch):
    """A second look-up could be answered with an address inside."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("cert.pem")))
    asked = []

    def resolve(host, port):
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    address = teams_over_tls.url_at("localhost")
    post(teams_over_tls, egress=egress_to_localhost(), address=address, patience=Patience(2, 5, resolve))
    assert asked == [("localhost", teams_over_tls.port)]


def test_nothing_that_is_said_or_logged_holds_the_secret(teams, caplog, capfd):
    from fake_teams import Behaviour

    caplog.set_level(logging.DEBUG)
    said = []
    for mode in ("accept", "drop", "cut", "garbage", "hang"):
        teams.behave(Behaviour(mode))
        said.append(repr(post(teams)))
    teams.behave(Behaviour("status", 302, (("Location", teams.url),)))
    said.append(repr(post(teams)))
    said.append(repr(post(teams, address=f"https://evil.example/?sig={SECRET}")))
    said.append(repr(post(teams, address=f"http://127.0.0.1:9/?sig={SECRET}")))
    out, err = capfd.readouterr()
    assert SECRET not in "".join([*said, caplog.text, out, err])
