"""The code of a letter at the till: looked at often, used once, at every door."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.shop.scenes import NOW

from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.ground.errors import Refused
from huitou.loyalty import book as loyalty
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

TERMS = loyalty.Terms(0.15, 1_000, NOW.now() + timedelta(days=9))


@pytest.fixture
def shop(home: Path) -> Shop:
    shop = open_shop(home, clock=NOW)
    shop.change_settings(currency="GBP", timezone="Europe/London")
    return shop


@pytest.fixture
def code(shop: Shop) -> str:
    with shop.books.unit() as unit:
        return str(loyalty.make_offer(unit, "one", "p1", TERMS, 1_000, NOW.now())["code"])


def owed(shop: Shop) -> dict[str, int]:
    with shop.books.reading() as unit:
        assert loyalty.check(unit) == []
        return loyalty.held(unit)


def test_an_offer_takes_its_share_off_and_never_more_than_it_promised(
    shop: Shop, code: str
) -> None:
    typed = f" {code[:5].lower()} {code[5:].lower()} "
    assert shop.check_offer(typed).state == "open" and owed(shop) == {"p1": 1_000}
    used = shop.redeem_offer(typed, "order 1", 4_999)
    assert used.given is not None and used.given.minor == 749
    assert shop.redeem_offer(code, "order 1", 4_999) == used
    seen = shop.check_offer(code)
    assert (seen.given, seen.payable, str(seen.why_not)) == (
        used.given, used.payable, "This code was used already.",
    )  # fmt: skip
    with pytest.raises(Refused, match="not open"):
        shop.redeem_offer(code, "order 2", 4_999)
    assert owed(shop) == {}


def test_a_large_order_gets_what_was_promised(shop: Shop, code: str) -> None:
    used = shop.redeem_offer(code, "order 1", 10**6)
    assert used.given is not None and used.given.minor == 1_000


def test_of_64_tills_at_once_one_wins(shop: Shop, code: str) -> None:
    def use(till: int) -> int:
        try:
            shop.redeem_offer(code, f"order {till // 2}", 4_000)
        except Refused:
            return -1
        return till // 2

    with ThreadPoolExecutor(64) as tills:
        won = [order for order in tills.map(use, range(64)) if order >= 0]
    assert len(won) == 2 and len(set(won)) == 1  # the same order, told by two tills
    assert owed(shop) == {}


def test_programs_check_and_redeem_with_a_scope_of_their_own(shop: Shop, code: str) -> None:
    staff = Staff(shop.books)
    with TestClient(app(shop, staff)) as client:
        for scope, status in (("read", 403), ("offer", 200)):
            token = staff.issue_token(scope, (scope,), NOW.now())
            client.headers["Authorization"] = f"Bearer {token}"
            assert client.get(f"/offers/{code}/check").status_code == status
        use = {"order": "7", "total": "40.00"}
        for _ in range(2):
            told = client.post(f"/offers/{code}/redeem", json=use)
            assert (told.status_code, told.json()["given"]["amount"]) == (200, 6.0)
        again = client.post(f"/offers/{code}/redeem", json={**use, "order": "8"})
        assert again.status_code == 403
        assert client.post(f"/offers/{code}/redeem", json={**use, "total": -1}).status_code == 422


def test_the_command_line_redeems_too(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    for_ever = replace(TERMS, ends_at=NOW.now().replace(year=2999))  # the wall clock is asked
    with shop.books.unit() as unit:
        code = loyalty.make_offer(unit, "two", "p2", for_ever, 1_000, NOW.now())["code"]

    def said(*words: str) -> tuple[Any, Any]:
        with pytest.raises(SystemExit) as end:
            main(["--home", str(shop.home), "offer", *words, "--json"])
        return end.value.code, json.loads(capsys.readouterr().out)

    assert said("check", code)[1]["state"] == "open"
    assert said("redeem", code, "--order", "1", "--total", "free")[0] == 1
    assert said("redeem", "NOSUCHCODE", "--order", "1", "--total", "40")[0] == 1
    assert said("redeem", code, "--order", "1", "--total", "40")[1]["state"] == "settled"
    assert owed(shop) == {}
