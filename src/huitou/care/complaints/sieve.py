"""Which sendings of the public form staff should look at before anybody is woken.

No puzzle, and nothing is refused: what is in doubt is kept, *held*, and its sender sees the same
page as everybody. `Memory` is what the rules know of the last minutes; it never grows past its
bounds.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from huitou.ground.ids import fingerprint

_LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.IGNORECASE)


@dataclass(frozen=True)
class Rules:
    """From when on a sending is in doubt."""

    quickest: timedelta = timedelta(seconds=3)
    """Nobody reads a form and writes a complaint in less."""
    oldest: timedelta = timedelta(hours=24)
    """A form that lay open for longer was more likely copied than left."""
    links: int = 3
    """People complain without links; one to a picture or a parcel is usual."""
    same: int = 5
    """The same long text from several people within `within`."""
    long: int = 20
    """Letters from which on a text counts as the same: "broken" is said by many."""
    from_one: int = 20
    """Sendings from one address within `within`; a shop's own wireless network is one address."""
    within: timedelta = timedelta(minutes=10)


RULES = Rules()


@dataclass(frozen=True)
class Signs:
    """What is known of one sending."""

    trapped: bool
    """The field that people do not see was filled in."""
    open_for: timedelta | None
    """How long the form was open; None where it is not a form of ours."""
    links: int
    same: int
    """How often this text came within the time, with this one."""
    from_one: int
    """How often this address sent within the time, with this one."""


def doubts(signs: Signs, rules: Rules = RULES) -> tuple[str, ...]:
    """Why a sending is held; nothing for most."""
    found = {
        "trap": signs.trapped,
        "no form of ours": signs.open_for is None,
        "too fast": signs.open_for is not None and signs.open_for < rules.quickest,
        "too old": signs.open_for is not None and signs.open_for > rules.oldest,
        "links": signs.links >= rules.links,
        "same text": signs.same >= rules.same,
        "many from one address": signs.from_one > rules.from_one,
    }
    return tuple(name for name, is_so in found.items() if is_so)


def links_in(words: str) -> int:
    """How many links a text holds."""
    return len(_LINK.findall(words))


def gist(words: str, rules: Rules = RULES) -> str | None:
    """What makes two texts the same: letters without case, digits and spaces; None if short."""
    bare = re.sub(r"[\W\d_]+", "", words.casefold())
    return fingerprint(bare) if len(bare) >= rules.long else None


class Memory:
    """How often each of many things was seen within a time; the longest unseen are forgotten."""

    def __init__(self, within: timedelta = RULES.within, most: int = 20_000) -> None:
        self.within = within
        self.most = most
        self._seen: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def count(self, thing: str, now: datetime) -> int:
        """Remember that `thing` came, and say how often it did since its time began, with this."""
        begun, times = self._seen.pop(thing, (now, 0))
        if now - begun > self.within:
            begun, times = now, 0
        self._seen[thing] = (begun, times + 1)
        while len(self._seen) > self.most:
            self._seen.popitem(last=False)
        return times + 1
