"""Telling staff: one digest a route, by Apprise, to the addresses that a variable holds.

    export HUITOU_ALERT_URLS="wecombot://KEY  mailtos://user:password@example.com"

Apprise can also start programs and write to this machine; only services that carry a message to
people are let through, whatever the variable says. A digest names no customer: how many alarms of
which kind and what is at stake leave the house, who they are about stays in the console.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from huitou.ground.errors import HuitouError

SERVICES: Mapping[str, str] = {
    "wecombot": "WeCom",
    "dingtalk": "DingTalk",
    "feishu": "Feishu",
    "lark": "Lark",
    "slack": "Slack",
    "workflow": "Teams",
    "workflows": "Teams",
    "mailto": "e-mail",
    "mailtos": "e-mail",
}
"""Schemes that may be told, and what people call them. Nothing else is ever opened."""

CONSOLE = "console"
"""The address of a laptop that has no keys: the digest is written where the program runs."""


@dataclass(frozen=True)
class Digest:
    """What one route is told in one go."""

    title: str
    body: str


class Alerts(Protocol):
    """A way to tell staff. It answers whether every address took the digest, and raises nothing."""

    def tell(self, addresses: Sequence[str], digest: Digest) -> bool:
        """Tell it once to each address."""
        ...


def addresses(variable: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The addresses in an environment variable, parted by blanks; none where it is empty.

    Raises `HuitouError`, which does not show it, where one is of a kind that is not let through.
    """
    found = tuple(environment.get(variable, "").split())
    for place, each in enumerate(found, 1):
        if each != CONSOLE and _scheme(each) not in SERVICES:
            raise HuitouError(
                f"address {place} in {variable} is of a kind that is not told",
                to_try=f"one that begins with {', '.join(f'{name}://' for name in SERVICES)}",
            )
    return found


def _scheme(address: str) -> str:
    told = re.match(r"([a-z][a-z0-9+.-]*)://", address, re.IGNORECASE)
    return told.group(1).lower() if told else ""


class AppriseAlerts:
    """Tells by Apprise, one address after the other."""

    def tell(self, addresses: Sequence[str], digest: Digest) -> bool:
        """Whether all took it. What an address raises counts as not taken."""
        return all([self._tell(each, digest) for each in addresses])

    def _tell(self, address: str, digest: Digest) -> bool:
        import apprise

        # Checked again here: what is opened must not hang on who called.
        if _scheme(address) not in SERVICES:
            return False
        asset = apprise.AppriseAsset(async_mode=False, secure_logging=True, plugin_paths=[])
        asset.app_id = "huitou"
        try:
            service = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
            if service is None:
                return False
            return bool(service.notify(title=digest.title, body=digest.body))
        except Exception:
            return False


@dataclass(frozen=True)
class ConsoleAlerts:
    """For a laptop: the digest goes to `write`, and nothing leaves the machine."""

    write: Callable[[str], object]

    def tell(self, addresses: Sequence[str], digest: Digest) -> bool:
        """Always taken."""
        self.write(f"{digest.title}\n{digest.body}\n")
        return True


@dataclass(frozen=True)
class NullAlerts:
    """For tests: keeps what it was told."""

    told: list[tuple[tuple[str, ...], Digest]] = field(default_factory=list)
    takes: bool = True

    def tell(self, addresses: Sequence[str], digest: Digest) -> bool:
        """Kept, and answered as told."""
        self.told.append((tuple(addresses), digest))
        return self.takes


@dataclass(frozen=True)
class EitherAlerts:
    """`console` goes to the console, everything else to Apprise."""

    console: ConsoleAlerts
    outside: Alerts = field(default_factory=AppriseAlerts)

    def tell(self, addresses: Sequence[str], digest: Digest) -> bool:
        """Whether all took it."""
        here = [each for each in addresses if each == CONSOLE]
        there = [each for each in addresses if each != CONSOLE]
        taken = self.console.tell(here, digest) if here else True
        return (self.outside.tell(there, digest) if there else True) and taken
