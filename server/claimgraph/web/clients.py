"""What arrives, and who asks: the address that limits for each client go by."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_NETWORK = 64  # bits of an IPv6 address that one customer shares


@dataclass(frozen=True, slots=True)
class Arrival:
    """Be a request that has arrived whole: its ASGI scope, the address of its client, and its body."""

    scope: MutableMapping[str, Any]
    client: str
    body: bytes


def client_of(scope: MutableMapping[str, Any], trusted_proxies: int) -> str:
    """Return the address of the client, as the outermost of so many trusted proxies saw it."""
    seen = (scope.get("client") or ("",))[0]
    if trusted_proxies:
        values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        named = [part.strip() for part in ",".join(values).split(",") if part.strip()]
        if named:
            seen = named[-min(trusted_proxies, len(named))]
    return _network(seen) if ":" in seen else seen


@lru_cache(maxsize=1024)
def _network(address: str) -> str:
    """Return the network of an IPv6 address, for one client has many of them."""
    try:
        found = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, _NETWORK), strict=False))
