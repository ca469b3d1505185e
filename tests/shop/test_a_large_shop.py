"""A large shop keeps what its facts begin with, goes on from it, and tells the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.shop.intake import Desk

from huitou.facts.accounts import accounts, sums_of
from huitou.facts.customers import customers
from huitou.facts.metrics import values
from huitou.ground.clock import StoppedClock
from huitou.ground.ids import new_id
from huitou.identity.forgetting.lake import nobodys
from huitou.runs import beneath
from huitou.runs.moment import FORMAT
from huitou.runs.sameness import marks
from huitou.runs.steps import know
from huitou.runs.wiring import open_shop
from huitou.runs.work import Work

HEADER = "order_id,customer_id,phone,order_date,sku,quantity,amount,cost,store,refund"
FIRST = date(2025, 11, 1)
Evenings = Callable[..., "Story"]


class Story:
    """One shop, whose files arrive day by day."""

    def __init__(self, home: Path) -> None:
        self.shop = open_shop(home, clock=StoppedClock(datetime(2026, 6, 1, tzinfo=UTC)))
        self.shop.change_settings(currency="CNY", timezone="Asia/Shanghai", margin=0.3)
        self.clock = datetime(2026, 6, 1, tzinfo=UTC)

    def take(self, name: str, *rows: str) -> None:
        """A file arrives."""
        path = self.shop.home / f"{name}.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        self.clock += timedelta(days=1)
        Desk(self.shop.home, self.clock).take(path)

    def evening(self, day: date) -> Mapping[str, str]:
        """Marks of the lines, keys, customers and figures of an evening; it is published."""
        house = self.shop._house
        work = Work(
            home=house.home, lake=house.lake, books=house.books, shelf=house.shelf,
            settings=self.shop.settings, run_id=new_id(), now=self.clock, day=day, horizon_days=28,
        )  # fmt: skip
        know.people(work)
        know.lines(work)
        know.facts(work)
        found = marks(work.lake, work.edition)
        work.lake.publish(work.edition)
        return found

    @property
    def pieces(self) -> dict[str, int]:
        """The files of each piece of the evening that was published last."""
        edition = self.shop._house.lake.current()
        assert edition is not None
        there = [name for name in ("lines", *beneath.KEPT) if edition.has(name)]
        return {name: len(edition.parts(name)) for name in there}


def rows(days: range) -> list[str]:
    """Some orders a day, some of several lines, some by nobody, some of which comes back."""
    told = []
    for day in days:
        when = FIRST + timedelta(days=day)
        for k in range(day % 4 + 1):
            who = "" if k == 3 else f"c{(day * 7 + k * 5) % 11}"
            order = f"{day}-{k}"
            told += [
                f"{order},{who},,{when} 10:0{k},tea{line},1,{10 + line}.50,4,s{k % 2},"
                for line in range(1 + (day + k) % 3)
            ]
            if k == 2:
                told.append(f"{order}r,{who},,{when} 18:00,tea0,-1,-10.50,4,s0,")
    return told


@contextmanager
def large(**said: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(beneath, "LARGE", 0)
        for name, value in said.items():
            patched.setattr(beneath, name, value)
        yield


LAST = 150
WHOLE = {"kept_several", "kept_matched", "kept_first_purchases", "kept_cohort_months"}
"""Of no use the day after, or told of what grew; and who came on the two days had come before."""
NEXT = FIRST + timedelta(days=LAST)


@pytest.fixture
def plain(tmp_path: Path) -> Story:
    return Story(tmp_path / "plain")


@pytest.fixture
def kept(tmp_path: Path) -> Story:
    return Story(tmp_path / "kept")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_one_more_day_is_added_and_tells_the_same(plain: Story, kept: Story) -> None:
    with large(SLICE=10):
        kept.take("all", *rows(range(LAST)))
        kept.evening(day(LAST - 1))
        assert min(kept.pieces["kept_purchase_days"], kept.pieces["kept_several"]) > 1, "in slices"
        before = kept.pieces
        for number in (LAST, LAST + 1):
            kept.take(str(number), *rows(range(number, number + 1)))
            found = kept.evening(day(number))
            grew = {name for name, parts in kept.pieces.items() if parts > before.get(name, 0)}
            assert grew >= {"lines", *beneath.KEPT} - {"kept_accounts", *WHOLE}
            assert kept.pieces["kept_accounts"] == before["kept_accounts"]
            assert kept.pieces["kept_cohort_months"] == 1
    plain.take("all", *rows(range(LAST + 2)))
    assert found == plain.evening(day(LAST + 1))
    assert "kept_orders" not in plain.pieces


@pytest.mark.parametrize(
    "surprise",
    [
        "77-1x,c4,,2026-01-10 10:00,tea9,1,99.00,4,s0,",  # late
        f"{LAST - 1}-0,c{(LAST - 1) * 7 % 11},,{NEXT} 10:00,tea8,1,9.00,4,s0,",  # goes on
        f"{LAST}-9,c4,13800000001,{NEXT} 10:00,tea9,1,9.00,4,s0,",  # makes two people one
    ],
)
def test_whatever_changes_the_past_makes_it_anew(plain: Story, kept: Story, surprise: str) -> None:
    old = [*rows(range(LAST)), f"x,,13800000001,{day(9)} 12:00,tea1,1,5.00,2,s1,"]
    new = [*rows(range(LAST, LAST + 1)), surprise]
    with large():
        kept.take("old", *old)
        kept.evening(day(LAST - 1))
        kept.take("new", *new)
        found = kept.evening(day(LAST))
        assert "kept_accounts_since" not in kept.pieces
    plain.take("old", *old)
    plain.take("new", *new)
    assert found == plain.evening(day(LAST))


def test_who_is_forgotten_is_in_none_of_the_pieces(kept: Story) -> None:
    with large():
        kept.take("all", *rows(range(LAST)))
        kept.evening(day(LAST - 1))
        with kept.shop._house.lake.writing("test") as lake:
            assert nobodys(lake, ["member:c1"])
        kept.take("new", *rows(range(LAST, LAST + 1)))
        kept.evening(day(LAST))
    edition = kept.shop._house.lake.current()
    assert edition is not None and "kept_accounts_since" not in kept.pieces
    told = edition.table("kept_accounts", ["member_no"])["member_no"].to_pylist()
    assert "c1" not in told and "c5" in told


def test_readers_begin_with_what_is_kept(kept: Story) -> None:
    goes_on = f"100-0,c{100 * 7 % 11},,{day(120)} 10:00,tea8,1,9.00,4,s0,"
    with large():
        kept.take("all", *rows(range(LAST)), goes_on)
        kept.evening(day(LAST - 1))
        kept.take("more", *rows(range(LAST, LAST + 1)))
        kept.evening(day(LAST))
    assert kept.pieces["kept_parted"] == 2
    with kept.shop._tables() as tables:
        assert tables.held is not None
        plain, as_of = replace(tables, held=None), tables.held.as_of
        for evening in (as_of, as_of - timedelta(days=1), as_of - timedelta(days=40)):
            for make in (accounts, sums_of, customers, values):
                told, meant = (make(each, evening).to_pyarrow() for each in (tables, plain))
                first = told.column_names[0]
                assert told.sort_by(first) == meant.select(told.column_names).sort_by(first)


def test_a_day_without_orders_and_an_evening_looked_at_again(kept: Story) -> None:
    with large():
        kept.take("all", *rows(range(LAST)))
        once = kept.evening(day(LAST - 1))
        assert kept.evening(day(LAST - 1)) == once
        kept.evening(day(LAST + 3))
        assert "kept_accounts_since" in kept.pieces


def test_what_another_version_kept_is_made_anew(kept: Story) -> None:
    with large():
        kept.take("all", *rows(range(LAST)))
        kept.evening(day(LAST - 1))
        edition = kept.shop._house.lake.current()
        assert edition is not None
        edition.note("moment", {**edition.noted("moment"), "format": FORMAT - 1})
        kept.take("new", *rows(range(LAST, LAST + 1)))
        kept.evening(day(LAST))
    assert "kept_accounts_since" not in kept.pieces
