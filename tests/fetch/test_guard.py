"""The address guard: every spelling of an address that is nobody's business, and the two lists."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import NetworkError, RefusedError
from aggregator.fetch.guard import AddressGuard

REFUSED = (
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "192.0.0.8", "192.0.2.7", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.9"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::", "2001:0:7f00:1::"),
    *("fe80::1", "fe80::1%lo", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "100::1"),
)
PASSING = ("8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8", "64:ff9b::808:808")
# As a URL or a resolver may spell them: they are judged after resolution.
HOSTS = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0", "localhost", "::1", "::ffff:127.0.0.1"]


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not AddressGuard().permits(address)


@pytest.mark.parametrize("address", PASSING)
def test_what_is_public_passes(address: str) -> None:
    assert AddressGuard().permits(address)


@pytest.mark.parametrize("host", HOSTS)
def test_hosts_are_judged_by_the_address_they_resolve_to(host: str) -> None:
    with pytest.raises(RefusedError):
        AddressGuard().addresses(host, 80, f"http://{host}/")


def test_an_unknown_name_is_no_refusal() -> None:
    with pytest.raises(NetworkError):
        AddressGuard().addresses("no-such-host.invalid", 80, "http://no-such-host.invalid/")


def test_an_allowed_network_lets_its_own_through_and_nothing_else() -> None:
    guard = AddressGuard(allow=(ipaddress.ip_network("127.0.5.0/24"),))
    assert guard.permits("127.0.5.1")
    assert guard.permits("::ffff:127.0.5.1")
    assert guard.permits("8.8.8.8")
    assert not guard.permits("127.0.0.1")
    assert not guard.permits("10.0.0.1")


def test_a_sole_network_shuts_out_the_world() -> None:
    sample = ipaddress.ip_network("127.0.5.0/24")
    guard = AddressGuard(allow=(sample,), only=(sample,))
    assert guard.permits("127.0.5.200")
    assert not guard.permits("8.8.8.8")
    assert not guard.permits("2606:4700::1111")
    assert not AddressGuard(only=(sample,)).permits("127.0.5.1"), "the sole networks restrict, they do not allow"


def test_what_is_no_address_does_not_pass() -> None:
    assert not AddressGuard().permits("example.org")


@given(st.ip_addresses(v=4))
def test_an_address_in_ipv6_clothes_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    guard = AddressGuard()
    assert guard.permits(f"::ffff:{address}") == guard.permits(str(address))
    assert guard.permits(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address)))) == guard.permits(str(address))
    six_to_four = ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))
    assert not guard.permits(str(six_to_four)) or guard.permits(str(address))
