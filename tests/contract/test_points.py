"""What must never happen to points, on both databases.

Most of these are other people's bugs: the thread is named beside the test.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Executable, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from tests.unit.journeys.given import NOW

from huitou.ground.errors import Refused
from huitou.identity import book as identity
from huitou.identity.tables import person_alias
from huitou.loyalty.packs import book as packs
from huitou.loyalty.points import book
from huitou.loyalty.points.book import Order
from huitou.loyalty.points.due import book as due
from huitou.loyalty.points.orders import book as orders
from huitou.loyalty.points.orders.book import Seen
from huitou.loyalty.points.posting import book as posting
from huitou.loyalty.points.tables import movement, movement_leg, order_refund, parcel, purse
from huitou.store.books import Books, Unit

DAY = timedelta(days=1)
RATE = 10_000  # a point for a hundred minor units


def well(unit: Unit) -> bool:
    return posting.check(unit) == [] == orders.check(unit)


def seen(
    order: str,
    total: int,
    back: int = 0,
    person: str = "p",
    clears_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Seen:
    want = total // 100
    return Seen(order, person, "points", total, back, RATE, want, NOW, clears_at, expires_at)


def has(unit: Unit, person: str = "p") -> int:
    return book.balance(unit, person).spendable


# -- other people's bugs


def test_buying_with_points_and_sending_back_in_a_loop_gains_nothing(any_books: Books) -> None:
    # odoo/odoo 257854, 238806: a refunded order kept its points, and could be bought again.
    with any_books.unit() as unit:
        book.gift(unit, "p", "points", 100, "welcome", NOW, why="welcome")
        for turn in range(1, 6):
            now, order = NOW + turn * DAY, f"o{turn}"
            book.burn(unit, "p", "points", 100, f"burn{turn}", now, order=Order(order, 9_000))
            orders.seen(unit, [seen(order, 9_000)], now)
            orders.refund(unit, order, 9_000, f"back{turn}", now)
            orders.seen(unit, [seen(order, 9_000, 9_000)], now)
            assert has(unit) == 100 and well(unit)


def test_part_by_part_is_as_good_as_whole_and_not_better(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.gift(unit, "p", "points", 10, "welcome", NOW, why="welcome")
        book.burn(unit, "p", "points", 10, "burn", NOW, order=Order("o", 1_000))
        orders.seen(unit, [seen("o", 1_000)], NOW)
        gone = []
        for part in range(10):
            orders.refund(unit, "o", 100, f"part{part}", NOW + DAY)
            gone.append(has(unit))
        assert gone[-1] == 10 and max(gone) <= 20 and well(unit)
        orders.refund(unit, "o", 100, "once too often", NOW + DAY)
        assert has(unit) == 10


def test_one_return_told_by_the_till_and_seen_in_the_file_is_one_return(any_books: Books) -> None:
    # odoo/odoo 212922: a refund took its points twice.
    with any_books.unit() as unit:
        orders.seen(unit, [seen("o", 1_000)], NOW)
        assert orders.refund(unit, "o", 500, "till", NOW).taken == {"points": 5}
        assert not orders.refund(unit, "o", 500, "till", NOW).new
        orders.seen(unit, [seen("o", 1_000, 500)], NOW + DAY)
        orders.seen(unit, [seen("o", 1_000, 500)], NOW + 2 * DAY)
        assert has(unit) == 5 and well(unit)
        with pytest.raises(Refused, match="something else"):
            orders.refund(unit, "o", 400, "till", NOW)


def test_a_return_told_before_the_order_was_ever_seen_counts(any_books: Books) -> None:
    with any_books.unit() as unit:
        orders.refund(unit, "o", 500, "till", NOW)
        orders.seen(unit, [seen("o", 1_000)], NOW + DAY)
        assert has(unit) == 5 and well(unit)


def test_what_an_order_burns_after_a_part_came_back_is_set_right_by_the_next_file(
    any_books: Books,
) -> None:
    with any_books.unit() as unit:
        book.gift(unit, "p", "points", 100, "gift", NOW, why="x")
        orders.seen(unit, [seen("o", 100)], NOW)
        orders.refund(unit, "o", 50, "half", NOW)
        book.burn(unit, "p", "points", 40, "burn", NOW, order=Order("o", 100))
        assert has(unit) == 60
        for _ in range(2):
            orders.seen(unit, [seen("o", 100)], NOW)
            assert has(unit) == 80 and well(unit)


def test_an_order_does_not_pay_for_itself(any_books: Books) -> None:
    # odoo/odoo 114004: points were granted before the reward of the same order was deducted.
    with any_books.unit() as unit:
        book.earn(unit, "p", "points", 90, "earn", NOW, order=Order("o", 9_000))
        with pytest.raises(Refused):
            book.burn(unit, "p", "points", 50, "burn", NOW, order=Order("o", 9_000))
        book.burn(unit, "p", "points", 50, "next", NOW, order=Order("another", 900))


# -- what is owed


def test_points_spent_before_their_order_came_back_are_owed_and_paid_first(
    any_books: Books,
) -> None:
    with any_books.unit() as unit:
        orders.seen(unit, [seen("o", 10_000)], NOW)
        book.burn(unit, "p", "points", 100, "burn", NOW)
        orders.refund(unit, "o", 10_000, "back", NOW + DAY)
        assert (has(unit), book.balance(unit, "p").debt) == (0, 100)
        orders.seen(unit, [seen("o2", 3_000, clears_at=NOW + 3 * DAY)], NOW + DAY)
        assert book.balance(unit, "p").debt == 100  # what waits pays nothing yet
        due.clear(unit, NOW + 3 * DAY)
        assert (has(unit), book.balance(unit, "p").debt) == (0, 70)
        book.gift(unit, "p", "points", 80, "gift", NOW + 3 * DAY, why="sorry")
        assert (has(unit), book.balance(unit, "p").debt) == (10, 0) and well(unit)


def test_what_ended_unspent_is_not_asked_back(any_books: Books) -> None:
    with any_books.unit() as unit:
        orders.seen(unit, [seen("o", 10_000, expires_at=NOW + DAY)], NOW)
        due.expire(unit, NOW + DAY)
        book.gift(unit, "p", "points", 30, "gift", NOW, why="x")
        orders.refund(unit, "o", 10_000, "back", NOW + 2 * DAY)
        assert (has(unit), book.balance(unit, "p").debt) == (30, 0) and well(unit)


def test_the_clock_of_points_stands_still_while_they_are_spent(any_books: Books) -> None:
    ends = NOW + 10 * DAY
    with any_books.unit() as unit:
        book.gift(unit, "p", "points", 10, "gift", NOW, why="x", expires_at=ends)
        book.burn(unit, "p", "points", 10, "burn", NOW + 9 * DAY, order=Order("o", 100))
        orders.refund(unit, "o", 100, "back", NOW + 30 * DAY)
        back = book.balance(unit, "p")
        assert (back.available, back.ends_at) == (10, NOW + 31 * DAY)


def test_what_ends_soonest_is_spent_first_and_what_is_over_is_not_spent(any_books: Books) -> None:
    with any_books.unit() as unit:
        for n, days in enumerate((30, 5, None, 1)):
            ends = None if days is None else NOW + days * DAY
            book.gift(unit, "p", "points", 10, f"g{n}", NOW, why="x", expires_at=ends)
        book.burn(unit, "p", "points", 15, "burn", NOW + 2 * DAY)
        left = unit.rows(select(parcel.c.id, parcel.c.rest).where(parcel.c.rest > 0))
        assert {row["id"]: row["rest"] for row in left} == {"g3": 10, "g0": 5, "g2": 10}
        assert book.balance(unit, "p", now=NOW + 2 * DAY).spendable == 15
        due.expire(unit, NOW + 2 * DAY)
        with pytest.raises(Refused, match="15 can"):
            book.burn(unit, "p", "points", 16, "more", NOW + 2 * DAY)


# -- corrections and merges


def test_a_corrected_order_corrects_what_it_earned(any_books: Books) -> None:
    with any_books.unit() as unit:
        for total, points in ((1_000, 10), (3_000, 30), (500, 5), (1_000, 10), (0, 0), (700, 7)):
            orders.seen(unit, [seen("o", total)], NOW)
            assert has(unit) == points and well(unit)
        orders.seen(unit, [seen("o", 700, person="q")], NOW)
        assert (has(unit), has(unit, "q")) == (0, 7) and well(unit)


def test_points_follow_a_merge_and_come_apart_again(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.gift(unit, "a", "points", 30, "a", NOW, why="x")
        book.gift(unit, "b", "points", 20, "b", NOW, why="x")
        identity.keep(unit, [("a", "b")], [])
        assert has(unit, "a") == has(unit, "b") == 50
        book.burn(unit, "a", "points", 40, "burn", NOW)
        assert has(unit, "b") == 10 and well(unit)
        unit.change(delete(person_alias))
        assert has(unit, "a") + has(unit, "b") == 10 and well(unit)


# -- keys


def test_the_same_key_is_once_and_another_content_is_refused(any_books: Books) -> None:
    with any_books.unit() as unit:
        assert book.gift(unit, "p", "points", 10, "k", NOW, why="x")
        assert not book.gift(unit, "p", "points", 10, "k", NOW + DAY, why="x")
        for amount, person in ((11, "p"), (10, "q")):
            with pytest.raises(Refused, match="something else"):
                book.gift(unit, person, "points", amount, "k", NOW, why="x")
        with pytest.raises(Refused, match="reason"):
            book.gift(unit, "p", "points", 10, "k2", NOW, why=" ")


@pytest.mark.parametrize("amount", [0, -1, 1.5, True])
def test_only_whole_amounts_above_zero_move(any_books: Books, amount: int) -> None:
    with any_books.unit() as unit, pytest.raises(Refused, match="whole"):
        book.earn(unit, "p", "points", amount, "k", NOW)


# -- many at once


def test_sixty_four_tills_never_spend_more_than_there_is(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.gift(unit, "a", "points", 60, "a", NOW, why="x")
        book.gift(unit, "b", "points", 40, "b", NOW, why="x")
        identity.keep(unit, [("a", "b")], [])

    def spend(number: int) -> int:
        try:
            with any_books.unit() as unit:
                book.burn(unit, "ab"[number % 2], "points", 7, f"k{number}", NOW)
                return 7
        except Refused:
            return 0

    with ThreadPoolExecutor(64) as tills:
        spent = sum(tills.map(spend, range(64)))
    with any_books.reading() as unit:
        assert spent == 98 and has(unit, "a") == 2 and well(unit)


def test_one_key_told_by_many_at_once_is_done_once(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.gift(unit, "p", "points", 100, "gift", NOW, why="x")

    def spend(_: int) -> bool:
        with any_books.unit() as unit:
            return book.burn(unit, "p", "points", 10, "one", NOW)

    with ThreadPoolExecutor(16) as tills:
        assert sum(tills.map(spend, range(16))) == 1
    with any_books.reading() as unit:
        assert has(unit) == 90 and well(unit)


# -- packs


def test_a_pack_is_used_visit_by_visit_and_the_rest_is_paid_back(any_books: Books) -> None:
    sale = packs.Sale("ten massages", 10, 99_999, NOW + 90 * DAY)
    with any_books.unit() as unit:
        sold = packs.sell(unit, "p", sale, "sale", NOW)
        assert packs.sell(unit, "p", sale, "sale", NOW)["id"] == sold["id"]
        for visit in range(3):
            packs.use(unit, sold["id"], f"visit{visit}", NOW + visit * DAY)
            packs.use(unit, sold["id"], f"visit{visit}", NOW + visit * DAY)
        assert packs.find(unit, sold["id"])["left"] == 7
        with pytest.raises(Refused, match="7 sessions left"):
            packs.use(unit, sold["id"], "party", NOW, sessions=8)
        assert packs.refund(unit, sold["id"], "enough", NOW) == 69_999
        assert packs.refund(unit, sold["id"], "enough", NOW) == 69_999
        with pytest.raises(Refused, match="Nothing is left"):
            packs.refund(unit, sold["id"], "again", NOW)
        assert packs.find(unit, sold["id"])["left"] == 0 and well(unit)


def test_a_pack_that_is_over_is_not_used_and_belongs_to_one_person(any_books: Books) -> None:
    with any_books.unit() as unit:
        sale = packs.Sale("cuts", 2, 50, NOW + DAY)
        pack = packs.sell(unit, "p", sale, "sale", NOW)["id"]
        with pytest.raises(Refused, match="ended"):
            packs.use(unit, pack, "late", NOW + DAY)
        with pytest.raises(Refused, match="no pack"):
            packs.open_pack(unit, "their sister", None, NOW)
        due.expire(unit, NOW + DAY)
        assert packs.find(unit, pack)["left"] == 0 and well(unit)


def test_stored_value_is_paid_out_and_gifts_are_not(any_books: Books) -> None:
    with any_books.unit() as unit:
        book.earn(unit, "p", "stored", 5_000, "paid in", NOW)
        book.gift(unit, "p", "stored", 500, "extra", NOW, why="for topping up")
        with pytest.raises(Refused, match="not paid in"):
            book.pay_out(unit, "p", "stored", 5_100, "out", NOW)
        assert book.pay_out(unit, "p", "stored", 5_000, "out", NOW)
        assert book.balance(unit, "p", "stored").available == 500 and well(unit)
        with pytest.raises(Refused, match="not paid for"):
            book.pay_out(unit, "p", "points", 1, "out2", NOW)


# -- the last line: the database itself


def _earned(books: Books) -> None:
    with books.unit() as unit:
        book.earn(unit, "p", "points", 10, "k", NOW, order=Order("o", 100))
        orders.refund(unit, "o", 10, "r", NOW)
        packs.sell(unit, "p", packs.Sale("x", 2, 50), "pack", NOW)


@pytest.mark.parametrize(
    "statement",
    [
        update(movement).values(at=NOW),
        delete(movement),
        update(movement_leg).values(amount=1),
        delete(movement_leg),
        update(parcel).values(amount=11),
        update(parcel).values(lapsed=-1),
        delete(parcel),
        update(purse).values(available=-1),
        update(purse).values(debt=-1),
        delete(purse),
        update(order_refund).values(back=1),
        delete(order_refund),
    ],
    ids=str,
)
def test_the_database_refuses_to_rewrite_what_happened(
    any_books: Books, statement: Executable
) -> None:
    _earned(any_books)
    with pytest.raises(IntegrityError), any_books.unit() as unit:
        unit.change(statement)
    with any_books.reading() as unit:
        assert well(unit)


def _leg(key: str, place: int, amount: int, account: str = "issued") -> dict[str, object]:
    return {"movement_key": key, "leg": place, "account": account, "person_id": None,
            "parcel": None, "amount": amount}  # fmt: skip


@pytest.mark.parametrize(
    ("legs", "sealed"),
    [
        ([5, -4], True),  # does not sum to zero
        ([5], True),  # one leg
        ([], True),
        ([5, -5], False),  # never sealed
        ([0, 0], True),
    ],
)
def test_the_database_refuses_a_movement_that_does_not_balance(
    any_books: Books, legs: list[int], sealed: bool
) -> None:
    made = {"key": "m", "verb": "earn", "kind": "points", "person_id": "p", "order_key": None,
            "fingerprint": "f", "why": "", "by": "", "at": NOW}  # fmt: skip
    with pytest.raises(IntegrityError), any_books.unit() as unit:
        for place, amount in enumerate(legs):
            unit.execute(insert(movement_leg).values(**_leg("m", place, amount)))
        if sealed:
            unit.execute(insert(movement).values(**made))
    with any_books.reading() as unit:
        assert well(unit)


def test_no_leg_joins_a_movement_that_is_sealed(any_books: Books) -> None:
    _earned(any_books)
    with pytest.raises(IntegrityError), any_books.unit() as unit:
        unit.execute(insert(movement_leg).values(**_leg("k", 7, 3)))


def test_drift_is_seen(any_books: Books) -> None:
    _earned(any_books)
    with any_books.unit() as unit:
        unit.change(update(purse).where(purse.c.kind == "points").values(available=99))
        assert any("are not their legs" in words for words in posting.check(unit))
