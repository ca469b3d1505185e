"""Offers on both databases: an oracle of plain dicts agrees after every step, and of many one wins.

The machine makes offers, looks at them, uses and reverses them, lets time pass, ends return offers
of those who bought, and makes two people one. The oracle keeps dicts and knows no ledger.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from tests.contract.undone import Undone
from tests.unit.journeys.given import NOW

from huitou.ground.errors import Refused
from huitou.ground.ids import new_id
from huitou.identity import book as identity
from huitou.loyalty import book as loyalty
from huitou.loyalty.offers import RETURN, Returns, taken_off
from huitou.loyalty.tables import entry, redemption, reversal
from huitou.loyalty.till import book as sales
from huitou.store.books import Books

PEOPLE = ("a", "b", "c")
BOUND = 1000
REST = 3
RETURNS = Returns(cooldown_days=REST, second_share=0.5)
RUNS = int(os.environ.get("HUITOU_OFFER_RUNS", "25"))
STEPS = int(os.environ.get("HUITOU_OFFER_STEPS", "25"))

# The machine asks in plain SQL at each step; what the product says of itself, at every tenth.
UNEVEN = "SELECT posting_key FROM entry GROUP BY posting_key HAVING sum(amount) <> 0"
OWED = """SELECT person_id, sum(amount) FROM entry WHERE account = 'owed'
GROUP BY person_id HAVING sum(amount) <> 0"""
RESERVED = "SELECT person_id, amount FROM exposure WHERE amount <> 0"
OFFERS = "SELECT id, state, order_id, coalesce(given, 0) FROM offer"
GIVEN = "SELECT coalesce(sum(amount), 0) FROM entry WHERE account = 'given'"
MISPAID = "SELECT payable FROM redemption WHERE payable < 0 OR payable <> total - off"


@dataclass
class Mine:
    """One offer as the oracle has it."""

    person: str
    amount: int
    depth: float
    made: int
    ends: int
    is_return: bool
    state: str = "open"
    order: str | None = None
    given: int = 0
    bought: bool = False
    cancelled: frozenset[str] = frozenset()


def _machine(books: Books) -> type[RuleBasedStateMachine]:
    class Offers(RuleBasedStateMachine):
        """What may happen to offers, in any order."""

        def __init__(self) -> None:
            super().__init__()
            self.count = self.looked = self.hours = self.total_given = 0
            self.mine: dict[str, Mine] = {}
            self.now_of = {one: one for one in PEOPLE}
            self.undone = Undone(books)
            self.step = self.undone.step

        def teardown(self) -> None:
            try:
                self.the_house_says_so_too()
            finally:
                self.undone.end()

        @property
        def now(self) -> datetime:
            return NOW + timedelta(hours=self.hours)

        def owed(self, person: str) -> int:
            who = self.now_of[person]
            open_ones = (each for each in self.mine.values() if each.state == "open")
            return sum(each.amount for each in open_ones if self.now_of[each.person] == who)

        def pick(self, which: int, state: str) -> tuple[str, Mine] | None:
            """Mostly one in this state, at times any."""
            fit = sorted(name for name, mine in self.mine.items() if mine.state == state)
            names = fit if fit and which % 5 else sorted(self.mine)
            return (
                (names[which % len(names)], self.mine[names[which % len(names)]]) if names else None
            )

        def code(self, name: str) -> str:
            return str((loyalty.offered(self.undone.unit, name) or {})["code"])

        @initialize(amounts=st.lists(st.integers(1, 500), min_size=3, max_size=6))
        def some_are_out(self, amounts: list[int]) -> None:
            for place, amount in enumerate(amounts):
                one = PEOPLE[place % len(PEOPLE)]
                self.make(one, amount, 9, back=place % 2 == 0, depth=0.5)

        @rule(one=st.sampled_from(PEOPLE), amount=st.integers(1, 500), days=st.integers(1, 9),
              back=st.booleans(), depth=st.sampled_from([0.1, 0.5, 0.999]))  # fmt: skip
        def promise(self, one: str, amount: int, days: int, *, back: bool, depth: float) -> None:
            self.make(one, amount, days, back=back, depth=depth)

        def make(self, one: str, amount: int, days: int, *, back: bool, depth: float) -> None:
            person, self.count = one, self.count + 1
            name, expected = f"{self.count:04d}", amount
            mates = [each for each in self.mine.values()
                     if each.is_return and self.now_of[each.person] == self.now_of[person]
                     and (each.state != "released" or each.bought)]  # fmt: skip
            rests = False
            if back and mates:
                last = max(mates, key=lambda each: each.made)
                rests = last.made > self.hours - 24 * REST
                expected = min(amount, int(0.5 * last.amount))
            fits = not rests and expected > 0 and self.owed(person) + expected <= BOUND
            terms = loyalty.Terms(depth, amount, self.now + timedelta(days=days))
            if back:
                terms = replace(terms, kind=RETURN, stage="lost", returns=RETURNS)
            try:
                with self.step() as unit:
                    row = loyalty.make_offer(unit, name, person, terms, BOUND, self.now)
                assert fits and row["amount"] == expected
                self.mine[name] = Mine(
                    person, expected, depth, self.hours, self.hours + 24 * days, back
                )
                self.hours += 1  # no two are made at one moment
            except Refused:
                assert not fits

        @rule(deeds=st.lists(
            st.tuples(st.booleans(), st.integers(0, 30), st.integers(1, 3000), st.integers(0, 8)),
            min_size=1, max_size=4))  # fmt: skip
        def at_the_till(self, deeds: list[tuple[bool, int, int, int]]) -> None:
            for is_use, which, total, order in deeds:
                if is_use:
                    self.redeem(which, total, order)
                else:
                    self.reverse(which, filled=order % 2 == 0)

        def redeem(self, which: int, total: int, order: int) -> None:
            if (found := self.pick(which, "open")) is None:
                return
            name, mine = found
            self.count += 1
            # Mostly a number of its own; at times one of three that others use too.
            number = f"#{order if order < 3 else f'own {self.count}'}"
            given = taken_off(mine.depth, mine.amount, total)
            if greedy := which % 7 == 6:  # a till that takes off a little more than it may
                given = min(mine.amount, total) + 1
            busy = any(each.order == number for each in self.mine.values() if each is not mine)
            fits = (mine.state == "open" and mine.ends > self.hours and not busy
                    and number not in mine.cancelled and not greedy)  # fmt: skip
            same = mine.state == "settled" and mine.order == number and not greedy
            try:
                with self.step() as unit:
                    row = loyalty.settle(
                        unit, self.code(name), number, given, self.now, order_total=total
                    )
                assert fits or (same and row["given"] == mine.given)
            except Refused:
                assert not fits
                return
            if fits:
                mine.state, mine.order, mine.given = "settled", number, given
                self.total_given += given

        def reverse(self, which: int, *, filled: bool) -> None:
            if (found := self.pick(which, "settled")) is None:
                return
            name, mine = found
            if filled and (left := BOUND - self.owed(mine.person)) > 0:
                # Meanwhile they were promised all that they may hold.
                self.make(mine.person, left, 9, back=False, depth=0.1)
            if mine.order is None:
                with self.step() as unit, pytest.raises(Refused):
                    loyalty.reverse(unit, self.code(name), "never used", self.now)
                return
            number = mine.order
            room = self.owed(mine.person) + mine.amount <= BOUND
            for _ in range(2):  # told twice, once
                with self.step() as unit:
                    loyalty.reverse(unit, self.code(name), number, self.now)
            self.total_given -= mine.given
            mine.state = "expired" if mine.ends <= self.hours else "open" if room else "released"
            mine.cancelled |= {number}
            mine.order, mine.given = None, 0

        @rule(hours=st.integers(1, 60), ended=st.booleans())
        def time_passes(self, hours: int, *, ended: bool) -> None:
            self.hours += hours
            if not ended:  # what is over ends when the day's run comes by, and not before
                return
            with self.step() as unit:
                loyalty.expire(unit, self.now, limit=10_000)
            for mine in self.mine.values():
                if mine.state == "open" and mine.ends <= self.hours:
                    mine.state = "expired"

        @rule(which=st.integers(0, 30), total=st.integers(1, 3000), late=st.booleans())
        def they_come_in_the_last_hour(self, which: int, total: int, *, late: bool) -> None:
            """Before the run of the day ends what is over: just in time, or just too late."""
            if (found := self.pick(which, "open")) is not None:
                self.hours = max(self.hours, found[1].ends - (0 if late else 1))
                self.redeem(which, total, 8)

        @rule(one=st.sampled_from(PEOPLE))
        def they_buy_by_themselves(self, one: str) -> None:
            self.count += 1
            order = f"!{self.count}"
            self.hours += 1
            with self.step() as unit:
                sales.tell(unit, order, one, 500, self.now)
                for row in loyalty.open_returns(unit, [one]):
                    assert sales.bought_since(unit, one, row["made_at"])
                    loyalty.die(unit, row["id"], self.now)
            for mine in self.mine.values():
                if (mine.state == "open" and mine.is_return
                        and self.now_of[mine.person] == self.now_of[one]):  # fmt: skip
                    mine.state, mine.bought = "released", True

        @precondition(lambda self: self.mine)
        @rule(which=st.integers(0, 30))
        def the_letter_never_left(self, which: int) -> None:
            if which % 3 == 0 and (found := self.pick(which, "open")) is not None:
                with self.step() as unit:
                    loyalty.release(unit, found[0], self.now)
                if found[1].state == "open":
                    found[1].state = "released"

        @precondition(lambda self: self.count > 5)
        @rule(one=st.sampled_from(PEOPLE), other=st.sampled_from(PEOPLE))
        def they_are_one(self, one: str, other: str) -> None:
            old, new = self.now_of[one], self.now_of[other]
            if old == new:
                return
            moved = [person for person, now in self.now_of.items() if now == old]
            with self.step() as unit:
                identity.keep(unit, [(person, new) for person in moved], [])
            self.now_of |= dict.fromkeys(moved, new)

        @invariant()
        def the_books_agree(self) -> None:
            ask = self.undone.unit.connection.exec_driver_sql
            assert ask(UNEVEN).all() == [] and ask(MISPAID).all() == []
            reserved = {person: amount for person, amount in ask(RESERVED)}
            assert reserved == {person: int(amount) for person, amount in ask(OWED)}
            owed = Counter[str]()
            for person, amount in reserved.items():
                owed[self.now_of[person]] += amount
            assert owed == Counter({who: self.owed(who) for who in self.now_of.values()})
            assert {row[0]: tuple(row[1:]) for row in ask(OFFERS)} == {
                name: (mine.state, mine.order, mine.given) for name, mine in self.mine.items()
            }
            assert ask(GIVEN).scalar() == self.total_given
            self.looked += 1
            if self.looked % 10 == 0:
                self.the_house_says_so_too()

        def the_house_says_so_too(self) -> None:
            unit = self.undone.unit
            assert loyalty.check(unit) == []
            owed = {one: self.owed(one) for one in PEOPLE}
            assert loyalty.held(unit, PEOPLE) == {one: n for one, n in owed.items() if n}

    return Offers


def test_offers_and_an_oracle_of_dicts_agree(any_books: Books) -> None:
    times = RUNS if any_books.engine.dialect.name == "sqlite" or RUNS > 100 else RUNS // 2
    run_state_machine_as_test(
        _machine(any_books),
        settings=settings(
            max_examples=times,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _one(books: Books, amount: int = 1000, **more: Any) -> str:
    terms = loyalty.Terms(0.2, amount, NOW + timedelta(days=9), **more)
    with books.unit() as unit:
        return str(loyalty.make_offer(unit, new_id(), "p", terms, 10**6, NOW)["code"])


def _use(books: Books, code: str, order: str) -> bool:
    try:
        with books.unit() as unit:
            loyalty.settle(unit, code, order, 200, NOW, order_total=1000)
    except Refused:
        return False
    return True


def test_of_64_tills_at_once_one_wins(any_books: Books) -> None:
    """One coupon, many parallel redemptions: Sylius CVE-2026-31824, litemall 581, mall 1003."""
    code = _one(any_books)
    with ThreadPoolExecutor(64) as tills:
        won = list(tills.map(lambda till: _use(any_books, code, f"order {till}"), range(64)))
    assert sum(won) == 1
    with any_books.reading() as unit:
        assert unit.value(select(func.count()).select_from(redemption)) == 1
        assert loyalty.check(unit) == [] and loyalty.held(unit) == {}


def _till(url: str, code: str, first: int, tries: int, answers: Any) -> None:
    books = Books(url)
    with ThreadPoolExecutor(tries) as tills:
        won = tills.map(lambda till: _use(books, code, f"order {first + till}"), range(tries))
        answers.put(sum(won))
    books.close()


def test_of_64_tills_in_four_processes_one_wins(any_books: Books) -> None:
    code = _one(any_books)
    url = any_books.engine.url.render_as_string(hide_password=False)
    apart = multiprocessing.get_context("spawn")
    answers = apart.Queue()
    tills = [apart.Process(target=_till, args=(url, code, 16 * i, 16, answers)) for i in range(4)]
    for till in tills:
        till.start()
    won = sum(answers.get(timeout=120) for _ in tills)
    for till in tills:
        till.join(60)
    assert won == 1


def test_of_a_race_between_a_use_and_its_reversal_the_books_come_out_even(
    any_books: Books,
) -> None:
    code = _one(any_books)
    assert _use(any_books, code, "first")

    def turn(number: int) -> None:
        with any_books.unit() as unit:
            loyalty.reverse(unit, code, "first", NOW)
        _use(any_books, code, f"later {number}")

    with ThreadPoolExecutor(16) as tills:
        list(tills.map(turn, range(32)))
    with any_books.reading() as unit:
        live = select(func.count()).where(redemption.c.reversed_at.is_(None))
        assert unit.value(live.select_from(redemption)) == 1
        assert unit.value(select(func.count()).select_from(reversal)) == 1
        assert loyalty.check(unit) == []


def test_two_codes_on_one_order_cannot_take_more_off_than_it_costs(any_books: Books) -> None:
    """A negative amount to pay, one coupon for five orders: macrozheng/mall 1003."""
    codes = [_one(any_books, 900) for _ in range(8)]
    with ThreadPoolExecutor(8) as tills:
        won = list(tills.map(lambda code: _use(any_books, code, "one order"), codes))
    assert sum(won) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE redemption SET payable = -1",
        "UPDATE redemption SET total = 1",
        "DELETE FROM redemption",
        "DELETE FROM reversal",
        "UPDATE offer SET state = 'open' WHERE state = 'expired'",
    ],
)
def test_nobody_is_paid_for_an_order_whoever_writes(any_books: Books, statement: str) -> None:
    code = _one(any_books)
    assert _use(any_books, code, "first")
    with any_books.unit() as unit:
        loyalty.reverse(unit, code, "first", NOW + timedelta(days=99))
    other = _one(any_books)
    assert _use(any_books, other, "second")
    with pytest.raises(DatabaseError), any_books.unit() as unit:
        unit.execute(text(statement))


def test_a_return_offer_for_one_person_is_made_once_by_sixteen_writers(any_books: Books) -> None:
    terms = loyalty.Terms(
        0.1, 100, NOW + timedelta(days=9), kind=RETURN, stage="lost", returns=Returns()
    )

    def make(number: int) -> bool:
        try:
            with any_books.unit() as unit:
                loyalty.make_offer(unit, f"r{number}", "p", terms, 10**6, NOW)
        except loyalty.Resting:
            return False
        return True

    with ThreadPoolExecutor(16) as writers:
        assert sum(writers.map(make, range(16))) == 1


def test_a_cancelled_order_does_not_lift_anybody_above_their_bound(any_books: Books) -> None:
    terms = loyalty.Terms(0.2, 800, NOW + timedelta(days=9))
    with any_books.unit() as unit:
        code = loyalty.make_offer(unit, "first", "p", terms, 1000, NOW)["code"]
        loyalty.settle(unit, code, "o", 200, NOW, order_total=1000)
        loyalty.make_offer(unit, "meanwhile", "p", terms, 1000, NOW)
    with any_books.unit() as unit:
        row = loyalty.reverse(unit, code, "o", NOW)
        assert (row["state"], row["given"]) == ("released", None)
        assert loyalty.held(unit) == {"p": 800} and loyalty.check(unit) == []
        given = select(func.sum(entry.c.amount)).where(entry.c.account == "given")
        assert unit.value(given) == 0
