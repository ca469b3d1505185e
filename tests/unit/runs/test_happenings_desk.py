"""The desk of happenings: one line told, a file taken, and what could not be taken kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from huitou.ground.clock import StoppedClock
from huitou.ground.errors import Ambiguous, BadInput, HuitouError, NotYet
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

DAY = date(2026, 5, 3)
NOW = StoppedClock(datetime(2026, 6, 1, 9, tzinfo=UTC))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path / "shop", clock=NOW)


def test_what_is_told_is_listed_and_told_again_changes_nothing(shop: Shop) -> None:
    told = shop.happenings.tell("store_closed", DAY, by="Mei", store="外滩店", words=" for good ")
    assert (told.is_new, told.about, told.words) == (True, "外滩店", "for good")
    assert not shop.happenings.tell("store_closed", DAY, by="Lan", store="外滩店").is_new
    assert [each.id for each in shop.happenings.listed()] == [told.id]
    assert shop.happenings.listed("no_show") == ()


def test_what_has_not_happened_yet_cannot_be_told(shop: Shop) -> None:
    with pytest.raises(BadInput, match="has not happened yet"):
        shop.happenings.tell("competitor_opened", date(2026, 6, 2), by="Mei")


def test_before_a_run_nobody_is_known(shop: Shop) -> None:
    with pytest.raises(NotYet, match="nobody is known"):
        shop.happenings.tell("no_show", DAY, by="Mei", customer="42")


FILE = """kind,day,until,store,product,words,key
store_closed,2026-05-03,,Bund,,,
附近开了竞争对手,2026/05/04,,浦东店,,隔壁,
out_of_stock,2026-05-03,2026-05-20,,tea,"said ""soon"" twice",k1
out_of_stock,2026-05-03,2026-05-20,,coffee,the same key,k1
out_of_stock,2026-05-03,,Bund,,,
rain,2026-05-03,,,,,
store_closed,soon,,Bund,,,
store_closed,2027-01-01,,Bund,,,
,,,,,,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_taken_and_bad_rows_are_kept_with_why(
    shop: Shop, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(FILE.encode(encoding))
    declared = encoding if encoding == "gb18030" else None
    taken = shop.happenings.take(path, by="Mei", encoding=declared)
    assert (taken.rows, taken.taken, taken.unchanged) == (8, 3, 1)
    assert [row.line for row in taken.aside] == [6, 7, 8, 9]
    assert taken.aside[0].reason == "It does not say whom or what it touched."
    assert taken.aside[0].to_try == "name the product or category"
    assert taken.aside[1].raw == {"kind": "rain", "day": "2026-05-03"}
    again = shop.happenings.take(path, by="Mei", encoding=declared)
    assert (again.taken, again.unchanged) == (0, 4)
    assert len(shop.happenings.aside()) == 4, "kept once"
    assert {each.store for each in shop.happenings.listed("competitor_opened")} == {"浦东店"}


def test_letters_are_declared_and_never_guessed(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("kind,day,store\ncompetitor_opened,2026-05-03,浦東店\n".encode("cp950"))
    with pytest.raises(Ambiguous) as unclear:
        shop.happenings.take(path, by="Mei")
    assert "--encoding gb18030 (or cp950" in str(unclear.value.to_try)
    assert not shop.happenings.listed()
    assert shop.happenings.take(path, by="Mei", encoding="big5").taken == 1
    assert shop.happenings.listed()[0].store == "浦東店"


@pytest.mark.parametrize("text", ["", "store,day\nBund,2026-05-03\n", 'kind,day\n"open'])
def test_a_file_that_is_none_is_refused_in_words(shop: Shop, tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    try:
        taken = shop.happenings.take(path, by="Mei")
    except HuitouError as refused:
        assert refused.sentence
    else:
        assert taken.taken == 0 and len(taken.aside) == 1
    with pytest.raises(BadInput, match="no such file"):
        shop.happenings.take(tmp_path / "none.csv", by="Mei")


def test_a_mistake_is_withdrawn(shop: Shop) -> None:
    told = shop.happenings.tell("store_closed", DAY, by="Mei", store="Bund")
    shop.happenings.withdraw(told.id, "Mei")
    assert shop.happenings.listed()[0].withdrawn_by == "Mei"
