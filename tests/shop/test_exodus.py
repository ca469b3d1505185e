"""Exoduses and what if, of a shop after a run: all doors say the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.shop import tea

from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.ground.errors import NotYet
from huitou.ground.languages import speaker
from huitou.runs.shop import Shop


@pytest.fixture(scope="module")
def shop(tea_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A copy of the tea shop."""
    home = tmp_path_factory.mktemp("leaving") / "shop"
    shutil.copytree(tea_shop, home)
    return tea.opened(home)


@pytest.fixture(scope="module")
def client(shop: Shop) -> TestClient:
    """A program that may read."""
    staff = Staff(shop.books)
    token = staff.issue_token("test", ["read"], shop.clock.now())
    return TestClient(api(shop, staff), headers={"Authorization": f"Bearer {token}"})


def said(shop: Shop, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    with pytest.raises(SystemExit) as end:
        main(["--home", str(shop.home), *words, "--json"])
    assert end.value.code == code
    return json.loads(capsys.readouterr().out)


def test_exoduses_are_told_by_all_doors(
    shop: Shop, client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(shop, capsys, "exodus")
    assert told["looked"] >= 2 and told["words"]
    assert client.get("/exodus").json() == told
    for group in told["others"]:
        assert group["low"] <= group["share"] <= group["high"]
        assert 0 < group["came"] <= group["people"]
    with pytest.raises(NotYet, match="No exodus"):
        shop.exodus_people("store", "nowhere")


def test_what_if_is_told_by_all_doors(
    shop: Shop, client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(shop, capsys, "what-if", "--churn", "20:10", "--margin", "50", "--years", "2")
    assert client.get("/what-if?churn=20:10&margin=50&years=2").json() == told
    churn, _, margin, _ = told["levers"]
    assert margin["today"] == pytest.approx(45.0, abs=0.1) and margin["before"] == margin["today"]
    assert churn["added"]["value"] > 0 and margin["added"]["value"] > 0
    assert told["added"]["low"] <= told["added"]["value"] <= told["added"]["high"]
    shares = [share for share, _ in told["by_churn"]]
    profits = [money["amount"] for _, money in told["by_churn"]]
    assert shares == sorted(shares) and profits == sorted(profits, reverse=True)


def test_today_is_the_shops_own_figure(shop: Shop) -> None:
    found = shop.what_if({})
    assert found.before == found.after and found.added.value.minor == 0
    today = {each.code: each.today for each in found.levers}
    assert today["repeat"] == round(100 * shop.facts["repeat_purchase_rate"].value, 1)
    assert today["cost"] is None


@pytest.mark.parametrize(("years", "span"), [(1.0, "one year"), (2.0, "2 years")])
def test_years_are_counted_as_people_do(shop: Shop, years: float, span: str) -> None:
    (first, *_) = shop.what_if({"margin": "50"}, years).words
    assert str(first).startswith(f"Profit over {span} would be ")
    told = {1.0: "一年的利润会是", 2.0: "2 年的利润会是"}[years]
    assert speaker("zh-Hans").say(first).startswith(told)


def test_what_is_not_known_must_be_told(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(shop, capsys, "what-if", "--cost", "25", code=1)
    assert told["error"]["kind"] == "NotYet" and "--cost 20:25" in told["error"]["to_try"]
    # Whether today's figure is known or not: it is no number.
    told = said(shop, capsys, "what-if", "--cost", "ten", code=2)
    assert (told["error"]["column"], told["error"]["value"]) == ("cost", "ten")
    told = said(shop, capsys, "what-if", "--churn", "ten:5", code=2)
    assert (told["error"]["column"], told["error"]["value"]) == ("churn", "ten")
