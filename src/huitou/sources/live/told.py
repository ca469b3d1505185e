"""What one message of a connected shop or site tells: the values that every provider hands on.

A message tells any number of parts. Amounts are major units of the currency beside them, exact;
moments are aware. Parts are pure values: what they change in the lake is `merging`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from huitou.ground.money import digits
from huitou.ground.words import Sentence, said

LONGEST = 255
"""Letters of a name that stands for somebody, of an order number and of a message."""


class Unfit(Exception):
    """A message that cannot be taken as it stands; it is kept with this reason."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Who:
    """Whom a message is about, as far as it says."""

    member_no: str | None = None
    phone: str | None = None
    email: str | None = None
    visitor: str | None = None
    """The name of a browser or device nobody had signed in on."""
    name: str | None = None
    address: str | None = None
    birthday: date | None = None

    @property
    def is_known(self) -> bool:
        """Whether it says more than that there was a visitor."""
        return bool(self.member_no or self.phone or self.email)

    def over(self, earlier: Who) -> Who:
        """This word, and where it is silent the earlier one."""
        if (self.member_no and earlier.member_no and self.member_no != earlier.member_no) or (
            self.email and earlier.email and self.email != earlier.email
        ):
            return self  # somebody else: nothing of the two may be mixed
        missing = {name: value for name, value in vars(earlier).items() if not getattr(self, name)}
        return replace(self, **missing)


@dataclass(frozen=True)
class Goods:
    """One line of an order, or of what came back."""

    line: str
    """Names the line within its order."""
    paid: Decimal
    sku: str | None = None
    product: str | None = None
    category: str | None = None
    quantity: Decimal | None = None
    is_product: bool = True


@dataclass(frozen=True)
class Order:
    """An order as it stood at `told_at`: the latest word counts, whenever it arrives."""

    order_id: str
    at: datetime
    told_at: datetime
    message: str
    who: Who
    currency: str | None
    goods: tuple[Goods, ...]
    is_void: bool = False
    """Called off, or never paid."""
    channel: str | None = None
    campaign: str | None = None


@dataclass(frozen=True)
class CalledOff:
    """An order that counts as never paid from now on; its lines were told elsewhere."""

    order_id: str


@dataclass(frozen=True)
class Refund:
    """What was paid back, once for each `refund_id`; `goods` is None for all of the order."""

    order_id: str
    refund_id: str
    at: datetime
    who: Who
    currency: str | None
    goods: tuple[Goods, ...] | None


@dataclass(frozen=True)
class Visit:
    """A moment somebody was seen: a page, a screen, a product, an act with a name."""

    message: str
    at: datetime
    kind: str
    name: str | None
    who: Who
    sku: str | None = None
    product: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Profile:
    """What is known of somebody who says who they are; the latest word counts."""

    told_at: datetime
    who: Who


@dataclass(frozen=True)
class Tie:
    """A visitor turned out to be somebody."""

    visitor: str
    who: Who
    at: datetime


Part = Order | CalledOff | Refund | Visit | Profile | Tie


# -- reading what strangers wrote


def text(value: Any, longest: int = 500) -> str | None:
    """A word or number as text without blanks around it; None for nothing, or for what is none."""
    if value is None or value is True or value is False:
        return None
    if isinstance(value, int | float):
        value = str(value)
    elif not isinstance(value, str):
        return None
    if not value.isascii():  # half a letter cannot be kept as one
        value = value.encode("utf-8", "replace").decode()
    return value.replace("\x00", "").strip()[:longest] or None


def must_name(value: Any, what: str) -> str:
    """A text that names something; `Unfit` where there is none."""
    found = name_of(value, what)
    if found is None:
        raise Unfit(said("it says no {what}", what=what))
    return found


def name_of(value: Any, what: str) -> str | None:
    """A text that names something; `Unfit` where it is too long to be a name."""
    told = text(value, LONGEST + 1)
    if told is not None and len(told) > LONGEST:
        raise Unfit(said("{what} is longer than {n} letters", what=what, n=LONGEST))
    return told


def amount(value: Any, what: str) -> Decimal | None:
    """An amount in major units; None where there is none, `Unfit` where it is no number."""
    if value is None or value == "":
        return None
    no_amount = Unfit(said("{what} is no amount", what=what))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise no_amount
    try:
        told = Decimal(str(value).strip())
    except InvalidOperation as no:
        raise no_amount from no
    if not told.is_finite() or abs(told) >= Decimal(10) ** 13:
        raise no_amount
    return told


def moment(value: Any) -> datetime | None:
    """A moment of ISO 8601 as aware UTC; None where there is none. Without a zone it is UTC."""
    if not isinstance(value, str) or not value:
        return None
    try:
        told = datetime.fromisoformat(value.strip())
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(value: Any) -> date | None:
    """A birthday; None where it is none."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def inner(value: Any, *path: str) -> Any:
    """What lies at the end of a path of names in objects of JSON; None where it ends before."""
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def objects(value: Any) -> Sequence[Mapping[str, Any]]:
    """The objects of a list; nothing where it is none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def joined(*parts: Any, by: str = " ") -> str | None:
    """The words among these, in a row."""
    return by.join(told for part in parts if (told := text(part))) or None


def currency_of(value: Any) -> str | None:
    """A code of a currency in large letters."""
    told = text(value, 3)
    return told.upper() if told else None


# -- amounts


def apportioned(whole: Decimal, goods: Sequence[Goods], currency: str) -> tuple[Goods, ...]:
    """The goods with `whole` spread over them by what each cost, to the last minor unit.

    What is left by rounding goes to the largest remainders, the earlier first.
    """
    unit = Decimal(1).scaleb(-digits(currency))
    whole = whole.quantize(unit)
    weight = sum((each.paid for each in goods), Decimal(0))
    if not goods or weight <= 0:
        return tuple(goods)
    exact = [whole * each.paid / weight for each in goods]
    shares = [part.quantize(unit, rounding="ROUND_FLOOR") for part in exact]
    rest = int((whole - sum(shares)) / unit)
    order = sorted(range(len(goods)), key=lambda n: (shares[n] - exact[n], n))
    for place in order[:rest]:
        shares[place] += unit
    return tuple(replace(each, paid=share) for each, share in zip(goods, shares, strict=True))


def numbered(goods: Iterable[Goods]) -> tuple[Goods, ...]:
    """The goods with lines of one name told apart: `sku`, `sku#2`."""
    seen: dict[str, int] = {}
    told = []
    for each in goods:
        seen[each.line] = nth = seen.get(each.line, 0) + 1
        told.append(replace(each, line=f"{each.line}#{nth}") if nth > 1 else each)
    return tuple(told)


def beside(line: str, paid: Decimal | None) -> tuple[Goods, ...]:
    """A line that is no product: postage, tax; none where nothing was paid for it."""
    return (Goods(line, paid, product=line, is_product=False),) if paid else ()
