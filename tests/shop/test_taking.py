"""What a file leaves behind: the shop's currency, and how many of its rows still wait."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.shop.scenes import HOME, NOW

from huitou.ground.clock import StoppedClock
from huitou.ground.errors import HuitouError, NothingTaken
from huitou.runs import reading, taking
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.sources.contract import Declared

ROWS = [f"{n},c{n % 40},2024-{1 + n % 12:02}-{1 + n % 27:02},{10 + n % 50}.50" for n in range(400)]


def orders(folder: Path, rows: list[str], name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(["order_id,member_no,date,amount", *rows, ""]), encoding="utf-8")
    return path


@pytest.fixture
def shop(home: Path) -> Shop:
    return open_shop(home, clock=NOW)


def test_a_file_that_is_not_taken_settles_no_currency(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    yuan = Declared(currency="CNY", timezone="Asia/Shanghai")
    with pytest.raises(NothingTaken):
        shop.take(orders(tmp_path, ["1,c1,someday,much"]), yuan, confirmed=True)
    assert (shop.settings.currency, shop.settings.timezone) == (None, None)

    def breaks(*_told: Any) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr(taking.book, "take", breaks)
        shop.take(orders(tmp_path, ROWS), yuan, confirmed=True)
    assert shop.settings.currency is None
    shop.take(orders(tmp_path, ROWS), HOME, confirmed=True)
    assert (shop.settings.currency, shop.settings.timezone) == ("GBP", "Europe/London")


def test_rows_that_were_mended_wait_no_more(shop: Shop, tmp_path: Path) -> None:
    assert shop.waiting() == 0
    broken = orders(tmp_path, [*ROWS, "900,c1,someday,5.00", "901,c1,2024-03-01,much"])
    assert shop.take(broken, HOME, confirmed=True).quarantined == 2
    assert shop.waiting() == 2
    shop.run()
    alerts = {alert.code: alert.words.values for alert in shop.home_page().alerts}
    assert alerts["quarantine"] == {"n": 2}
    (table,) = shop.export_quarantine(tmp_path / "mend.csv")
    text = table.read_text(encoding="utf-8-sig").replace("someday", "2024-03-02")
    table.write_text(text, encoding="utf-8-sig")
    shop.mend(table)
    assert shop.waiting() == 1 == len(shop.quarantined())


def test_rows_that_wait_are_asked_for_by_their_ids(shop: Shop, tmp_path: Path) -> None:
    broken = orders(tmp_path, [*ROWS, "900,c1,someday,5.00", "901,c1,2024-03-01,much"])
    shop.take(broken, HOME, confirmed=True)
    first = shop.quarantined(limit=1)[0]
    assert [row.row for row in shop.quarantined(after=first.id)] != [first.row]
    with pytest.raises(HuitouError, match="not the id of a row"):
        shop.quarantined(after="x")


def test_calculated_is_when_the_run_was_finished(home: Path, tmp_path: Path) -> None:
    open_shop(home, clock=NOW).take(orders(tmp_path, ROWS), HOME, confirmed=True)
    later = StoppedClock(NOW.moment + timedelta(days=1))
    open_shop(home, clock=later).run()
    after = open_shop(home, clock=StoppedClock(NOW.moment + timedelta(days=2)))
    after.take(
        orders(tmp_path, [*ROWS, "900,c1,2024-12-28,5.00"], "more.csv"), HOME, confirmed=True
    )
    assert after.home_page().refreshed == later.now()


def test_answers_are_read_and_not_worked_out_again(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.take(orders(tmp_path, ROWS), HOME, confirmed=True)
    shop.run()
    told = shop.home_page()
    assert told.answers.plan is not None and told.answers.plan == shop.plan()
    assert told.answers.customers == 40 == sum(told.answers.stages.values())

    def again(**_told: Any) -> None:
        raise AssertionError("worked out again")

    monkeypatch.setattr(reading.five, "answers", again)
    assert shop.answers() == told.answers
    shop.change_settings(lost_line=0.9)
    assert shop.answers().lost == told.answers.lost
