"""How much one address may ask for in a short time: a bucket that fills slowly.

A page costs 1, a sending 5. An address may send 60 times at once and twice a second from then on:
a busy shop's own network never gets there, a program that hammers does within a second.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

COST = {"POST": 5.0}
"""Cost of a request by its method; 1 for any other."""


@dataclass(frozen=True)
class Bucket:
    """What an address had left at a moment."""

    left: float
    at: float


class Buckets:
    """One bucket an address, for the addresses seen last; each refills with time."""

    def __init__(self, size: float = 300, a_second: float = 10, most: int = 50_000) -> None:
        self.size, self.a_second, self.most = size, a_second, most
        self._of: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, address: str, cost: float, now: float) -> float:
        """Take `cost` out of an address's bucket; 0, or the seconds until there is enough.

        `now` is a clock that never goes back. A request that is held off costs nothing.
        """
        before = self._of.pop(address, Bucket(self.size, now))
        left = min(self.size, before.left + (now - before.at) * self.a_second)
        wait = max(0.0, (cost - left) / self.a_second)
        self._of[address] = Bucket(left if wait else left - cost, now)
        while len(self._of) > self.most:
            self._of.popitem(last=False)
        return wait


def household(address: str) -> str:
    """What stands for one sender: an address, or of version 6 its network of 64 bits."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return address
