"""An order stands the same after the same words in any order, and after any of them twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from huitou.sources.live.standing import COLUMNS, Standing, rows
from huitou.sources.live.told import CalledOff, Goods, Order, Refund, Who

START = datetime(2026, 3, 1, tzinfo=UTC)


def order(minute: int, *goods: Goods) -> Order:
    at = START + timedelta(minutes=minute)
    return Order("1", at, at, f"m{minute}", Who("u-1"), "EUR", goods)


def refund(name: str, *goods: Goods, every: bool = False) -> Refund:
    return Refund("1", name, START + timedelta(days=3), Who(), "EUR", None if every else goods)


def after(*words: Order | CalledOff | Refund) -> Standing:
    standing = Standing()
    for word in words:
        standing = standing.told(word)
    return standing


def lines(standing: Standing) -> list[tuple[str, str, str, str]]:
    return [(row["order_id"], row["line_id"], row["amount"], row["status"])
            for row in rows(standing, "EUR")]  # fmt: skip


A, B = Goods("a", Decimal("7.50"), "a"), Goods("b", Decimal(2), "b")


def test_the_latest_word_about_the_goods_counts_whenever_it_arrives() -> None:
    first, later = order(0, A, B), order(9, A)
    expected = [("1", "a", "7.50", "")]
    assert lines(after(first, later)) == lines(after(later, first)) == expected
    assert {row["ordered_at"] for row in rows(after(later, first), "EUR")} == {
        "2026-03-01T00:00:00.000000+00:00"
    }


def test_a_refund_of_all_waits_for_its_order() -> None:
    every = refund("r", every=True)
    assert lines(after(every)) == []
    assert lines(after(every, order(0, A))) == [
        ("1", "a", "7.50", ""), ("1/refund", "r/a", "-7.50", ""),
    ]  # fmt: skip


def test_called_off_is_never_paid_unless_it_was_paid_back() -> None:
    assert lines(after(CalledOff("1"), order(0, A))) == [("1", "a", "7.50", "cancelled")]
    assert lines(after(order(0, A), CalledOff("1"), refund("r", A))) == [
        ("1", "a", "7.50", ""), ("1/refund", "r/a", "-7.50", ""),
    ]  # fmt: skip


def test_a_refund_finds_whose_it_is_in_its_order() -> None:
    told = list(rows(after(refund("r", A), order(0, A)), "EUR"))
    assert {row["member_no"] for row in told} == {"u-1"}
    assert all(set(row) == set(COLUMNS) for row in told)


words = st.lists(
    st.one_of(
        st.builds(lambda minute, both: order(minute, *((A, B) if both else (A,))),
                  st.integers(0, 5), st.booleans()),
        st.just(CalledOff("1")),
        st.builds(lambda n: refund(f"r{n}", A), st.integers(0, 2)),
        st.just(refund("all", every=True)),
    ),
    max_size=6,
    unique_by=lambda word: getattr(word, "message", getattr(word, "refund_id", "off")),
)  # fmt: skip


@given(told=words, random=st.randoms(use_true_random=False))
def test_any_order_and_any_of_them_twice(told: list[Order], random: Random) -> None:
    again = [*told, *told[:3]]
    random.shuffle(again)
    assert lines(after(*again)) == lines(after(*told))


@given(told=words)
def test_what_is_kept_is_read_again(told: list[Order]) -> None:
    standing = after(*told)
    assert Standing.read(standing.kept()) == standing
