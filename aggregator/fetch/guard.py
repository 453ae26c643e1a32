"""The address guard: which network addresses may be connected to, decided on the very address that is then connected to.

A name is resolved once, each of its addresses is judged, and the connection goes to one that passed: a name server that gives
another answer the second time, a redirect, or an address written in an unusual way (127.1, 0x7f000001, ::ffff:127.0.0.1) ends
where every other does.
"""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.errors import NetworkError, RefusedError
from aggregator.settings import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the IPv4 address stands in the last 32 bits
# What no public site needs, whatever a version of `ipaddress` thinks of it: IANA's special-purpose registries' 192.0.0.0/24 and the
# anycast of 6to4 (RFC 7526), NAT64 inside a site (RFC 8215) and IPv4-compatible addresses (RFC 4291 section 2.5.5.1).
NEVER: tuple[Network, ...] = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "::/96")))


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """``allow``: networks that pass although they are not global; ``only``: networks outside which nothing passes."""

    allow: tuple[Network, ...] = ()
    only: tuple[Network, ...] = ()

    def permits(self, address: str) -> bool:
        """Whether a connection to the address (without brackets; a scope such as ``%eth0`` is judged as part of it) is allowed."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        faces = _faces(parsed)
        if self.only and not any(_within(face, self.only) for face in faces):
            return False
        return all(_within(face, self.allow) or _is_public(face) for face in faces)

    def addresses(self, host: str, port: int, url: str) -> Sequence[tuple[socket.AddressFamily, tuple[str, int]]]:
        """Resolve the host; return the families and addresses that may be connected to, in the resolver's order.

        Raises NetworkError if the name is unknown, RefusedError if none of its addresses is allowed.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NetworkError(f"The name {host} cannot be found.", url) from error
        addresses = [(family, (str(where[0]), port)) for family, _, _, _, where in found]
        permitted = [one for one in dict.fromkeys(addresses) if self.permits(one[1][0])]
        if not permitted:
            raise RefusedError(
                f"{host} is not an address on the public internet ({addresses[0][1][0]}); FRONTWIRE_FETCH_ALLOW lists private networks "
                "that may be fetched from, FRONTWIRE_FETCH_ONLY the only ones.",
                url,
            )
        return permitted


def _faces(address: Address) -> tuple[Address, ...]:
    """The address itself, or the IPv4 addresses that it stands for; every one of them has to pass."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address, address.sixtofour)
    if address.teredo:
        return (address, *address.teredo)
    if address in NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return (address,)


def _is_public(address: Address) -> bool:
    special = address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local or address.is_unspecified
    if special or not address.is_global:
        return False
    return not _within(address, NEVER) and not (isinstance(address, ipaddress.IPv6Address) and address.is_site_local)


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
