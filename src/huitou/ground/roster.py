"""Who of the staff makes calls, for how many minutes a day, and in which stores: one line of text.

    read("Mei 240 North, South; Li 90", 480)  ->  Mei with 240 minutes in two stores, Li with 90

Empty text is one clerk, `shop`, with the minutes that the shop has.
"""

from __future__ import annotations

from dataclasses import dataclass

from huitou.ground.errors import BadInput

ALONE = "shop"
"""The one clerk of a shop that has named nobody."""
EXAMPLE = "Mei 240 North, South; Li 90"
DAY = 24 * 60


@dataclass(frozen=True)
class Clerk:
    """Somebody who calls customers."""

    name: str
    minutes: int
    """Minutes a day for calls."""
    stores: tuple[str, ...] = ()
    """The stores whose customers are theirs first; none: anybody's."""

    def keeps(self, store: str | None) -> bool:
        """Whether customers of this store are theirs first."""
        return store is not None and store in self.stores


def read(text: str, minutes: int) -> tuple[Clerk, ...]:
    """The clerks in `text`; `minutes` are those of the one clerk where nobody is named."""
    parts = [part.strip() for part in text.replace("；", ";").split(";") if part.strip()]
    clerks = tuple(_clerk(part) for part in parts) or (Clerk(ALONE, minutes),)
    if len({clerk.name for clerk in clerks}) < len(clerks):
        raise BadInput("two clerks have the same name", to_try=EXAMPLE)
    return clerks


def _clerk(part: str) -> Clerk:
    words = part.replace("，", ",").split()
    place = next((i for i, word in enumerate(words) if word.isdecimal()), 0)
    if not place or int(words[place]) > DAY:
        raise BadInput(f"{part!r} is not a name and minutes a day", to_try=EXAMPLE)
    stores = " ".join(words[place + 1 :]).split(",")
    named = tuple(store.strip() for store in stores if store.strip())
    return Clerk(" ".join(words[:place]), int(words[place]), named)
