"""Messages through the network's own proxy: by CONNECT, encrypted end to end, to listed hosts only, as set and not by chance."""

from __future__ import annotations

import ipaddress
import shutil
import subprocess
import time

import pytest
from card_samples import priced
from sqlalchemy import insert, select

from clusop.errors import InputError
from clusop.service.settings.settings import resolve
from clusop.service.store.database import open_database
from clusop.service.store.migrate import migrate
from clusop.service.store.tables.delivery import deliveries
from clusop.service.teams.channels import read_channels
from clusop.service.teams.egress import Egress
from clusop.service.teams.envelope import wire
from clusop.service.teams.outcome import Fate
from clusop.service.teams.problem_card import problem_card
from clusop.service.teams.proxy import Proxy, proxy_of
from clusop.service.teams.webhook import Patience, post_message
from connect_proxy import ConnectProxy
from fake_teams import Behaviour, FakeTeams

HOST = "prod-12.westeurope.logic.azure.com"
SECRET = "c2lnbmF0dXJl-not-a-secret"
NOW_S = 1_795_435_200.0
HASTE = 0.5


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for the webhook's name, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=webhook"]
    made += ["-addext", f"subjectAltName=DNS:{HOST}", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(["openssl", *made], cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return both


@pytest.fixture
def teams(certificate):
    """Teams over TLS, reached by its real name at the end of a tunnel only."""
    with FakeTeams(certificate=certificate) as running:
        yield running


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("cert.pem")))


@pytest.fixture
def proxy(teams):
    with ConnectProxy(teams.port) as running:
        yield running


def address_of(teams, host=HOST):
    return teams.url_at(host).replace(f":{teams.port}", "", 1)


def nobody_asks(host, _port):
    raise AssertionError(f"{host} was looked up, which only the proxy can")


def post(address, proxy, **more):
    egress = Egress(proxy=Proxy("127.0.0.1", proxy.port), **more)
    body = wire(problem_card(priced())).encode()
    return post_message(address, body, egress, NOW_S, Patience(HASTE, 5, nobody_asks))


@pytest.mark.usefixtures("trusted")
def test_a_message_goes_through_the_proxy_which_learns_the_hosts_name_and_nothing_else(teams, proxy) -> None:
    outcome = post(address_of(teams), proxy)
    assert (outcome.fate, outcome.status) == (Fate.ACCEPTED, 202)
    assert [one.status for one in teams.got] == [202]
    assert proxy.asked == [f"CONNECT {HOST}:443 HTTP/1.1"]
    head, _, rest = proxy.seen.partition(b"\r\n\r\n")
    assert head.splitlines()[1:] == [f"Host: {HOST}:443".encode()]
    assert len(rest) > 1000, "the card went through it"
    assert SECRET.encode() not in proxy.seen
    assert b"attachments" not in proxy.seen


@pytest.mark.usefixtures("trusted")
def test_what_the_receiver_answers_means_the_same_as_without_a_proxy(teams, proxy) -> None:
    teams.behave(Behaviour("status", 503, (("Retry-After", "7"),)))
    busy = post(address_of(teams), proxy)
    assert (busy.fate, busy.retry_after_ms) == (Fate.AGAIN, 7000)
    teams.behave(Behaviour("cut"))
    assert post(address_of(teams), proxy).fate is Fate.UNCONFIRMED


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/workflows/x?sig=TOPSECRET",
        "https://logic.azure.com.evil.example/workflows/x?sig=TOPSECRET",
        f"https://{HOST}:8443/workflows/x?sig=TOPSECRET",
        f"http://{HOST}/workflows/x?sig=TOPSECRET",
        "https://169.254.169.254/latest?sig=TOPSECRET",
    ],
)
def test_the_list_of_hosts_counts_before_the_proxy_is_asked(proxy, address) -> None:
    outcome = post(address, proxy)
    assert outcome.reason.id == "address-refused"
    assert "TOPSECRET" not in outcome.reason.sentence
    assert proxy.asked == []


def test_a_host_that_is_an_address_inside_is_refused_though_it_is_listed(proxy) -> None:
    listed = {"hosts": frozenset({"10.0.0.1"})}
    assert post("https://10.0.0.1/x", proxy, **listed).reason.id == "address-refused"
    assert proxy.asked == []
    post("https://10.0.0.1/x", proxy, networks=(ipaddress.ip_network("10.0.0.0/8"),), **listed)
    assert proxy.asked == ["CONNECT 10.0.0.1:443 HTTP/1.1"]


@pytest.mark.parametrize(
    ("mode", "status", "told"),
    [
        ("refuse", 407, "refuses with HTTP 407"),
        ("refuse", 403, "refuses with HTTP 403"),
        ("refuse", 302, "refuses with HTTP 302"),
        ("refuse", 502, "refuses with HTTP 502"),
        ("garbage", 0, "no HTTP"),
        ("endless", 0, "no HTTP"),
        ("drop", 0, "broke the connection"),
        ("hang", 0, "in time"),
        ("drip", 0, "in time"),
    ],
)
@pytest.mark.usefixtures("trusted")
def test_a_proxy_that_does_not_let_us_through_sends_nothing_and_is_named(teams, mode, status, told) -> None:
    with ConnectProxy(teams.port, mode, status) as proxy:
        began_s = time.monotonic()
        outcome = post(address_of(teams), proxy)
        took_s = time.monotonic() - began_s
    assert (outcome.fate, outcome.reason.id) == (Fate.AGAIN, "not-reached")
    assert "the proxy 127.0.0.1" in outcome.reason.sentence
    assert told in outcome.reason.sentence
    assert took_s < 10 * HASTE
    assert teams.got == []
    assert SECRET.encode() not in proxy.seen


@pytest.mark.usefixtures("trusted")
def test_a_proxy_that_is_not_there_is_named(teams) -> None:
    with ConnectProxy(teams.port) as proxy:
        egress = Egress(proxy=Proxy("127.0.0.1", proxy.port))
    outcome = post_message(address_of(teams), b"{}", egress, NOW_S, Patience(HASTE, 5, nobody_asks))
    assert outcome.fate is Fate.AGAIN
    assert "the proxy 127.0.0.1: no connection (ConnectionRefusedError)" in outcome.reason.sentence


def test_a_proxy_that_looks_inside_sends_nothing(teams, proxy) -> None:
    """Its certificate is one nobody here trusts; where a company's own is to be trusted, SSL_CERT_FILE says so."""
    outcome = post(address_of(teams), proxy)
    assert outcome.fate is Fate.AGAIN
    assert "TLS failed" in outcome.reason.sentence
    assert teams.got == []
    assert SECRET.encode() not in proxy.seen


@pytest.mark.usefixtures("trusted")
def test_what_the_environment_says_of_proxies_is_not_followed(teams, proxy, monkeypatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    egress = Egress(frozenset({HOST}), (ipaddress.ip_network("127.0.0.0/8"),))
    body = wire(problem_card(priced())).encode()
    outcome = post_message(teams.url_at(HOST), body, egress, NOW_S, Patience(2, 5, lambda _host, _port: ["127.0.0.1"]))
    assert outcome.status == 202
    assert proxy.asked == []
    # Nor does it switch off what is set.
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "*")
    assert post(address_of(teams), proxy).status == 202
    assert len(proxy.asked) == 1


def read_setting(told):
    settings = resolve({}, {"CLUSOP_SERVE_MESSAGE_PROXY": told})
    return proxy_of(settings.text("message_proxy"), settings.origins["message_proxy"])


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("", None),
        ("http://proxy.example.com:8080", Proxy("proxy.example.com", 8080)),
        ("http://proxy.example.com/", Proxy("proxy.example.com", 3128)),
        ("http://[fd00::7]:8080", Proxy("fd00::7", 8080)),
    ],
)
def test_the_setting_is_read(told, found) -> None:
    assert read_setting(told) == found
    (channel,) = read_channels([{"name": "a", "url": "env:X"}], found)
    assert channel.egress.proxy == found


@pytest.mark.parametrize(
    "told",
    [
        "http://ana:hunter2@proxy.example.com:3128",
        "http://hunter2@proxy.example.com:3128",
        "https://proxy.example.com/?hunter2",
        "ftp://proxy.example.com/hunter2",
        "socks5://hunter2.example.com",
        "https://hunter2.example.com:3128",
        "http://proxy.example.com/hunter2",
        "http://proxy.example.com:hunter2",
        "http://pr\u00f6xy.example.com/hunter2",
        "hunter2",
        "http://",
    ],
)
def test_what_is_no_http_proxy_or_holds_a_secret_ends_the_start_and_is_not_repeated(told) -> None:
    with pytest.raises(InputError) as fault:
        read_setting(told)
    assert fault.value.where == "CLUSOP_SERVE_MESSAGE_PROXY"
    assert "http" in fault.value.remedy
    assert "hunter2" not in str(fault.value)
    with pytest.raises(InputError) as fault:
        proxy_of(told)
    assert "hunter2" not in str(fault.value)


@pytest.fixture
def database_url(tmp_path):
    """A file of its own with one message that waits."""
    url = f"sqlite:///{tmp_path / 'clusop.db'}"
    database, now_ms = open_database(url), int(time.time() * 1000)
    migrate(database)
    row = {"channel": "pricing", "team": "", "kind": "card", "created_at_ms": now_ms, "due_at_ms": now_ms}
    with database.writing() as connection:
        connection.execute(insert(deliveries).values(row | {"body": wire(problem_card(priced()))}))
    database.close()
    return url


@pytest.mark.usefixtures("trusted")
def test_the_service_sends_what_waits_through_the_proxy_of_its_settings(
    serve, database_url, teams, proxy, tmp_path
) -> None:
    config = tmp_path / "clusop.yaml"
    config.write_text("channels:\n  - {name: pricing, url: env:URL_OF_PRICING}\n")
    server = serve("--config", str(config), CLUSOP_SERVE_MESSAGE_PROXY=proxy.url, URL_OF_PRICING=address_of(teams))
    (got,) = teams.wait_for(1, 60)
    assert (got.status, got.faults) == (202, ())
    assert proxy.asked == [f"CONNECT {HOST}:443 HTTP/1.1"]
    database = open_database(database_url)
    deadline_s = time.monotonic() + 30
    while (row := _row(database)).state == "sending" and time.monotonic() < deadline_s:
        pass
    database.close()
    assert row.state == "accepted"
    assert SECRET not in server.log.read_text()


def _row(database):
    with database.reading() as connection:
        return connection.execute(select(deliveries)).one()
