"""Half a year on the ladder: found, climbs, is told once, is warned, falls one step with grace."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.shop.scenes import NOW

from huitou.journeys.sendings.tables import sending
from huitou.loyalty.ladder import book
from huitou.loyalty.ladder.tables import ladder_move
from huitou.runs import day
from huitou.runs.desks.members.desk import read
from huitou.runs.shop import Shop
from huitou.runs.tables import run_step
from huitou.runs.wiring import open_shop
from huitou.sources.contract import Declared

CNY = Declared(currency="CNY", timezone="Asia/Shanghai")
RULES = """
on = true
window = 60
grace_days = 20

[[step]]
name = "taste"
claim = "A taste"

[[step]]
name = "member"
claim = "Member"
any = { joined = 1, visits = 2 }

[[step]]
name = "regular"
claim = "Regular"
all = { visits = 4 }

  [[step.privilege]]
  name = "tea"
  claim = "A tea"
  kind = "gift"
  often = "month"
"""
FAITHFUL, STEADY, NEWCOMER = "13500000001", "13500000002", "13500000003"
START = date(2024, 1, 1)


class Scene:
    """A shop to which weeks of orders come, one file after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shop: Shop = open_shop(folder / "shop", clock=NOW)
        self.files = 0

    def week(self, bought: Iterable[tuple[str, int]]) -> dict[str, Any]:
        """Take in orders (phone, days after the start), run, and say what the ladder did."""
        self.files += 1
        path = self.folder / f"{self.files}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["order_id", "phone", "ordered_at", "amount"])
            for number, (phone, on) in enumerate(bought):
                when = START + timedelta(days=on)
                table.writerow([f"{self.files}-{number}", phone, when, "80.50"])
        self.shop.take(path, CNY, confirmed=True)
        return self.run()

    def run(self, **choices: Any) -> dict[str, Any]:
        done = day.run(self.shop._house, self.shop.settings, **choices)
        mine = (run_step.c.run_id == done.run_id) & (run_step.c.name == "ladder")
        with self.shop.books.reading() as unit:
            return dict(unit.value(select(run_step.c.result).where(mine)))

    def asked(self) -> list[tuple[str, str]]:
        with self.shop.books.reading() as unit:
            rows = unit.rows(select(sending).where(sending.c.origin == "ladder"))
        return sorted((row["template"], row["state"]) for row in rows)

    def moves(self, who: str) -> list[str]:
        return [move.kind for move in reversed(self.shop.ladder.person(who).moves)]


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """An empty shop with the ladder on; its days are shortened to what the ladder needs."""
    for name, needed in (
        ("IN_THE_LAKE", ("people", "lines", "standing")),
        ("IN_THE_BOOKS", ("names", "members", "ladder")),
        ("AT_THE_END", ("thresholds", "publish", "events")),
    ):
        monkeypatch.setattr(day, name, {each: getattr(day, name)[each] for each in needed})
    made = Scene(tmp_path)
    made.shop.change_settings(holdout_share=0.0, margin=0.4)
    made.shop.rules("ladder").write(RULES)
    return made


def join(shop: Shop, phone: str, form: str = "f") -> Any:
    told = read(shop.settings, START, name="王芳", contacts=(phone,), language="zh-Hans")
    return shop.members.join(told, "Mei", form=form)


def everybody(*extra: tuple[str, int]) -> list[tuple[str, int]]:
    crowd = [(f"1390000{number:04d}", number % 20) for number in range(30)]
    return [*crowd, *extra]


def test_a_climb_a_warning_and_a_fall_of_one_step(scene: Scene) -> None:
    steady = [(STEADY, on) for on in range(0, 20, 4)]
    done = scene.week(everybody((FAITHFUL, 3), (FAITHFUL, 9), *steady))
    assert done["placed"] == 2 and scene.asked() == []
    assert [line.verdict for line in scene.shop.ladder.thresholds()] == ["too_early"]
    joined = join(scene.shop, FAITHFUL)
    assert joined.is_new

    done = scene.week([(FAITHFUL, 22), (FAITHFUL, 25), *((STEADY, on) for on in (21, 25))])
    assert (done["climbed"], done["told"]) == (1, 1)
    assert scene.shop.ladder.person(FAITHFUL).step == "regular"
    # Killed and begun again, or run once more: nobody climbs or is told twice.
    assert scene.run()["rows"] == 0
    assert scene.asked() == [("ladder.climbed", "planned")]
    given = scene.shop.ladder.deliver(joined.person_id, "tea", "Mei")
    assert [each.is_open for each in given.privileges] == [False]

    # A day before one that was judged changes nothing.
    assert scene.run(as_of=START + timedelta(days=15))["rows"] == 0

    # Two months without them: the window of the climb protects, then the grace.
    done = scene.week([("13900000001", 70)])
    assert done["warned"] == 1 and done["fell"] == 0
    stand = scene.shop.ladder.person(FAITHFUL)
    assert stand.step == "regular" and stand.falls_on == START + timedelta(days=90)
    assert scene.asked()[-1] == ("ladder.falls", "planned")

    done = scene.week([("13900000001", 95)])
    assert done["fell"] == 1
    # Their card still makes them a member; the other falls no further than a step at a time.
    assert scene.shop.ladder.person(FAITHFUL).step == "member"
    assert scene.moves(FAITHFUL) == ["placed", "climbed", "warned", "fell"]
    assert scene.asked()[-1] == ("ladder.falls", "cancelled")
    lines = {line.verdict for line in scene.shop.ladder.thresholds()}
    assert lines == {"too_few"}


def test_who_joins_before_the_first_order_is_that_customer_later(scene: Scene) -> None:
    scene.week(everybody())
    card = join(scene.shop, NEWCOMER)
    assert scene.shop.ladder.person(card.number).step == "member"
    scene.week([(NEWCOMER, on) for on in (21, 23, 25, 27)])
    stand = scene.shop.ladder.person(card.number)
    assert (stand.step, stand.visits, stand.number) == ("regular", 4, card.number)
    assert stand.person_id == scene.shop.ladder.person(NEWCOMER).person_id != card.person_id
    assert not join(scene.shop, NEWCOMER, "again").is_new


def test_the_held_out_climb_as_everybody_and_are_not_written_to(scene: Scene) -> None:
    scene.shop.change_settings(holdout_share=0.5)
    phones = [f"1380000{number:04d}" for number in range(24)]
    scene.week(everybody(*((phone, 2) for phone in phones)))
    for number, phone in enumerate(phones):
        join(scene.shop, phone, f"f{number}")
    done = scene.week([(phone, on) for phone in phones for on in (21, 22, 23)])
    assert done["climbed"] == len(phones) and 0 < done["told"] < len(phones)


def test_a_ladder_that_is_off_moves_nobody_and_shows_nothing(scene: Scene) -> None:
    scene.shop.rules("ladder").switch(False)
    assert scene.week(everybody((FAITHFUL, 3), (FAITHFUL, 9)))["rows"] == 0
    stand = scene.shop.ladder.person(FAITHFUL)
    assert not stand.on and not stand.privileges and stand.next is None
    with scene.shop.books.reading() as unit:
        assert book.standing(unit) == {} and unit.rows(select(ladder_move)) == []
    tried = scene.shop.ladder.tried(RULES)
    assert dict((name, people) for name, _, people in tried.steps) == {
        "taste": 30, "member": 1, "regular": 0,
    }  # fmt: skip
