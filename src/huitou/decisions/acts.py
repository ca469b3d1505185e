"""What can be done for a customer: the list of acts, what each costs, and whom it may reach.

The acts that huitou ships stand in `acts.toml`; a merchant adds their own (`huitou act add`). Both
are read by `act_of`, which says in words what is wrong with one.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from huitou.facts.life import STAGES
from huitou.ground.errors import BadInput
from huitou.ground.languages import LANGUAGES
from huitou.ground.registry import Registry
from huitou.ground.words import Sentence, said

FILE = Path(__file__).with_name("acts.toml")

LEAVING = frozenset({"slipping", "lost"})
"""Private return offers go only to these, so that no regular ever pays more than a newcomer."""

CONTACT_KINDS = ("thank", "remind", "mended", "surprise", "call")
"""Kinds that take nothing off: whatever they cost is paid for each who is addressed."""
TAKEN_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "offer": "percent",
        "red_packet": "amount",
        "voucher": "amount",
        "amends": "amount",
        "upgrade": "service",
        "step_up": "service",
    }
)
"""Kinds that cost when they are taken -> what they take off: a percentage, an amount, or nothing
off the price, for the shop serves better instead."""
KINDS = ("nothing", *CONTACT_KINDS, *TAKEN_KINDS)

ALIKE = ("nothing", "mended")
"""Kinds that nobody gets for what they bought: word of a fix goes to whomever it hurt."""

EXCEPTIONS: Mapping[str, Sentence] = MappingProxyType(
    {
        "return": said("A private return offer: it asks back who is leaving, once, by a code."),
        "trial": said("A trial sample: it lets a newcomer try what regulars know."),
        "amends": said("Amends: it makes good what went wrong, and is no price."),
    }
)
"""Why a regular may get less of an act than a newcomer: the written reason, shown with it."""


@dataclass(frozen=True)
class Worth:
    """What something costs: a share of the shop's usual basket, or the merchant's own number."""

    share: float = 0.0
    amount: int = 0
    """Minor units; goes before the share."""

    def __bool__(self) -> bool:
        """Whether it costs anything."""
        return bool(self.share or self.amount)

    def at(self, basket: float) -> int:
        """The amount in minor units where a usual basket costs `basket`."""
        return self.amount or rounded(self.share * basket)

    def of(self, basket: float) -> float:
        """The same as a share of the basket."""
        return self.amount / basket if self.amount and basket > 0 else self.share


def by_traits(kind: str) -> bool:
    """Whether an act of this kind is chosen for somebody from what they bought."""
    return kind not in ALIKE


def rounded(amount: float) -> int:
    """An amount as people write it on a voucher: two digits of 1, 2 or 5, and never more."""
    if amount < 10:
        return max(0, math.floor(amount))
    unit: int = 10 ** (len(str(int(amount))) - 1)
    step = unit // 2 if amount >= 2 * unit else max(1, unit // 5)
    return int(amount // step) * step


@dataclass(frozen=True)
class Act:
    """One thing that can be done. Two offers of another depth are two acts of one kind."""

    name: str
    kind: str
    """One of `KINDS`: chooses the letter and the first guess of its effect."""
    claim: Sentence
    """What it is, for the merchant."""
    depth: float = 0.0
    """Share taken off one order, in [0, 1); 0 for all but offers."""
    by_phone: bool = False
    staff_minutes: float = 0.0
    """Minutes of staff for a call, or for a letter on paper; e-mail takes none."""
    attention: float = 0.0
    """Share of the person's value that being addressed once is taken to cost (see `price`)."""
    stages: frozenset[str] = frozenset(STAGES)
    """Stages in which the act is allowed at all."""
    taken: Worth = Worth()
    """What it costs when it is taken, sure buyers included, where it is no percentage."""
    given: Worth = Worth()
    """What it costs for each who is addressed, taken or not."""
    least: Worth = Worth()
    """The smallest order on which it counts."""
    causes: frozenset[str] = frozenset()
    """Suspected reasons for leaving that it fits; any where none are named."""
    excepted: str = ""
    """A code of `EXCEPTIONS`; empty where regulars come first (`decisions/fair.py`)."""
    described: bool = False
    """Whether it waits until the merchant says what it is: no letter promises what nobody has."""
    own: bool = False
    """Whether the merchant added it."""
    stock: int | None = None
    """How many pieces there are to give; None: as many as are wanted."""
    letters: Mapping[str, tuple[str, str]] = field(default_factory=dict, compare=False)
    """The merchant's own letter: language -> (subject, text)."""

    @property
    def is_offered(self) -> bool:
        """Whether it is promised with a code, and costs when it is taken."""
        return self.kind in TAKEN_KINDS

    @property
    def thing(self) -> str:
        """What is taken: percent, amount or service; empty for acts that take nothing off."""
        return TAKEN_KINDS.get(self.kind, "")

    def generosity(self, basket: float) -> float:
        """What is given as a share of a usual basket; 0 for words alone."""
        return self.depth or self.taken.of(basket) or self.given.of(basket)


ACTS: Registry[Act] = Registry("act")
"""Every act huitou ships. `nothing` comes first and is always allowed."""

PRIOR_LETTERS = 500
"""Letters that the prior weighs: after as many of its own, the shop's figure counts half."""
SILENCED_BY = 1 / 500
"""Share of letters that the prior takes to be answered by asking for silence."""
COMPLAINT_WEIGHS = 0.5
"""A complaint about our mail against a wish for silence: half of those who complain stay."""

_FIELDS = frozenset(
    (
        *("name", "kind", "claim", "stages", "causes", "excepted", "described", "letters"),
        *("depth", "taken", "given", "least", "minutes", "attention", "by_phone", "stock"),
    )
)
MOST_NAME = 40
MOST_STOCK = 10**9


def measured_attention(letters: int, silences: int, complaints: int = 0) -> float:
    """How many times the prior it costs this shop to address somebody, shrunken towards 1.

    `letters` have left the house; `silences` people asked to be left alone soon after one, and
    `complaints` came that we write too often.
    """
    harm = silences + COMPLAINT_WEIGHS * complaints
    share = (SILENCED_BY * PRIOR_LETTERS + harm) / (PRIOR_LETTERS + letters)
    return share / SILENCED_BY


def act_of(told: Mapping[str, Any], *, own: bool = False) -> Act:
    """An act from what a file or a form says of it.

    Raises `BadInput` that names the act, what is wrong, and what would do.
    """
    name = str(told.get("name", ""))
    unknown = sorted(set(told) - _FIELDS)
    if unknown:
        raise _wrong(name, f"{unknown[0]!r} says nothing of an act", ", ".join(sorted(_FIELDS)))
    depth = _number(name, told, "depth", 0.0, 0.95)
    act = Act(
        name=name,
        kind=str(told.get("kind", "")),
        claim=_claim(name, told.get("claim"), depth, own=own),
        depth=depth,
        by_phone=bool(told.get("by_phone", told.get("kind") == "call")),
        staff_minutes=_number(name, told, "minutes", 0.0, 480.0),
        attention=_number(name, told, "attention", 0.0, 1.0),
        stages=frozenset(told.get("stages") or STAGES),
        taken=_worth(name, told, "taken"),
        given=_worth(name, told, "given"),
        least=_worth(name, told, "least"),
        causes=frozenset(told.get("causes") or ()),
        excepted=str(told.get("excepted", "")),
        described=bool(told.get("described", False)),
        own=own,
        stock=_stock(name, told.get("stock")),
        letters=_letters(name, told.get("letters") or {}, str(told.get("kind", ""))),
    )
    _check(act)
    return act


def act_to_add(told: Mapping[str, Any]) -> Act:
    """An act of the merchant's own that is new.

    Beyond `act_of` it refuses what nobody means: acts that are in the books already stay readable.
    """
    act = act_of(told, own=True)
    if max(act.given.share, act.taken.share) > 1:
        raise _wrong(act.name, "more than a whole basket is given", "at most 100 %")
    if act.least and _smaller(act.least, act.taken):
        raise _wrong(
            act.name, "the order it counts on is no larger than what is taken off", "a larger least"
        )
    return act


def _check(act: Act) -> None:
    """Refuse an act that cannot stand, in words."""
    plain = act.name.replace("_", "").isascii() and act.name.replace("_", "").isalnum()
    if not plain or len(act.name) > MOST_NAME or act.name != act.name.lower():
        raise _wrong(act.name, "a name is small letters, digits and _", "tea_for_two")
    if act.kind not in KINDS:
        raise _wrong(act.name, f"there is no kind {act.kind!r}", ", ".join(KINDS))
    if act.own and act.kind in ("nothing", "mended"):
        raise _wrong(act.name, f"no act of one's own is of the kind {act.kind!r}", "thank, offer")
    for stage in sorted(act.stages - set(STAGES)):
        raise _wrong(act.name, f"there is no stage {stage!r}", ", ".join(STAGES))
    if act.excepted and act.excepted not in EXCEPTIONS:
        raise _wrong(act.name, f"{act.excepted!r} excepts nothing", ", ".join(EXCEPTIONS))
    if act.excepted == "return" and not act.stages <= LEAVING:
        raise _wrong(
            act.name, "a return offer is only for who is leaving", 'stages = ["slipping", "lost"]'
        )
    if act.excepted == "trial" and (act.kind != "surprise" or act.stages != {"new"}):
        raise _wrong(
            act.name,
            "a trial sample is a surprise for newcomers",
            'kind = "surprise", stages = ["new"]',
        )
    if act.excepted == "amends" and act.kind != "amends":
        raise _wrong(act.name, "only an apology is excepted as amends", 'kind = "amends"')
    _check_costs(act)


def _check_costs(act: Act) -> None:
    if (act.thing == "percent") != (act.depth > 0):
        raise _wrong(act.name, "an offer, and nothing else, has a depth", "depth = 0.1")
    if (act.thing in ("amount", "service")) != bool(act.taken):
        raise _wrong(
            act.name, f"what a {act.kind} costs when taken is not said rightly",
            "taken = { share = 0.1 } or { amount = 2000 }; nothing for words and percentages",
        )  # fmt: skip
    if act.least and act.thing != "amount":
        raise _wrong(act.name, "only an amount off has a least order", 'kind = "voucher"')
    if act.kind == "voucher" and not act.least:
        raise _wrong(
            act.name, "a voucher needs the least order it counts on", "least = { share = 1.5 }"
        )
    if act.given and act.kind not in CONTACT_KINDS:
        raise _wrong(act.name, "what is taken by a code costs nothing before", 'kind = "surprise"')
    if act.by_phone != (act.kind == "call"):
        raise _wrong(act.name, "calls, and nothing else, go by phone", 'kind = "call"')


def _smaller(least: Worth, taken: Worth) -> bool:
    """Whether an order of `least` may be free; an amount and a share cannot be compared here."""
    if least.amount and taken.amount:
        return least.amount <= taken.amount
    return not (least.amount or taken.amount) and least.share <= taken.share


def _claim(name: str, told: Any, depth: float, *, own: bool) -> Sentence:
    text = " ".join(str(told or "").split())
    if not text or len(text) > 200:
        raise _wrong(name, "an act says in one line what it is", 'claim = "A bag of tea"')
    if own:
        return Sentence("{claim}", MappingProxyType({"claim": text}))
    values = {"percent": round(100 * depth)} if depth else {}
    return Sentence(text, MappingProxyType(values))


def _stock(name: str, told: Any) -> int | None:
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told <= MOST_STOCK:
        raise _wrong(name, f"a stock of {told!r} is no number of pieces", "stock = 40")
    return told


PLACES = {
    "percent": ("shop", "usual", "off", "percent", "most", "until", "code"),
    "amount": ("shop", "usual", "most", "least", "until", "code"),
    "service": ("shop", "usual", "gift", "until", "code"),
    "": ("shop", "usual", "gift"),
}
"""What is taken -> the places a letter of one's own may name."""
MUST_NAME = ("code", "until")
"""Without these nobody could use what is offered."""


def _letters(name: str, told: Any, kind: str) -> Mapping[str, tuple[str, str]]:
    """Language -> (subject, text), each place known: no letter leaves with a hole in it."""
    if not isinstance(told, Mapping):
        raise _wrong(name, f"letters are {told!r}", 'letters.en = ["subject", "text"]')
    places, found = PLACES[TAKEN_KINDS.get(kind, "")], {}
    for language, written in told.items():
        if language not in LANGUAGES:
            raise _wrong(name, f"no letter is in {language!r}", ", ".join(LANGUAGES))
        if not isinstance(written, list | tuple) or len(written) != 2:
            raise _wrong(name, "a letter is a subject and a text", '["subject", "text"]')
        subject, text = (str(part).strip() for part in written)
        if not subject or not text or len(subject) > 200 or len(text) > 5_000:
            raise _wrong(name, "a letter has a subject and a text", "at most 200 and 5,000 letters")
        used = set(re.findall(r"{(\w*)}", subject + text))
        for place in sorted(used - set(places)):
            raise _wrong(name, f"a letter cannot name {{{place}}}", ", ".join(places))
        for place in MUST_NAME:
            if kind in TAKEN_KINDS and place not in used:
                raise _wrong(name, f"the letter in {language} does not name {{{place}}}", text)
        found[language] = (subject, text)
    return MappingProxyType(found)


def _number(name: str, told: Mapping[str, Any], field_: str, least: float, most: float) -> float:
    value = told.get(field_, 0.0)
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not good or not least <= value <= most:
        raise _wrong(name, f"{field_} is {value!r}", f"a number between {least:g} and {most:g}")
    return float(value)


def _worth(name: str, told: Mapping[str, Any], field_: str) -> Worth:
    """`{share = 0.1}` or `{amount = 2000}`."""
    value = told.get(field_) or {}
    if not isinstance(value, Mapping) or not set(value) <= {"share", "amount"} or len(value) > 1:
        raise _wrong(name, f"{field_} is {value!r}", "{ share = 0.1 } or { amount = 2000 }")
    share = _number(name, value, "share", 0.0, 10.0)
    amount = value.get("amount", 0)
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 <= amount <= 10**12:
        raise _wrong(name, f"{field_}: {amount!r} is no amount", "whole minor units: 2000")
    return Worth(share, amount)


def _wrong(name: str, what: str, to_try: str) -> BadInput:
    return BadInput(f"act {name!r}: {what}", to_try=to_try)


def shipped(text: str) -> tuple[Act, ...]:
    """The acts of a file like `acts.toml`, in its order; the first is *nothing*."""
    found = tuple(act_of(told) for told in tomllib.loads(text).get("act", ()))
    if not found or found[0].kind != "nothing":
        raise BadInput("the first act is nothing", to_try='name = "nothing"')
    return found


for _act in shipped(FILE.read_text(encoding="utf-8")):
    ACTS.add(_act)

NOTHING = ACTS["nothing"]
CALL_MINUTES = ACTS["call"].staff_minutes
"""Of staff, for one call."""


def in_use(own: Iterable[Act] = ()) -> dict[str, Act]:
    """The acts a plan is drafted from: those of huitou that are ready, and the merchant's own."""
    ready = {act.name: act for act in ACTS.values() if not act.described}
    return ready | {act.name: act for act in own}


def named(receipt: Mapping[str, Any], which: str, acts: Mapping[str, Act]) -> Act | None:
    """The act of a receipt by its name; receipts from before names stood there by kind and depth.

    `which` is act, intended or runner_up. None for an act that nobody knows any more.
    """
    name = receipt.get(f"{which}_name")
    if name is not None and name not in acts:
        return None
    if name is not None:
        return acts[name]
    kind = receipt[which]
    depth = receipt["depth" if which == "act" else f"{which}_depth"]
    alike = (act for act in acts.values() if act.kind == kind and not act.own)
    return next((act for act in alike if act.depth == (depth or 0.0)), None)
