"""Exposure never passes the bound, whatever happens in whatever order, on both databases.

A second bookkeeper keeps nothing but a list of open offers, and finds the same after every step.
A merge may bring two debts together above the one bound: then nothing new is promised until they
fall, and the debt is never more than what both had been promised within their bounds.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.unit.journeys.given import NOW

from huitou.ground.errors import Refused
from huitou.ground.ids import new_id
from huitou.identity import book as identity
from huitou.loyalty import book as loyalty
from huitou.store.books import Books

PEOPLE = ("a", "b", "c")
MOST = 1000
TIMES = {"sqlite": 40, "postgres": 12}


def _machine(books: Books) -> type[RuleBasedStateMachine]:
    class Exposure(RuleBasedStateMachine):
        """Offers, uses, reversals, letters that come back, ends, merges, and worth that falls."""

        def __init__(self) -> None:
            super().__init__()
            self.tag, self.count, self.days = new_id(), 0, 0
            self.bound = {self.of(one): MOST for one in PEOPLE}
            self.open: dict[str, tuple[str, int, int]] = {}
            self.used: dict[str, tuple[str, int, int]] = {}
            self.made_within: dict[str, int] = {}
            self.times: dict[str, int] = {}
            self.now_of = {self.of(one): self.of(one) for one in PEOPLE}

        def of(self, one: str) -> str:
            return f"{self.tag}:{one}"

        def order(self, offer: str) -> str:
            return f"{offer}/{self.times.get(offer, 0)}"

        def owed(self, person: str) -> int:
            return sum(a for p, a, _ in self.open.values() if self.now_of[p] == self.now_of[person])

        @rule(one=st.sampled_from(PEOPLE), amount=st.integers(1, 700), days=st.integers(1, 9))
        def offer(self, one: str, amount: int, days: int) -> None:
            person, self.count = self.of(one), self.count + 1
            most = self.bound[self.now_of[person]]
            fits, offer = self.owed(person) + amount <= most, f"{self.tag}:{self.count}"
            terms = loyalty.Terms(0.1, amount, NOW + timedelta(days=self.days + days))
            try:
                with books.unit() as unit:
                    loyalty.make_offer(unit, offer, person, terms, most, NOW)
                assert fits
                self.open[offer] = (person, amount, self.days + days)
                self.made_within[offer] = most
            except Refused:
                assert not fits

        @rule(which=st.integers(0, 9), share=st.floats(0, 1), total=st.integers(1, 2000))
        def redeem(self, which: int, share: float, total: int) -> None:
            if (offer := self.pick(which)) is None:
                return
            given = min(int(share * self.open[offer][1]), total)
            over = self.open[offer][2] <= self.days
            now = NOW + timedelta(days=self.days)
            with books.unit() as unit:
                code = (loyalty.offered(unit, offer) or {})["code"]
                try:
                    loyalty.settle(unit, code, self.order(offer), given, now, order_total=total)
                    assert not over
                    self.used[offer] = self.open.pop(offer)
                except Refused:
                    assert over

        @rule(which=st.integers(0, 9))
        def the_order_is_cancelled(self, which: int) -> None:
            if not self.used:
                return
            offer = sorted(self.used)[which % len(self.used)]
            person, amount, ends = self.used.pop(offer)
            fits = self.owed(person) + amount <= self.made_within[offer]
            with books.unit() as unit:
                code = (loyalty.offered(unit, offer) or {})["code"]
                now = NOW + timedelta(days=self.days)
                row = loyalty.reverse(unit, code, self.order(offer), now)
            self.times[offer] = self.times.get(offer, 0) + 1
            assert (row["state"] == "open") == (fits and ends > self.days)
            if row["state"] == "open":
                self.open[offer] = (person, amount, ends)

        @rule(which=st.integers(0, 9))
        def letter_comes_back(self, which: int) -> None:
            if (offer := self.pick(which)) is not None:
                with books.unit() as unit:
                    loyalty.release(unit, offer, NOW)
                del self.open[offer]

        @rule(days=st.integers(1, 4))
        def days_pass(self, days: int) -> None:
            self.days += days
            with books.unit() as unit:
                loyalty.expire(unit, NOW + timedelta(days=self.days), limit=10_000)
            self.open = {o: it for o, it in self.open.items() if it[2] > self.days}

        @rule(one=st.sampled_from(PEOPLE), left=st.integers(0, MOST))
        def they_send_goods_back_and_are_worth_less(self, one: str, left: int) -> None:
            self.bound[self.now_of[self.of(one)]] = left

        @rule(one=st.sampled_from(PEOPLE), other=st.sampled_from(PEOPLE))
        def they_are_one(self, one: str, other: str) -> None:
            old, new = self.now_of[self.of(one)], self.now_of[self.of(other)]
            if old == new:
                return
            moved = [person for person, now in self.now_of.items() if now == old]
            with books.unit() as unit:
                identity.keep(unit, [(person, new) for person in moved], [])
            self.now_of |= dict.fromkeys(moved, new)

        def pick(self, which: int) -> str | None:
            offers = sorted(self.open)
            return offers[which % len(offers)] if offers else None

        @invariant()
        def the_books_agree(self) -> None:
            people = [self.of(one) for one in PEOPLE]
            with books.reading() as unit:
                held = loyalty.held(unit, people)
                assert loyalty.check(unit) == []
            for person in people:
                assert held.get(person, 0) == self.owed(person)
            each = Counter[str]()
            for person, amount, _ in self.open.values():
                each[person] += amount
            assert all(amount <= MOST for amount in each.values())

    return Exposure


def test_exposure_never_passes_the_bound(any_books: Books) -> None:
    times = TIMES["sqlite" if any_books.engine.dialect.name == "sqlite" else "postgres"]
    run_state_machine_as_test(
        _machine(any_books),
        settings=settings(
            max_examples=times,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("total", [399, 400])
def test_a_voucher_counts_from_its_least_order_on(any_books: Books, total: int) -> None:
    terms = loyalty.Terms(loyalty.WHOLE, 100, NOW + timedelta(days=9), least=400)
    with any_books.unit() as unit:
        code = loyalty.make_offer(unit, "v", "p", terms, 1000, NOW)["code"]
        if total < 400:
            with pytest.raises(Refused, match="larger order only"):
                loyalty.settle(unit, code, "order", 100, NOW, order_total=total)
        else:
            loyalty.settle(unit, code, "order", 100, NOW, order_total=total)
        assert loyalty.held(unit) == ({"p": 100} if total < 400 else {})


def test_better_service_costs_what_it_costs_and_takes_nothing_off(any_books: Books) -> None:
    terms = loyalty.Terms(loyalty.WHOLE, 300, NOW + timedelta(days=9), served=True)
    with any_books.unit() as unit:
        code = loyalty.make_offer(unit, "s", "p", terms, 1000, NOW)["code"]
        row = loyalty.settle(unit, code, "order", 300, NOW, order_total=200)
        assert row["given"] == 300 and loyalty.check(unit) == []
