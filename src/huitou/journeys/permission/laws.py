"""What the law of a place asks of who writes to people there: dated data with its sources.

It helps to keep the rules and is no advice on them. A pack is one file in `packs/`; each rule has
an id, where it comes from, since when, and a test of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from huitou.ground.errors import BadInput

HERE = Path(__file__).parent / "packs"
CODES = ("CN", "TW", "EU", "US", "default")

BASES = ("until_refused", "customer", "consent")
"""What marketing rests on, the strictest last: nothing said against it; a purchase of late, where
the shop says it may (`email_to_customers`); or their own yes."""
DUTIES = ("subject", "signature", "opt_out", "postal_address", "refusal", "disclosure")
BY_TRAITS = "by_traits"
"""A kind: who refuses offers chosen from what they bought gets none."""
KINDS = ("basis", "second_yes", "hours", "words", "retention", BY_TRAITS, *DUTIES)

INDIVIDUAL = frozenset({"code", "amount", "quote", "offer", "price"})
"""What a message is told when the offer in it was worked out for its reader alone."""


@dataclass(frozen=True)
class Rule:
    """One thing a law asks."""

    id: str
    kind: str
    channels: tuple[str, ...]
    source: str
    since: date
    basis: str = ""
    opens: time | None = None
    closes: time | None = None
    text: Mapping[str, str] = field(default_factory=dict)
    """By language; {shop}, {address} and {unsubscribe} are filled in by who writes."""
    words: tuple[str, ...] = ()
    months: int = 0


@dataclass(frozen=True)
class Pack:
    """The rules of one place."""

    code: str
    name: str
    dated: date
    countries: tuple[str, ...]
    holidays: frozenset[date]
    rules: tuple[Rule, ...]

    def of(self, kind: str, channel: str) -> tuple[Rule, ...]:
        """The rules of a kind that speak about a channel."""
        return tuple(r for r in self.rules if r.kind == kind and channel in r.channels)

    def basis(self, channel: str) -> Rule | None:
        """What marketing rests on here; None where this pack says nothing of it."""
        return next(iter(self.of("basis", channel)), None)


@lru_cache(maxsize=len(CODES))
def pack(code: str) -> Pack:
    """A pack by its code. Raises `BadInput` for any other."""
    if code not in CODES:
        raise BadInput(f"there is no pack {code!r}", to_try=", ".join(CODES))
    told = tomllib.loads((HERE / f"{code}.toml").read_text(encoding="utf-8"))
    return Pack(
        code=told["code"],
        name=told["name"],
        dated=told["dated"],
        countries=tuple(told["countries"]),
        holidays=frozenset(told["holidays"]),
        rules=tuple(_rule(each) for each in told["rule"]),
    )


def every() -> tuple[Pack, ...]:
    """All packs that are shipped."""
    return tuple(pack(code) for code in CODES)


def holding(enabled: Sequence[Pack], country: str | None) -> tuple[Pack, ...]:
    """The packs that hold for somebody in a country: its own, else `default` where it is enabled.

    Nobody knows where they are: all that are enabled, together, which is the strictest of each.
    """
    if country is None:
        return tuple(enabled)
    own = tuple(each for each in enabled if country in each.countries)
    return own or tuple(each for each in enabled if each.code == "default") or tuple(enabled)


@dataclass(frozen=True)
class Duty:
    """What a message must carry, by kind (`DUTIES`)."""

    kind: str
    rule: str
    text: str


def duties(
    packs: Sequence[Pack], channel: str, language: str, *, individual: bool = False
) -> tuple[Duty, ...]:
    """What a marketing message must carry under these packs, in a language.

    `individual`: the offer in it was chosen for this person.
    """
    wanted = [kind for kind in DUTIES if kind != "disclosure" or individual]
    return tuple(
        Duty(kind, rule.id, rule.text.get(language) or rule.text["en"])
        for kind in wanted
        for each in packs
        for rule in each.of(kind, channel)
    )


def is_individual(told: Mapping[str, Any]) -> bool:
    """Whether the offer in a message was chosen for this person."""
    return bool(INDIVIDUAL & set(told))


def _rule(told: Mapping[str, Any]) -> Rule:
    known = {name: told[name] for name in ("id", "kind", "source", "since")}
    if told["kind"] not in KINDS or told.get("basis", BASES[0]) not in BASES:
        raise BadInput(f"the rule {told['id']} is of no known kind")
    return Rule(
        **known,
        channels=tuple(told["channels"]),
        basis=told.get("basis", ""),
        opens=clock(told["opens"]) if "opens" in told else None,
        closes=clock(told["closes"]) if "closes" in told else None,
        text=told.get("text", {}),
        words=tuple(told.get("words", ())),
        months=told.get("months", 0),
    )


def clock(told: str) -> time:
    """A time of day as `09:00`. Raises `BadInput` for any other."""
    try:
        return time.fromisoformat(told)
    except (TypeError, ValueError) as bad:
        raise BadInput(f"{told!r} is no time of day", to_try="09:00") from bad
