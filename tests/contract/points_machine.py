"""Everything that can happen to points, in any order, beside a second bookkeeper.

Each run is undone at its end, see `undone`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select
from tests.contract.points_by_hand import THEIRS, Bought, Coin, Table
from tests.contract.undone import Undone
from tests.unit.journeys.given import NOW

from huitou.ground.errors import Refused
from huitou.identity import book as identity
from huitou.identity.tables import person_alias
from huitou.loyalty.packs import book as packs
from huitou.loyalty.points import book as points
from huitou.loyalty.points.due import book as due
from huitou.loyalty.points.orders import book as orders
from huitou.loyalty.points.posting import book as posting
from huitou.loyalty.points.tables import parcel, purse
from huitou.store.books import Books, Unit

PEOPLE = ("a", "b", "c")
KINDS = ("points", "cashback")
ORDERS = ("o1", "o2", "o3")
UNEVEN = "SELECT movement_key FROM movement_leg GROUP BY movement_key HAVING sum(amount) <> 0"
POSTED = """
SELECT l.person_id, m.kind, l.account, sum(l.amount) FROM movement_leg l
JOIN movement m ON m.key = l.movement_key
WHERE l.person_id IS NOT NULL GROUP BY l.person_id, m.kind, l.account"""
HELD = "SELECT person_id, kind, available, pending, debt FROM purse"
WHICH = (
    parcel.c.person_id,
    parcel.c.kind,
    parcel.c.cleared,
    parcel.c.earned_at,
    parcel.c.expires_at,
)
RATE = 50_000  # a point for twenty minor units

people, kinds = st.sampled_from(PEOPLE), st.sampled_from(("points", "points", "cashback"))
numbers = st.sampled_from(ORDERS)
some = st.integers(1, 15)
waiting = st.sampled_from((None, None, 1, 2))
living = st.sampled_from((None, 1, 2, 4))


def machine(books: Books) -> type[RuleBasedStateMachine]:
    """The machine over these books."""

    class Earned(RuleBasedStateMachine):
        """Earning, clearing, spending, sending back, ending, giving, merging, packs, time."""

        def __init__(self) -> None:
            super().__init__()
            self.table, self.now, self.count = Table(), NOW, 0
            self.packs: dict[str, tuple[str, int, int]] = {}
            self.last: tuple[str, str, int, str] | None = None
            self.refunds: list[tuple[str, int, str]] = []
            self.came = Counter[str]()
            self.undone = Undone(books)
            self.unit = self.undone.unit

        def teardown(self) -> None:
            try:
                self.everything_goes_back()
            finally:
                self.undone.end()

        @contextmanager
        def step(self) -> Iterator[Unit]:
            self.now += timedelta(seconds=1)
            self.count += 1
            with self.undone.step() as unit:
                yield unit

        def refused(self, do: Callable[[Unit], object]) -> bool:
            try:
                with self.step() as unit:
                    do(unit)
            except Refused:
                return True
            return False

        def coins(self, n: int, person: str, kind: str, source: str, order: str | None,
                  waits: int | None, lives: int | None) -> None:  # fmt: skip
            clears = None if waits is None else self.now + timedelta(days=waits)
            ends = None if lives is None else self.now + timedelta(days=lives)
            place = "lies" if waits is None else "waits"
            self.table.lay([
                Coin(person, kind, f"k{self.count}", source, order, self.now, clears, ends, place)
                for _ in range(n)
            ])  # fmt: skip

        @initialize(lives=living, total=st.integers(50, 300), waits=waiting)
        def they_have_something(self, lives: int | None, total: int, waits: int | None) -> None:
            for who in ("a", "b"):
                self.earn(who, "points", 25, None, lives)
            self.earn("a", "cashback", 25, None, None)
            self.a_file_tells("o1", "a", "points", total, 0, waits, lives)

        @rule(who=people, kind=kinds, n=some, waits=waiting, lives=living)
        def earn(self, who: str, kind: str, n: int, waits: int | None, lives: int | None) -> None:
            with self.step() as unit:
                assert points.earn(
                    unit, who, kind, n, f"k{self.count}", self.now,
                    clears_at=None if waits is None else self.now + timedelta(days=waits),
                    expires_at=None if lives is None else self.now + timedelta(days=lives),
                )  # fmt: skip
            self.coins(n, who, kind, "hand", None, waits, lives)
            self.came[kind] += n
            self.last = (who, kind, n, f"k{self.count}")

        @rule()
        def earn_the_same_again(self) -> None:
            if self.last is not None:
                who, kind, n, key = self.last
                with self.step() as unit:
                    assert not points.earn(unit, who, kind, n, key, self.now)
                assert self.refused(lambda unit: points.earn(unit, who, kind, n + 1, key, self.now))

        @rule(who=people, kind=kinds, n=some, lives=living)
        def give(self, who: str, kind: str, n: int, lives: int | None) -> None:
            with self.step() as unit:
                ends = None if lives is None else self.now + timedelta(days=lives)
                points.gift(unit, who, kind, n, f"k{self.count}", self.now, why="a gift",
                            expires_at=ends)  # fmt: skip
            self.coins(n, who, kind, "gift", None, None, lives)
            self.came[kind] += n

        @rule(order=numbers, who=people, kind=kinds, total=st.integers(0, 300),
              back=st.sampled_from((0, 0, 40, 300)), waits=waiting, lives=living)  # fmt: skip
        def a_file_tells(self, order: str, who: str, kind: str, total: int, back: int,
                         waits: int | None, lives: int | None) -> None:  # fmt: skip
            with self.step() as unit:
                told = orders.Seen(
                    order, who, kind, total, back, RATE, total * RATE // 10**6, self.now,
                    None if waits is None else self.now + timedelta(days=waits),
                    None if lives is None else self.now + timedelta(days=lives),
                )  # fmt: skip
                orders.seen(unit, [told], self.now)
                # A second look at the same file changes nothing.
                before = unit.rows(select(purse))
                orders.seen(unit, [told], self.now)
                assert unit.rows(select(purse)) == before
            it = self.table.orders.setdefault((order, kind), Bought(who, total))
            if self.table.ids(it.person) != self.table.ids(who):
                self.table.take(order, kind, it.earned - it.taken, self.now)
                it.person = who
            by_the_till = it.rate is None and it.earned
            if by_the_till or it.rate == -1:
                it.rate = -1
                if it.total and total:
                    it.want = it.want * total // it.total
            else:
                it.rate, it.want = RATE, total // 20
            it.total, it.seen = total, back
            more = self.table.settle(order, kind, self.now)
            it.earned += more
            self.coins(more, it.person, kind, "order", order, waits, lives)

        @rule(order=numbers, who=people, kind=kinds, n=some, total=st.integers(1, 300))
        def the_till_tells(self, order: str, who: str, kind: str, n: int, total: int) -> None:
            if (order, kind) in self.table.orders:
                return
            with self.step() as unit:
                points.earn(unit, who, kind, n, f"k{self.count}", self.now,
                            order=points.Order(order, total))  # fmt: skip
            self.table.orders[order, kind] = Bought(who, total, n, earned=n)
            self.coins(n, who, kind, "order", order, None, None)

        @rule()
        def clear(self) -> None:
            with self.step() as unit:
                due.clear(unit, self.now)
            self.table.clear(self.now)

        @rule()
        def end(self) -> None:
            with self.step() as unit:
                due.expire(unit, self.now)
            self.table.end(self.now)

        @rule(who=people, kind=kinds, share=st.sampled_from((0.1, 0.3, 0.5, 1.0, 1.2)),
              order=st.sampled_from((None, *ORDERS)))  # fmt: skip
        def burn(self, who: str, kind: str, share: float, order: str | None) -> None:
            n = max(1, int(share * len(self.table.at_hand(who, kind, self.now, order))))
            total = self.total_of(order)
            told = points.Order(order, total) if order else None
            refused = self.refused(
                lambda unit: points.burn(unit, who, kind, n, f"k{self.count}", self.now, order=told)
            )
            hand = self.table.at_hand(who, kind, self.now, order)
            if len(hand) - self.table.owes(who, kind) < n:
                assert refused
                return
            assert not refused
            if order is not None:
                it = self.table.orders.setdefault((order, kind), Bought(who, total))
                it.total = total or it.total
            assert self.table.spend(who, kind, n, self.now, order)

        def total_of(self, order: str | None) -> int:
            known = [it.total for (name, _), it in self.table.orders.items() if name == order]
            return max(known, default=200)

        @rule(order=numbers, share=st.sampled_from((0.1, 0.34, 0.5, 1.0, 1.0)))
        def part_comes_back(self, order: str, share: float) -> None:
            self.comes_back(order, max(1, int(share * self.total_of(order))))

        @rule(order=numbers, share=st.sampled_from((0.3, 1.0)))
        def spent_elsewhere_and_sent_back(self, order: str, share: float) -> None:
            for (name, kind), it in sorted(self.table.orders.items()):
                if name == order:
                    self.burn(it.person, kind, 1.0, None)
            self.part_comes_back(order, share)

        @rule(order=numbers, kind=kinds, who=people, share=st.sampled_from((0.1, 0.4, 1.0)))
        def spent_on_an_order_that_comes_back(
            self, order: str, kind: str, who: str, share: float
        ) -> None:
            self.burn(who, kind, share, order)
            self.part_comes_back(order, 0.5)

        def comes_back(self, order: str, back: int) -> None:
            with self.step() as unit:
                assert orders.refund(unit, order, back, f"k{self.count}", self.now).new
            self.refunds.append((order, back, f"k{self.count}"))
            self.table.came_back(order, back, self.now)

        @rule(which=st.integers(0, 9))
        def the_same_return_again(self, which: int) -> None:
            if self.refunds:
                order, back, key = self.refunds[which % len(self.refunds)]
                with self.step() as unit:
                    assert not orders.refund(unit, order, back, key, self.now).new

        @rule(one=people, other=people)
        def they_are_one(self, one: str, other: str) -> None:
            table = self.table
            old, new = table.one.get(one, one), table.one.get(other, other)
            if old == new:
                return
            moved = [p for p in PEOPLE if table.one.get(p, p) == old]
            with self.step() as unit:
                identity.keep(unit, [(person, new) for person in moved], [])
            table.one |= dict.fromkeys(moved, new)

        @rule()
        def they_are_several_again(self) -> None:
            with self.step() as unit:
                unit.change(delete(person_alias))
            self.table.one.clear()

        @rule(hours=st.integers(6, 90))
        def time_passes(self, hours: int) -> None:
            self.now += timedelta(hours=hours)

        @rule(days=st.integers(1, 4))
        def days_pass_with_their_runs(self, days: int) -> None:
            self.now += timedelta(days=days)
            self.clear()
            self.end()

        @rule(who=people, n=st.integers(1, 12), price=st.integers(0, 900), lives=living)
        def sell_a_pack(self, who: str, n: int, price: int, lives: int | None) -> None:
            with self.step() as unit:
                ends = None if lives is None else self.now + timedelta(days=lives)
                sale = packs.Sale("massage", n, price, ends)
                sold = packs.sell(unit, who, sale, f"k{self.count}", self.now)
                again = packs.sell(unit, who, sale, f"k{self.count}", self.now)
                assert sold == again
            self.packs[sold["id"]] = (f"k{self.count}", n, price)
            self.coins(n, who, "pack", "sold", None, None, lives)
            self.came["pack"] += n

        @rule(which=st.integers(0, 9), n=st.integers(1, 4))
        def use_a_pack(self, which: int, n: int) -> None:
            if (found := self.picked(which)) is None:
                return
            pack_id, coins = found
            refused = self.refused(
                lambda unit: packs.use(unit, pack_id, f"k{self.count}", self.now, sessions=n)
            )
            lie = [c for c in coins if c.place == "lies" and (not c.ends or c.ends > self.now)]
            assert refused == (len(lie) < n)
            for coin in lie[: 0 if refused else n]:
                coin.place = "spent"

        @rule(which=st.integers(0, 9))
        def pay_a_pack_back(self, which: int) -> None:
            if (found := self.picked(which)) is None:
                return
            pack_id, coins = found
            lie = [coin for coin in coins if coin.place == "lies"]
            paid: list[int] = []
            refused = self.refused(
                lambda unit: paid.append(packs.refund(unit, pack_id, f"k{self.count}", self.now))
            )
            assert refused == (not lie)
            if not refused:
                _key, sessions, price = self.packs[pack_id]
                assert paid == [price * len(lie) // sessions]
                for coin in lie:
                    coin.place = "paid out"

        def picked(self, which: int) -> tuple[str, list[Coin]] | None:
            if not self.packs:
                return None
            pack_id = sorted(self.packs)[which % len(self.packs)]
            key = self.packs[pack_id][0]
            return pack_id, [coin for coin in self.table.coins if coin.parcel == key]

        @invariant()
        def the_books_agree(self) -> None:
            ask = self.unit.connection.exec_driver_sql
            assert ask(UNEVEN).all() == []
            coins = Counter((c.person, c.kind, c.place) for c in self.table.coins)
            posted = {(who, kind, account): int(n) for who, kind, account, n in ask(POSTED)}
            for who, kind, available, pending, debt in ask(HELD):
                for account, n in (("available", available), ("pending", pending)):
                    assert n == posted.get((who, kind, account), 0), (who, kind, account)
                assert -debt == posted.get((who, kind, "clawback"), 0), (who, kind)
                assert available == coins[who, kind, "lies"], (who, kind)
                assert pending == coins[who, kind, "waits"], (who, kind)
                assert debt == self.table.debt[who, kind], (who, kind)
            # Which of them are left, by when they end: not only how many.
            left = select(*WHICH, func.sum(parcel.c.rest)).where(parcel.c.rest > 0)
            assert Counter({tuple(row[:-1]): int(row[-1])
                            for row in self.unit.execute(left.group_by(*WHICH))}) == Counter(
                (c.person, c.kind, c.place == "lies", c.earned, c.ends)
                for c in self.table.coins if c.place in THEIRS)  # fmt: skip
            if self.count % 20 == 0:
                self.the_house_says_so_too()

        def the_house_says_so_too(self) -> None:
            assert posting.check(self.unit) == []
            assert orders.check(self.unit) == []
            who, kind = PEOPLE[self.count // 20 % 3], KINDS[self.count // 60 % 2]
            has, ids = points.balance(self.unit, who, kind), self.table.ids(who)
            lies = sum(self.table.have(one, kind, "lies") for one in ids)
            assert (has.available, has.debt) == (lies, self.table.owes(who, kind))

        def everything_goes_back(self) -> None:
            """Who sends everything back has what was given to them, and not one point more."""
            for order in ORDERS:
                if any(name == order for name, _ in self.table.orders):
                    self.comes_back(order, 10_000)
            self.the_books_agree()
            self.the_house_says_so_too()
            for kind in KINDS:
                places = Counter(coin.place for coin in self.table.coins if coin.kind == kind)
                owed = sum(n for (_, which), n in self.table.debt.items() if which == kind)
                spent = places["spent"] - sum(
                    it.given for (_, which), it in self.table.orders.items() if which == kind
                )
                forgiven = sum(
                    it.forgiven for (_, which), it in self.table.orders.items() if which == kind
                )
                left = places["lies"] + places["waits"] - owed
                assert left + spent + places["ended"] == self.came[kind] + forgiven

    return Earned


def run(books: Books, runs: int, steps: int) -> None:
    """So many runs of so many steps."""
    run_state_machine_as_test(
        machine(books),
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
