"""Desks of points and packs, with made-up answers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from huitou.ground.errors import Refused
from huitou.ground.money import Money
from huitou.loyalty.points.breakage import Breakage
from huitou.loyalty.points.rules import RULES, Rules
from huitou.runs.desks.packs import PackView
from huitou.runs.desks.points import (
    KINDS,
    VERBS,
    BalanceView,
    LiabilityView,
    MonthView,
    PostingView,
    PurseView,
    _broken_words,
)

NASTY = '<script>alert("x")</script>'
ON = RULES.shipped.read_text(encoding="utf-8").replace(
    "\non = false\n", "\non = true\nsince = 2011-01-01\n", 1
)


class FakePoints:
    """Points and stamps with a year of flows, and a person who has both."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.given: list[tuple[Any, ...]] = []
        RULES.write(home, ON)

    @property
    def rules(self) -> Rules:
        return RULES.read(self.home)

    def liability(self) -> tuple[LiabilityView, ...]:
        broken = Breakage(0.21, 0.15, 0.27, 300, 9)
        months = tuple(
            MonthView(f"2011-{n:02d}", 900 * n, 200 * n, 90 * n, 40) for n in range(1, 13)
        )
        points = LiabilityView(
            "points", KINDS["points"], 320, 12_345, 800, 40, Money(131_05, "GBP"), broken,
            Money(103_53, "GBP"), _broken_words(broken), False, months,
        )  # fmt: skip
        cashback = LiabilityView(
            "cashback", KINDS["cashback"], 2, 450, 0, 0, Money(450, "GBP"), None, None,
            _broken_words(None), True, months[:2],
        )  # fmt: skip
        return (points, cashback)

    def of_person(self, person: str) -> PurseView:
        day = date(2011, 12, 1)
        postings = tuple(
            PostingView(f"k{n}", verb, words, "points", KINDS["points"], 30 - 20 * n, day,
                        f"shop|{n}", NASTY, "owner", False)
            for n, (verb, words) in enumerate(VERBS.items())
        )  # fmt: skip
        worth = Money(1_20, "GBP")
        balances = (
            BalanceView("points", KINDS["points"], 120, 30, 5, 115, worth, 20, day, 0, False),
            BalanceView("stamps", KINDS["stamps"], 13, 0, 0, 13, Money(0, "GBP"), 0, None, 10,
                        False),
            BalanceView("cashback", KINDS["cashback"], 450, 0, 0, 450, worth, 0, None, 0, True),
        )  # fmt: skip
        return PurseView(person, balances, postings)

    def gift(self, who: str, amount: int, why: str, by: str, *, kind: str, key: str) -> None:
        if amount > self.rules.gift_most:
            raise Refused("too much at once")
        self.given.append((who, amount, why, by, kind, key))


class FakePacks:
    """One pack, half used."""

    def of_person(self, person: str) -> tuple[PackView, ...]:
        price = Money(300_00, "GBP")
        return (PackView("p", person, NASTY, 10, 4, price, Money(120_00, "GBP"),
                         date(2011, 6, 1), date(2012, 6, 1), "owner", False),)  # fmt: skip
