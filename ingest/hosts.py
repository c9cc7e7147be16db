"""Which hosts a redirect may lead to: none on the inside of the network, unless the manifest itself points there."""

from __future__ import annotations

import ipaddress
import socket


def may_lead(own: str, target: str) -> bool:
    """Whether a page at host `own`, named in a manifest, may send us on to host `target`.

    Names are looked up; one that nobody knows is let through, as then there is nothing to connect to
    or a proxy that decides for itself.
    """
    return not any(map(_is_inside, addresses(target))) or _is_trusted(own, target)


def may_answer(own: str, target: str, address: str) -> bool:
    """Whether the machine at `address` may answer for `target`: a name can change between look-up and connection."""
    return not _is_inside(address) or _is_trusted(own, target)


def addresses(host: str) -> list[str]:
    """The IP addresses of a host name or of an address in any way of writing it; empty when there are none."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


def _is_trusted(own: str, target: str) -> bool:
    """A manifest that points inside says so itself: on this machine to all that is on the inside, else to that one host.

    This machine is known by how it is written, as a name server outside could call anything loopback.
    """
    return _is_this_machine(own) or (own == target and any(map(_is_inside, addresses(own))))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or _address(host).is_loopback
    except ValueError:
        return False


def _is_inside(address: str) -> bool:
    found = _address(address)
    return not found.is_global or found.is_multicast


def _address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    found = ipaddress.ip_address(address)
    return getattr(found, "ipv4_mapped", None) or found
