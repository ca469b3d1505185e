"""Worth it? What must be true for an act to pay for one person, and whether that is expected.

A customer who will still bring 160 may be won back for 100, but not always:

    paid to each person addressed    the chance to come back only because of it must pass 100 / 160
    paid only on return              of those who take it, 100 / 160 must not have come otherwise

Both lines stand at 62.5 %; what differs is of whom. Who would have come anyway takes the money too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said

EACH = "each"
"""Paid to each person addressed, whatever comes of it."""
TAKERS = "takers"
"""Paid only to who comes back and takes it."""


@dataclass(frozen=True)
class Needed:
    """The line an act must pass for one person. Amounts are minor units."""

    of: str
    """`EACH`: of those addressed; `TAKERS`: of those who take it."""
    share: float
    """Share who must buy only because of it; above 1 nothing can pay."""
    expected: float
    """Share who are expected to."""
    most: int
    """The most that it may cost for each (or for each taker) with the share expected."""

    @property
    def pays(self) -> bool:
        """Whether the expected share passes the line."""
        return self.expected > self.share


def paid_to_each(price: float, worth: float, delta: float = 0.0) -> Needed:
    """An act that costs `price` for each person, where one more buyer brings `worth`.

    `delta` is the expected rise of the chance to buy.
    """
    share = price / worth if worth > 0 else float("inf")
    return Needed(EACH, share, delta, int(max(0.0, delta * worth)))


def paid_on_return(
    price: float, worth: float, p_buy: float = 0.0, delta: float = 0.0, contact: float = 0.0
) -> Needed:
    """An act that costs `price` when taken, and `contact` for each person addressed.

    Takers are those who would have bought anyway (`p_buy`) and those who come because of it.
    """
    takers = p_buy + delta
    each = contact / takers if takers > 0 else 0.0
    share = (price + each) / worth if worth > 0 else float("inf")
    expected = delta / takers if takers > 0 else 0.0
    return Needed(TAKERS, share, expected, int(max(0.0, expected * worth - each)))


def needed(receipt: Mapping[str, Any]) -> Needed | None:
    """The line for the act of a receipt; None where nothing is done.

    What it costs is what the receipt says: out of pocket, and the attention it takes.
    """
    if receipt["act"] == "nothing":
        return None
    worth, delta = receipt["worth"], receipt["delta"]
    if not receipt["cap"]:
        return paid_to_each(receipt["cost"] + receipt["attention"], worth, delta)
    contact = receipt["worst_cost"] - receipt["cap"]
    takers = receipt["p_taken"]
    price = (receipt["cost"] - contact) / takers if takers > 0 else float(receipt["cap"])
    return paid_on_return(price, worth, takers - delta, delta, contact + receipt["attention"])


def needed_words(receipt: Mapping[str, Any], currency: str) -> tuple[Sentence, ...]:
    """Which of the two lines applies to this person, in their own numbers; the sizes that pay."""
    found = needed(receipt)
    words = () if found is None else (_line(found, currency),)
    return (*words, *_sizes(receipt, currency))


def _line(found: Needed, currency: str) -> Sentence:
    numbers = {
        "needed": round(100 * min(found.share, 9.99), 1),
        "expected": round(100 * found.expected, 1),
        "most": Money(found.most, currency),
    }
    if found.of == EACH:
        return said(
            "It is paid for each who is addressed: it pays when more than {needed} % buy only"
            " because of it. {expected} % are expected to, so it may cost {most} at most.",
            **numbers,
        )
    return said(
        "It is paid only when taken, by those too who would have come anyway: it pays when more"
        " than {needed} % of the takers come only because of it. {expected} % are expected to, so a"
        " taker may cost {most} at most.",
        **numbers,
    )


def _sizes(receipt: Mapping[str, Any], currency: str) -> tuple[Sentence, ...]:
    """Between the least that moves and the most that pays: the sizes of offers for this person."""
    least, most = receipt.get("least_pays"), receipt.get("most_pays")
    if least is None or most is None:
        return ()
    return (
        said(
            "Offers for them pay from {least}, the least that moves, to {most}, the most that"
            " pays.",
            least=Money(least, currency),
            most=Money(most, currency),
        ),
    )
