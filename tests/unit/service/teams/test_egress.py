"""Where messages may go: the list, https, public addresses; and that no refusal repeats the secret."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from clusop.reasons import Reason
from clusop.service.teams.egress import Egress, Target, addresses_of, target_of

SECRET = "sig=TOPSECRET"
FLOW = f"/workflows/abc/triggers/manual/paths/invoke?api-version=2016-06-01&{SECRET}"
OLD = f"https://prod-12.westeurope.logic.azure.com:443{FLOW}"
NEW = f"https://default0123.45.environment.api.powerplatform.com/powerautomate{FLOW}"
TEST = Egress(http_on_loopback=True)


@pytest.mark.parametrize("address", [OLD, NEW])
def test_webhooks_of_workflows_are_taken(address):
    target = target_of(address, Egress())
    assert isinstance(target, Target)
    assert target.is_tls
    assert target.port == 443
    assert target.path.endswith(SECRET)
    assert SECRET not in repr(target)


@pytest.mark.parametrize(
    "address",
    [
        f"http://prod-12.westeurope.logic.azure.com{FLOW}",
        f"https://evil.example{FLOW}",
        f"https://evillogic.azure.com{FLOW}",
        f"https://logic.azure.com.evil.example{FLOW}",
        f"https://logic.azure.com@evil.example{FLOW}",
        f"https://evil.example#.logic.azure.com{FLOW}",
        f"https://evil.example\\.logic.azure.com{FLOW}",
        f"https://prod.logic.azure.com:8443{FLOW}",
        f"https://169.254.169.254{FLOW}",
        f"https://[::1]{FLOW}",
        f"https://localhost{FLOW}",
        f"http://127.0.0.1:80{FLOW}",
        f"ftp://prod.logic.azure.com{FLOW}",
        f"file:///etc/passwd?{SECRET}",
        f"https://prod.logic.azure.com/a\r\nHost: evil.example{SECRET}",
        f"https://prod.logic.azure.com/ {SECRET}",
        f"https://prod.lo\u0261ic.azure.com{FLOW}",
        f"https://prod.logic.azure.com:99999{FLOW}",
        f"https://{SECRET}",
        "",
    ],
)
def test_all_else_is_refused_without_repeating_the_address(address):
    refusal = target_of(address, Egress())
    assert isinstance(refusal, Reason)
    assert refusal.id == "address-refused"
    assert "TOPSECRET" not in refusal.sentence


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_http_goes_to_the_loopback_only_and_only_by_the_switch_for_tests(host):
    assert isinstance(target_of(f"http://{host}:8081{FLOW}", TEST), Target)
    assert isinstance(target_of(f"http://{host}:8081{FLOW}", Egress()), Reason)
    assert isinstance(target_of(f"http://10.0.0.1:8081{FLOW}", TEST), Reason)


def test_an_exact_host_of_the_settings_is_taken_and_no_other_below_it():
    egress = Egress(frozenset({"hooks.example.com"}))
    assert isinstance(target_of(f"https://hooks.example.com:8443{FLOW}", egress), Target)
    assert isinstance(target_of(f"https://a.hooks.example.com{FLOW}", egress), Reason)


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.1.2.3", "100.64.0.1", "224.0.0.1",
        "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "2002:7f00:1::", "ff02::1", "nonsense",
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused_even_beside_a_public_address(inside):
    target = target_of(OLD, Egress())
    refusal = addresses_of(target, Egress(), lambda _host, _port: ["20.50.1.1", inside])
    assert isinstance(refusal, Reason)
    assert refusal.id == "address-refused"


def test_the_switch_for_tests_opens_no_loopback_to_https():
    target = target_of(OLD, TEST)
    assert isinstance(addresses_of(target, TEST, lambda _host, _port: ["127.0.0.1"]), Reason)


def test_public_addresses_and_networks_of_the_settings_are_taken():
    target = target_of(OLD, Egress())
    assert addresses_of(target, Egress(), lambda _host, _port: ["20.50.1.1", "20.50.1.1"]) == ("20.50.1.1",)
    inside = Egress(networks=(ipaddress.ip_network("10.1.0.0/16"),))
    assert addresses_of(target, inside, lambda _host, _port: ["10.1.2.3"]) == ("10.1.2.3",)
    assert isinstance(addresses_of(target, inside, lambda _host, _port: ["10.2.0.1"]), Reason)


def test_a_name_that_is_not_found_was_not_reached():
    def missing(_host, _port):
        raise socket.gaierror

    refusal = addresses_of(target_of(OLD, Egress()), Egress(), missing)
    assert isinstance(refusal, Reason)
    assert refusal.id == "not-reached"
