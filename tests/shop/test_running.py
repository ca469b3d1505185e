"""One run at a time: a killed one is gone on with, and none takes another's work for its own."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.shop.scenes import HOME, NOW

from huitou.ground import failpoints
from huitou.ground.errors import Busy, HuitouError
from huitou.ground.failpoints import VARIABLE, Stopped
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

SMALL = "order_id,member_no,date,amount\n" + "".join(
    f"{n},c{n % 40},202{3 + n % 2}-{1 + n % 12:02}-{1 + n % 27:02},{10 + n % 50}.50\n"
    for n in range(400)
)


@pytest.fixture
def shop(home: Path, tmp_path: Path) -> Shop:
    orders = tmp_path / "orders.csv"
    orders.write_text(SMALL, encoding="utf-8")
    made = open_shop(home, clock=NOW)
    made.change_settings(margin=0.4)
    made.take(orders, HOME, confirmed=True)
    return made


def killed(shop: Shop, monkeypatch: pytest.MonkeyPatch, place: str, **asked: Any) -> None:
    """Run, and stop there as if the power went."""
    monkeypatch.setattr(failpoints, "_visits", Counter())
    monkeypatch.setenv(VARIABLE, f"run.{place}:1:raise")
    with pytest.raises(Stopped):
        shop.run(**asked)
    monkeypatch.delenv(VARIABLE)


@pytest.mark.parametrize(
    "place",
    ["forecast.begin", pytest.param("proof.begin", marks=pytest.mark.kills), "publish.done"],
)
def test_a_killed_run_ends_well_after_a_different_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    killed(shop, monkeypatch, place, horizon_days=56)
    other = shop.run(horizon_days=91)
    again = shop.run(horizon_days=56)
    assert again.run_id != other.run_id
    assert shop.answers().lost.horizon_days == 56
    plan = shop.plan()
    assert plan is not None and plan.as_of == again.as_of
    folders = {path.name for path in (shop.home / "lake" / "published").iterdir() if path.is_dir()}
    assert {other.run_id, again.run_id} <= folders
    assert not any(name.startswith(".") for name in folders)


def test_a_run_whose_folder_is_gone_starts_anew(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(shop, monkeypatch, "forecast.begin")
    shutil.rmtree(shop.home / "lake" / "published")
    assert [step.name for step in shop.run().steps][1:3] == ["people", "lines"]
    assert shop.answers().customers == 40


def test_while_one_runs_another_is_told_so(shop: Shop) -> None:
    def meanwhile(step: str, _share: float | None) -> None:
        if step == "facts":
            with pytest.raises(Busy, match="day's work is being done by process"):
                shop.run()
            with pytest.raises(Busy, match="day's work is being done by process"):
                shop.draft_plan(budget=100)

    shop.run()
    shop.run(progress=meanwhile)
    assert shop.answers().customers == 40


def test_a_shop_may_live_in_a_folder_of_any_name(tmp_path: Path) -> None:
    name = "it's a#b x%41 [y]* 店"
    folder = tmp_path / name
    folder.mkdir()
    orders = folder / "orders of the shop.csv"
    orders.write_text(SMALL, encoding="utf-8")
    shop = open_shop(folder / "shop", clock=NOW)
    assert shop.take(orders, HOME, confirmed=True).applied == 400
    shop.run()
    row = shop.people(limit=1).rows[0]
    assert shop.person(row.id).timeline
    assert {path.name for path in folder.iterdir()} == {orders.name, "shop"}
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_in_which_the_lake_cannot_be_kept_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(HuitouError, match=r"holds a \?"):
        open_shop(tmp_path / "what?" / "shop", clock=NOW)
    assert list(tmp_path.iterdir()) == []
