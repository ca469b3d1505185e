"""What can happen around a shop that drives people away, or tells of them; and whom it may touch.

late_delivery   wrong_delivery  out_of_stock   price_rise       what went wrong with goods
store_closed    store_moved     clerk_left     competitor_opened    what changed around them
signed_up       booking         no_show        payment_failed   what one customer did
pack_sold       pack_used
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huitou.ground.errors import BadInput
from huitou.ground.ids import fingerprint
from huitou.ground.registry import Registry
from huitou.ground.words import Sentence, said

SCOPES = ("person_id", "store", "region", "product", "category", "clerk")
"""What a happening may be about; without any it touched everybody."""
LONGEST = 200
LONGEST_WORDS = 2000
OLDEST = date(1990, 1, 1)


@dataclass(frozen=True)
class Kind:
    """One kind of happening."""

    name: str
    words: Sentence
    """As staff choose it."""
    may: tuple[str, ...]
    """Scopes it may have."""
    needs: tuple[str, ...] = ()
    """At least one of these must be said; empty: it may touch everybody."""


KINDS: Registry[Kind] = Registry("kind of happening")
"""Every kind, in the order in which it is offered."""

_ONE = ("person_id",)
_GOODS = ("product", "category")
_PLACES = ("store", "region")

for _kind in (
    Kind("late_delivery", said("Deliveries came late"), (*_ONE, *_PLACES, *_GOODS)),
    Kind(
        "wrong_delivery",
        said("Wrong or broken goods were delivered"),
        (*_ONE, *_PLACES, *_GOODS),
        (*_ONE, *_PLACES, *_GOODS),
    ),
    Kind("out_of_stock", said("Something was out of stock"), (*_GOODS, "store"), _GOODS),
    Kind("price_rise", said("Something became dearer"), (*_GOODS, "store"), _GOODS),
    Kind("store_closed", said("A shop of ours closed"), _PLACES, ("store",)),
    Kind("store_moved", said("A shop of ours moved"), _PLACES, ("store",)),
    Kind(
        "clerk_left",
        said("A clerk left us"),
        ("clerk", *_ONE, *_PLACES),
        ("clerk", "store", "person_id"),
    ),
    Kind("competitor_opened", said("A rival opened nearby"), _PLACES),
    Kind("signed_up", said("A customer signed up"), (*_ONE, "store"), _ONE),
    Kind("booking", said("A customer booked"), (*_ONE, "store", "clerk"), _ONE),
    Kind("no_show", said("A customer did not come to a booking"), (*_ONE, "store", "clerk"), _ONE),
    Kind("payment_failed", said("A payment failed"), (*_ONE, "store"), _ONE),
    Kind("pack_sold", said("A pack of visits was sold"), (*_ONE, "store", "product"), _ONE),
    Kind("pack_used", said("A visit of a pack was used"), (*_ONE, "store", "product"), _ONE),
):
    KINDS.add(_kind)

NOT_KNOWN = said("No such thing is known to happen.")
NOT_ABOUT = said("Such a thing is not about that.")
NEEDS_MORE = said("It does not say whom or what it touched.")
TOO_OLD = said("That is too long ago.")
ENDS_FIRST = said("It ends before it begins.")
TOO_LONG = said("That is too long to keep.")
NOT_YET = said("That has not happened yet.")
NO_DAY = said("That is not a day.")
"""Why something told cannot be taken, as the page says it too."""


@dataclass(frozen=True)
class Happened:
    """Something that happened, checked: its kind exists, and it is about what that kind may be."""

    kind: str
    day: date
    by: str
    until: date | None = None
    person_id: str | None = None
    store: str | None = None
    region: str | None = None
    product: str | None = None
    category: str | None = None
    clerk: str | None = None
    words: str = ""
    key: str = ""
    """What makes it the same when it is told again; computed from the rest where it is empty."""

    def __post_init__(self) -> None:
        """Refuse in one sentence what no such kind can be."""
        _check_kind(self.kind)
        _check_days(self.day, self.until)
        for name in SCOPES:
            _check_scope(KINDS[self.kind], name, getattr(self, name))
        _check_needs(self)
        if len(self.words) > LONGEST_WORDS:
            raise BadInput(TOO_LONG.text, column="words")
        if len(self.key) > LONGEST:
            raise BadInput(TOO_LONG.text, column="key", value=self.key[:40])
        if not self.key:
            object.__setattr__(self, "key", self._own_key())

    def _own_key(self) -> str:
        named = (f"{name}={getattr(self, name) or ''}" for name in SCOPES)
        return fingerprint(self.kind, self.day.isoformat(), *named)[:40]


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise BadInput(
            NOT_KNOWN.text,
            column="kind",
            value=kind,
            to_try=f"one of: {', '.join(KINDS)}",
        )


def _check_days(day: date, until: date | None) -> None:
    if day < OLDEST:
        raise BadInput(TOO_OLD.text, column="day", value=day.isoformat())
    if until is not None and until < day:
        raise BadInput(ENDS_FIRST.text, column="until", value=until.isoformat())


def _check_scope(kind: Kind, name: str, value: str | None) -> None:
    if value is None:
        return
    if name not in kind.may:
        raise BadInput(
            NOT_ABOUT.text,
            column=_column(name),
            value=value,
            to_try=f"one of: {', '.join(_column(each) for each in kind.may)}",
        )
    if len(value) > LONGEST:
        raise BadInput(TOO_LONG.text, column=_column(name), value=value[:40])


def _check_needs(happened: Happened) -> None:
    needs = KINDS[happened.kind].needs
    if needs and not any(getattr(happened, name) for name in needs):
        wanted = " or ".join(_column(name) for name in needs)
        raise BadInput(NEEDS_MORE.text, column=_column(needs[0]), to_try=f"name the {wanted}")


def _column(scope: str) -> str:
    return "customer" if scope == "person_id" else scope
