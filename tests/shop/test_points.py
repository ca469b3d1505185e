"""A year of points in a small shop: orders earn in the daily run, and every door agrees."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.shop.scenes import NOW

from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.ground import failpoints
from huitou.ground.failpoints import VARIABLE, Stopped
from huitou.journeys.sendings.tables import sending
from huitou.loyalty.points.tables import movement
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.sources.contract import Declared

EUR = Declared(currency="EUR", timezone="Europe/Berlin")
HEAD = "order_id,member_no,email,ordered_at,sku,quantity,amount"
ORDERS = (
    "1,M1,one@example.com,2026-02-01,tea,2,20.50",
    "2,M1,one@example.com,2026-05-01,cup,1,49.00",
    "3,M2,two@example.com,2026-03-20,tea,1,10.00",
    "4,M2,two@example.com,2026-05-28,T10,1,300.00",
    "5,M3,three@example.com,2025-12-31,tea,9,90.00",
)
RULES = (
    ("\non = false\n", "\non = true\nsince = 2026-01-01\n"),
    ("expires_months = 24", "expires_months = 3"),
    ("least_burn = 100", "least_burn = 1"),
    ("\n[steps]", "\n[[pack]]\nname='Ten'\nsessions=10\nprice=30000\nproduct='T10'\n[steps]"),
)


def told(folder: Path, *rows: str, name: str = "orders.csv") -> Path:
    file = folder / name
    file.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return file


def opened(folder: Path) -> Shop:
    """Orders taken in, points switched on, no run yet."""
    shop = open_shop(folder / "shop", clock=NOW)
    shop.take(told(folder, *ORDERS), EUR, confirmed=True)
    text = shop.rules("points").text
    for before, after in RULES:
        assert before in text
        text = text.replace(before, after, 1)
    shop.rules("points").write(text)
    return shop


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop after its first run."""
    shop = opened(tmp_path_factory.mktemp("points"))
    shop.run()
    shop.books.close()
    return shop.home


@pytest.fixture
def shop(lived: Path, tmp_path: Path) -> Shop:
    """A copy of it, to be changed at will."""
    shutil.copytree(lived, tmp_path / "shop")
    return open_shop(tmp_path / "shop", clock=NOW)


def points(shop: Shop, who: str) -> tuple[int, int]:
    (found,) = [each for each in shop.points.purse(who).balances if each.kind == "points"]
    return found.available, found.pending


def test_orders_earn_once_in_the_daily_run_whatever_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = opened(tmp_path)
    for place in ("points.filled", "points.legs", "run.reward.settled"):
        monkeypatch.setattr(failpoints, "_visits", Counter())
        monkeypatch.setenv(VARIABLE, f"{place}:1:raise")
        with pytest.raises(Stopped):
            shop.run()
        monkeypatch.delenv(VARIABLE)
        with shop.books.reading() as unit:
            assert unit.rows(select(movement)) == []
    shop.run()
    # What was bought in February has ended by June; before the first day nothing earns.
    assert points(shop, "M1") == (49, 0)
    assert points(shop, "M2") == (10, 300)
    assert points(shop, "M3") == (0, 0)
    shop.run()
    assert points(shop, "M1") == (49, 0) and shop.check() == []


def test_a_correction_corrects_and_a_return_finds_the_order_it_belongs_to(
    shop: Shop, tmp_path: Path
) -> None:
    assert points(shop, "M1") == (49, 0) and points(shop, "M2") == (10, 300)
    fixed = told(tmp_path, "2,M1,one@example.com,2026-05-01,cup,1,30.00", name="new.csv")
    shop.take(fixed, EUR, confirmed=True)
    # Under a number of its own: it is the tea of order 3 that came back.
    back = told(tmp_path, "9,M2,two@example.com,2026-05-30,tea,-1,-10.00", name="back.csv")
    shop.take(back, EUR, confirmed=True)
    shop.run()
    assert points(shop, "M1") == (30, 0)
    assert points(shop, "M2") == (0, 300) and shop.check() == []


def test_whoever_buys_a_pack_has_it_and_is_told_before_points_end(shop: Shop) -> None:
    (pack,) = shop.packs.of("M2")
    assert (pack.name, pack.left, pack.price.minor) == ("Ten", 10, 300_00)
    shop.packs.use_of("M2", "visit 1")
    shop.packs.use_of("M2", "visit 1")
    assert shop.packs.of("M2")[0].left == 9
    shop.run()
    with shop.books.reading() as unit:
        wishes = unit.rows(select(sending).where(sending.c.origin == "points"))
    assert [(row["channel"], row["purpose"], row["told"]["amount"]) for row in wishes] == [
        ("email", "service", 10)
    ]  # those of order 3 end after the twentieth of June; asked for once in two runs

    # Also where there are too few customers for a forecast, the word leaves, and says what ends.
    assert shop.too_few() is not None
    shop.rules("channels").write('[email]\nway = "console"\n')
    shop.sending.send()
    letters = (shop.home / "post" / "email.txt").read_text(encoding="utf-8")
    assert shop.consents.withdraw("M2", by="Mei").standings[0].state == "withdrawn"
    assert "you still have 10 points with us" in letters and "end on Jun 20, 2026" in letters


def test_existing_shops_earn_nothing_until_points_are_switched_on(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop", clock=NOW)
    shop.take(told(tmp_path, *ORDERS), EUR, confirmed=True)
    shop.run()
    with shop.books.reading() as unit:
        assert unit.rows(select(movement)) == []
    rules = shop.rules("points")
    assert rules.switch(True).on and shop.points.rules.since == NOW.now().date()
    assert not rules.switch(False).on


def test_the_command_line_and_the_till_say_the_same(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*words: str, code: int = 0) -> Any:
        with pytest.raises(SystemExit) as end:
            main(["--home", str(shop.home), *words, "--json"])
        assert end.value.code == code
        return json.loads(capsys.readouterr().out)

    assert call("points", "gift", "M3", "69", "waited an hour")["balance"]["spendable"] == 69
    assert call("points", "burn", "M3", "--amount", "60", "--order", "77", "--total", "120")["new"]
    assert not call("points", "burn", "M3", "--amount", "60", "--order", "77", "--total", "120")[
        "new"
    ]
    assert call("points", "burn", "M3", "--amount", "60", "--order", "78", code=1)["error"]
    done = call("points", "refund", "77", "--back", "60", "--key", "r1")
    assert done["given"] == {"points": 30}
    earned = call("points", "earn", "M3", "--order", "80", "--total", "12.90")
    assert earned["amount"] == 12
    assert call("points", "balance", "M3")["balances"][0]["spendable"] == 39
    (owed, *_) = call("points", "liability")
    assert owed["kind"] == "points" and owed["breakage"] is None
    assert call("points", "rules")["on"] and set(call("points", "expire")) == {"cleared", "expired"}
    sold = call("pack", "sell", "M3", "Cuts", "--sessions", "3", "--price", "50", "--key", "s1")
    assert call("pack", "use", sold["id"], "--key", "v1")["left"] == 2
    assert call("pack", "refund", sold["id"], "--key", "b1")["paid"]["amount"] == 33.33
    assert [each["left"] for each in call("pack", "show", "M3")] == [0]

    staff = Staff(shop.books)
    token = staff.issue_token("till", ("read", "till"), NOW.now())
    with TestClient(app(shop, staff)) as till:
        till.headers["Authorization"] = f"Bearer {token}"
        asked = {"person": "M3", "key": "api1", "amount": 9, "order": "81"}
        assert till.post("/points/burn", json=asked).json()["balance"]["spendable"] == 30
        assert till.post("/points/burn", json=asked).json()["new"] is False
        too_many = {**asked, "key": "api2", "amount": 999}
        assert till.post("/points/burn", json=too_many).status_code == 403
        assert till.post("/points/burn", json={**asked, "key": ""}).status_code == 422
        assert till.get("/points/balance?person=M3").json()["balances"][0]["spendable"] == 30
        gift = {"person": "M3", "key": "g", "amount": 5, "why": "x"}
        assert till.post("/points/gift", json=gift).status_code == 403
        told = {"person": "M3", "key": "p1", "name": "Ten"}
        pack = till.post("/packs/sell", json=told).json()
        used = till.post("/packs/use", json={"person": "M3", "key": "u1"}).json()
        assert (pack["left"], used["left"]) == (10, 9)
    assert shop.check() == []
