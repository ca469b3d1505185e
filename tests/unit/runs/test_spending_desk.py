"""The desk of spending: files are taken, told again, replaced; bad rows are told with why."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.clock import StoppedClock
from huitou.ground.errors import Ambiguous, BadInput, NotYet
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.sources.spending.reading import rows, spending

NOW = StoppedClock(datetime(2026, 6, 1, 9, tzinfo=UTC))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = open_shop(tmp_path / "shop", clock=NOW)
    made.change_settings(currency="CNY", timezone="Asia/Shanghai")
    return made


def file(folder: Path, text: str, name: str = "spend.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_chinese_headings_are_known_in_both_writings(
    shop: Shop, tmp_path: Path, encoding: str
) -> None:
    text = (
        '日期,渠道,推广计划,花费,用途\n2026年3月,抖音,春季,"￥1,200.50",拉新\n2026/3/5,,,80,留存\n'
    )
    taken = shop.spending.take(file(tmp_path, text.replace("￥", "¥"), encoding=encoding))
    assert (taken.amounts, taken.aside) == (2, ())
    first, second = shop.spending.listed()
    assert (first.day, first.purpose, first.amount.minor) == (date(2026, 3, 5), "keep", 8000)
    assert (second.day, second.channel, second.campaign) == (date(2026, 3, 1), "抖音", "春季")
    assert second.amount.minor == 120_050


def test_letters_are_declared_and_never_guessed(shop: Shop, tmp_path: Path) -> None:
    path = file(tmp_path, "day,channel,amount\n2026-03,網路廣告,5\n", encoding="cp950")
    with pytest.raises(Ambiguous) as unclear:
        shop.spending.take(path)
    assert "--encoding gb18030 (or cp950" in str(unclear.value.to_try)
    (asked,) = unclear.value.questions
    samples = {choice.value: choice.sample for choice in asked.choices}
    assert "網路廣告" in samples["cp950"] and "網路廣告" not in samples["gb18030"]
    assert not shop.spending.listed()
    shop.spending.take(path, "big5")
    assert shop.spending.listed()[0].channel == "網路廣告"


def test_a_byte_that_is_no_letter_sets_its_row_aside(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "spend.csv"
    path.write_bytes(b"day,channel,amount\n2026-03,w\xffb,5\n2026-04,web,5\n")
    taken = shop.spending.take(path, "utf-8")
    assert (taken.amounts, len(taken.aside)) == (1, 1)
    assert (taken.aside[0].line, taken.aside[0].column) == (2, "channel")


def test_rows_of_a_file_add_up_and_a_later_file_replaces_them(shop: Shop, tmp_path: Path) -> None:
    twice = "day,channel,amount\n2026-03-01,web,10\n2026-03-01,web,5\n2026-03-02,web,1\n"
    assert shop.spending.take(file(tmp_path, twice)).amounts == 2
    again = shop.spending.take(file(tmp_path, twice))
    assert (again.amounts, again.unchanged) == (0, 2)
    changed = shop.spending.take(file(tmp_path, "day,channel,amount\n2026-03-01,web,7\n"))
    assert (changed.amounts, changed.unchanged) == (1, 0)
    assert {each.day.day: each.amount.minor for each in shop.spending.listed()} == {1: 700, 2: 100}


def test_bad_rows_are_told_and_good_ones_count(shop: Shop, tmp_path: Path) -> None:
    text = (
        "day,amount,purpose\n2026-13,5,\n2026-03,-5,\n2026-03,nan,\n2026-03,5,lunch\n2026-03,5,\n"
    )
    taken = shop.spending.take(file(tmp_path, text))
    assert (taken.rows, taken.amounts) == (5, 1)
    assert [(row.line, row.column) for row in taken.aside] == [
        (2, "day"), (3, "amount"), (4, "amount"), (5, "purpose"),
    ]  # fmt: skip
    assert all(row.to_try for row in taken.aside)


def test_what_is_no_such_file_is_refused(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no column amount"):
        shop.spending.take(file(tmp_path, "day,price\n2026-03,4\n"))
    with pytest.raises(BadInput, match="no such file"):
        shop.spending.take(tmp_path / "nowhere.csv")


def test_before_there_is_a_currency_nothing_is_taken(tmp_path: Path) -> None:
    bare = open_shop(tmp_path / "bare", clock=NOW)
    with pytest.raises(NotYet, match="currency"):
        bare.spending.take(file(tmp_path, "day,amount\n2026-03,4\n"))


@given(
    st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    st.decimals(0, 10**9, places=2, allow_nan=False),
    st.sampled_from(["web", "抖音", ""]),
)
def test_what_is_written_is_read(day: date, amount: Decimal, channel: str) -> None:
    text = f"day,channel,amount\n{day},{channel},{amount}\n"
    ((_, row),) = rows(text, "f.csv")
    told = spending(row, "CNY")
    assert (told.day, told.channel, told.amount) == (day, channel, int(amount * 100))
