"""What arrives today about last month changes last month as known from today, and nothing before.

Two clocks: when a thing happened, and when it was known. What was known at any earlier moment can
be read again as it was.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shop.intake import Desk

from huitou.doors.cli.main import main
from huitou.ground.clock import StoppedClock
from huitou.identity.forgetting import lake as forgetting
from huitou.runs.wiring import open_shop
from huitou.sources.history import known_lines

FIRST = datetime(2026, 6, 1, tzinfo=UTC)
HEADER = "order_id,customer_id,order_date,sku,quantity,amount"

Row = tuple[int, int, str, int]
"""Order, day of May, product, whole amount: a later file may tell any of them anew."""


class Counter(Desk):
    """A desk that takes files one day after the other."""

    days = 0

    @property
    def now(self) -> datetime:
        return FIRST + timedelta(days=self.days)

    def tell(self, rows: Sequence[Row]) -> None:
        self.days += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{self.days}.csv"
        told = [f"{o},c{o % 3},2026-05-{day:02d},{sku},1,{amount}" for o, day, sku, amount in rows]
        path.write_text("\n".join([HEADER, *told]) + "\n", encoding="utf-8")
        self.arrives = self.now
        self.take(path)

    def known(self, at: datetime) -> list[tuple[Any, ...]]:
        with self.lake.writing("look") as con:
            return con.execute(
                f"""SELECT order_id, member_no, ordered_at, sku, quantity, amount, loaded_at
                FROM ({known_lines(at)}) ORDER BY ALL"""
            ).fetchall()

    def standing(self) -> list[tuple[Any, ...]]:
        with self.lake.writing("look") as con:
            return con.execute(
                """SELECT order_id, member_no, ordered_at, sku, quantity, amount, loaded_at
                FROM lines ORDER BY ALL"""
            ).fetchall()


rows = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 28), st.sampled_from(["tea", "cup"]),
              st.integers(1, 5)),
    min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=12)
@given(st.lists(rows, min_size=2, max_size=4))
def test_what_was_known_at_any_moment_can_be_read_again(files: list[list[Row]]) -> None:
    with TemporaryDirectory() as folder:
        desk = Counter(Path(folder))
        seen: list[tuple[datetime, list[tuple[Any, ...]]]] = [(desk.now, [])]
        for file in files:
            desk.tell(file)
            seen.append((desk.now, desk.standing()))
        for moment, stood in seen:
            assert desk.known(moment) == stood


@pytest.fixture
def desk(tmp_path: Path) -> Counter:
    made = Counter(tmp_path)
    made.tell([(1, 3, "tea", 5), (2, 20, "cup", 7)])
    return made


def test_a_late_row_changes_the_past_as_known_from_today_on(desk: Counter) -> None:
    before = desk.known(desk.now)
    desk.tell([(3, 10, "tea", 9)])
    assert len(desk.known(desk.now)) == 3
    assert desk.known(desk.now - timedelta(days=1)) == before


def test_a_correction_does_not_take_away_what_was_known(desk: Counter) -> None:
    desk.tell([(1, 3, "tea", 4)])
    amounts = {row[0]: row[5] for row in desk.known(desk.now)}
    assert amounts == {"1": 400, "2": 700}
    amounts = {row[0]: row[5] for row in desk.known(desk.now - timedelta(days=1))}
    assert amounts == {"1": 500, "2": 700}


def test_who_was_forgotten_is_in_no_earlier_knowledge(desk: Counter, tmp_path: Path) -> None:
    desk.tell([(1, 3, "tea", 4)])
    with desk.lake.writing("forget") as con:
        forgetting.nobodys(con, ["member:c1"])
        left = con.execute("SELECT count(*) FROM lines_before WHERE member_no = 'c1'").fetchone()
    assert left == (0,)
    for days in range(4):
        assert "c1" not in {row[1] for row in desk.known(FIRST + timedelta(days=days))}


def typed(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[float, list[float]]:
    """The revenue as the command line tells it: whole, and row by row."""
    with pytest.raises(SystemExit) as end:
        main(["--home", str(home), "facts", "revenue", *words, "--json"])
    assert end.value.code == 0
    told = json.loads(capsys.readouterr().out)
    return told["metric"]["value"]["amount"], [row["value"] for row in told["rows"]]


def test_a_metric_is_told_as_it_was_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = (datetime(2026, 6, 1, 9, tzinfo=UTC), datetime(2026, 6, 3, 9, tzinfo=UTC))
    told = (["1,c1,2026-05-03,tea,1,5", "2,c2,2026-05-20,cup,1,7"],
            ["1,c1,2026-05-03,tea,1,4", "3,c3,2026-05-10,tea,1,9"])  # fmt: skip
    for now, rows in zip(days, told, strict=True):
        shop = open_shop(tmp_path / "home", clock=StoppedClock(now))
        shop.change_settings(currency="CNY", timezone="Asia/Shanghai")
        path = tmp_path / f"{now.day}.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        Desk(shop.home, arrives=now).take(path)
        if now == days[-1]:
            shop.run()
            found = [
                float(shop.metric("revenue", **clocks)["value"][0].as_py())
                for clocks in (
                    {}, {"known": date(2026, 6, 1)}, {"as_of": date(2026, 5, 12)},
                    {"as_of": date(2026, 5, 12), "known": date(2026, 6, 2)},
                )
            ]  # fmt: skip
            assert found == [20, 12, 13, 5]
            for told, amount in (((), 20), (("--known", "2026-06-01"), 12),
                                 (("--as-of", "2026-05-12"), 13)):  # fmt: skip
                assert typed(shop.home, capsys, *told) == (amount, [amount])
                assert typed(shop.home, capsys, *told, "--by", "sku")[0] == amount
        shop.books.close()
