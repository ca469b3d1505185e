"""What we owe: promised within the bound, ended once, and always even."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.unit.journeys.given import NOW, every_table

from huitou.ground.errors import Refused
from huitou.identity.tables import person_alias
from huitou.loyalty import book as loyalty
from huitou.loyalty import ledger
from huitou.loyalty.offers import USUAL
from huitou.loyalty.tables import entry
from huitou.store.books import Books

END = NOW + timedelta(days=30)
TERMS = loyalty.Terms(0.1, 500, END)


def test_a_promise_fits_or_is_refused(books: Books) -> None:
    with books.unit() as unit:
        assert loyalty.promise(unit, "p", 600, 1000, "a", NOW)
        assert loyalty.promise(unit, "p", 400, 1000, "b", NOW)
        with pytest.raises(Refused, match="pass the bound"):
            loyalty.promise(unit, "p", 1, 1000, "c", NOW)
        assert loyalty.held(unit) == {"p": 1000}


def test_a_key_counts_once_and_never_for_something_else(books: Books) -> None:
    with books.unit() as unit:
        assert loyalty.promise(unit, "p", 600, 1000, "a", NOW)
        assert not loyalty.promise(unit, "p", 600, 1000, "a", NOW)
        with pytest.raises(Refused, match="something else"):
            loyalty.promise(unit, "p", 300, 1000, "a", NOW)
        assert loyalty.held(unit) == {"p": 600}


def test_a_refused_promise_leaves_the_rest_of_the_unit_alone(books: Books) -> None:
    with books.unit() as unit:
        loyalty.promise(unit, "p", 600, 1000, "a", NOW)
        with pytest.raises(Refused):
            loyalty.promise(unit, "q", 600, 500, "b", NOW)
    with books.reading() as unit:
        assert loyalty.held(unit) == {"p": 600} and loyalty.check(unit) == []


def test_a_used_offer_gives_what_it_took_and_frees_the_rest(books: Books) -> None:
    with books.unit() as unit:
        code = loyalty.make_offer(unit, "o", "p", TERMS, 1000, NOW)["code"]
        row = loyalty.settle(unit, code, "order 1", 320, NOW, order_total=4000)
        again = loyalty.settle(unit, code, "order 1", 320, NOW, order_total=4000)
        given = unit.value(select(entry.c.amount).where(entry.c.account == "given"))
        assert (row["state"], row["given"], given) == ("settled", 320, 320) and again == row
        assert loyalty.held(unit) == {} and loyalty.check(unit) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"code": "NOSUCHCODE"}, "no offer"),
        ({"given": 501}, "more than the offer"),
        ({"given": 300, "order_total": 299}, "more than the offer"),
        ({"given": -1}, "more than the offer"),
        ({"now": END}, "ended"),
    ],
)
def test_what_an_offer_does_not_allow(books: Books, changed: dict, words: str) -> None:
    with books.unit() as unit:
        code = loyalty.make_offer(unit, "o", "p", TERMS, 1000, NOW)["code"]
    use = {"code": code, "order_id": "1", "given": 300, "now": NOW, "order_total": 4000}
    with books.unit() as unit, pytest.raises(Refused, match=words):
        loyalty.settle(unit, **{**use, **changed})
    with books.reading() as unit:
        assert loyalty.held(unit) == {"p": 500}


def test_a_code_serves_one_order(books: Books) -> None:
    with books.unit() as unit:
        code = loyalty.make_offer(unit, "o", "p", TERMS, 1000, NOW)["code"]
        loyalty.settle(unit, code, "order 1", 320, NOW, order_total=4000)
        with pytest.raises(Refused, match="not open"):
            loyalty.settle(unit, code, "order 2", 320, NOW, order_total=4000)


def test_offers_end_with_their_time_and_free_the_bound(books: Books) -> None:
    with books.unit() as unit:
        for number in range(5):
            loyalty.make_offer(unit, f"o{number}", f"p{number}", TERMS, 500, NOW)
        assert loyalty.expire(unit, END - timedelta(seconds=1)) == 0
        assert loyalty.expire(unit, END, limit=3) == 3
        assert loyalty.expire(unit, END) == 2
        assert loyalty.held(unit) == {} and loyalty.check(unit) == []
        assert loyalty.make_offer(unit, "again", "p0", TERMS, 500, NOW)["state"] == "open"


def test_only_what_is_open_is_taken_back(books: Books) -> None:
    with books.unit() as unit:
        for number, order in (("used", "1"), ("over", None)):
            code = loyalty.make_offer(unit, number, "p", TERMS, 1000, NOW)["code"]
            if order:
                loyalty.settle(unit, code, order, 300, NOW, order_total=4000)
        loyalty.expire(unit, END)
        for number in ("used", "over", "never made"):
            loyalty.release(unit, number, END)
        assert loyalty.offered(unit, "used")["state"] == "settled"
        assert loyalty.offered(unit, "over")["state"] == "expired"
        assert loyalty.held(unit) == {} and loyalty.check(unit) == []


def test_making_the_same_offer_twice_keeps_its_code(books: Books) -> None:
    with books.unit() as unit:
        first = loyalty.make_offer(unit, "o", "p", TERMS, 500, NOW)
        assert loyalty.make_offer(unit, "o", "p", TERMS, 500, NOW) == first
        assert loyalty.held(unit) == {"p": 500}


def test_the_ledger_finds_what_was_changed_behind_its_back(books: Books) -> None:
    with books.unit() as unit:
        loyalty.promise(unit, "p", 600, 1000, "a", NOW)
        unit.connection.exec_driver_sql("UPDATE exposure SET amount = 599")
        assert loyalty.check(unit) == ["exposure of p is not its entries"]


@forall(st.integers(1, 10**12), st.data())
def test_every_movement_is_even(amount: int, data: st.DataObject) -> None:
    given = data.draw(st.integers(0, amount))
    for legs in (
        ledger.promise("p", amount),
        ledger.release("p", amount),
        ledger.settle("p", amount, given),
    ):
        assert ledger.balanced(legs)
    assert not ledger.balanced((ledger.Leg("owed", 1, "p"), ledger.Leg("offered", -2)))


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["offer", "use", "release", "expire"]),
        st.integers(0, 5),
        st.sampled_from(["p", "q"]),
        st.integers(1, 700),
    ),
    max_size=25,
)


@settings(max_examples=25)
@forall(DEEDS)
def test_whatever_happens_the_bound_holds_and_the_books_are_even(deeds: list) -> None:
    """A second bookkeeper, who keeps only a list of open offers, always finds the same."""
    with TemporaryDirectory() as folder:
        books = Books.in_folder(Path(folder))
        books.migrate(every_table())
        mine: dict[str, tuple[str, int]] = {}
        for number, (deed, which, person, amount) in enumerate(deeds):
            with books.unit() as unit:
                _one_deed(unit, deed, f"o{which}", f"{number}", person, amount, mine)
                expected = {one: sum(a for p, a in mine.values() if p == one) for one in ("p", "q")}
                assert loyalty.held(unit) == {p: a for p, a in expected.items() if a}
                assert all(owed <= 1000 for owed in expected.values())
                assert loyalty.check(unit) == []
        books.close()


def _one_deed(unit, deed, offer_id, order, person, amount, mine) -> None:
    row = loyalty.offered(unit, offer_id)
    if deed == "offer" and row is None:
        fits = sum(a for p, a in mine.values() if p == person) + amount <= 1000
        try:
            loyalty.make_offer(unit, offer_id, person, loyalty.Terms(0.1, amount, END), 1000, NOW)
            assert fits
            mine[offer_id] = (person, amount)
        except Refused:
            assert not fits
    elif deed == "use" and offer_id in mine and row is not None:
        loyalty.settle(unit, row["code"], order, row["amount"] // 2, NOW, order_total=10**6)
        del mine[offer_id]
    elif deed == "release" and offer_id in mine:
        loyalty.release(unit, offer_id, NOW)
        del mine[offer_id]
    elif deed == "expire":
        loyalty.expire(unit, END)
        mine.clear()


def test_who_had_a_return_offer_of_late_is_known_before_a_plan_is_drafted(books: Books) -> None:
    """What a plan may promise is what redemption will not refuse: the cool-down is one."""
    back = loyalty.Terms(0.1, 500, END, kind="return", stage="lost")
    rest, day = USUAL.rest, NOW.date()
    with books.unit() as unit:
        loyalty.make_offer(unit, "o1", "p", back, 1000, NOW)
        loyalty.make_offer(unit, "o2", "q", TERMS, 1000, NOW)
        loyalty.make_offer(unit, "o3", "r", back, 1000, NOW)
        loyalty.release(unit, "o3", NOW)
        unit.add(person_alias, [{"person_id": "p-old", "survivor": "p"}])
    with books.reading() as unit:
        assert loyalty.resting(unit, USUAL, day) == {"p", "p-old"}, (
            "whose letter never left is free"
        )
        assert loyalty.resting(unit, USUAL, day + rest) == {"p", "p-old"}
        assert loyalty.resting(unit, USUAL, day + rest + timedelta(days=1)) == set()
    with pytest.raises(loyalty.Resting), books.unit() as unit:
        loyalty.make_offer(unit, "o4", "p", back, 1000, NOW + rest - timedelta(seconds=1))
