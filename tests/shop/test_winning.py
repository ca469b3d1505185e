"""What a customer costs, from a file of spending to the command line, the API and the page."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.shop import tea

from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.facts.winning import first_order_profit
from huitou.runs.desks import winning as desk
from huitou.runs.shop import Shop

SPENT = """day,channel,campaign,amount,purpose
2023-10,,,6000,new
2023-11-02,,,4000,new
2024-05,,,600,keep
2024-05,,,many,keep
"""


@pytest.fixture(scope="module")
def shop(tea_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The tea shop after it told what it spent, and one more run."""
    home = tmp_path_factory.mktemp("spent") / "shop"
    shutil.copytree(tea_shop, home)
    made = tea.opened(home, tea.MORNING + timedelta(hours=1))
    assert made.winning().cost is None and made.winning().unknown
    file = home / "spend.csv"
    file.write_text(SPENT, encoding="utf-8")
    taken = made.spending.take(file)
    assert (taken.rows, taken.amounts, len(taken.aside)) == (4, 3, 1)
    assert made.has_news()
    made.run()
    assert not made.has_news()
    return made


def said(shop: Shop, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    with pytest.raises(SystemExit) as end:
        main(["--home", str(shop.home), *words, "--json"])
    assert end.value.code == 0
    return json.loads(capsys.readouterr().out)


def test_all_doors_say_the_same(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(shop, capsys, "winning", "--by", "store")
    staff = Staff(shop.books)
    token = staff.issue_token("test", ["read"], shop.clock.now())
    client = TestClient(api(shop, staff), headers={"Authorization": f"Bearer {token}"})
    assert client.get("/winning?by=store").json() == told
    assert client.get("/spending").json()[0]["purpose"] == "keep"
    assert {row["code"] for row in client.get("/losses").json()["by_age"]}


def test_the_cost_is_what_was_spent_over_who_came(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    found = shop.winning("store")
    by_month = {row.month.month: row.size for row in shop.cohorts() if row.month.year == 2023}
    came = by_month[10] + by_month[11]
    assert found.cost is not None
    assert found.cost.minor == round(1_000_000 / came)
    kept = next(each for each in found.winning_and_keeping if each.kind == "keep")
    assert found.times == pytest.approx((1_000_000 / came) / (60_000 / kept.people))
    (metric,) = said(shop, capsys, "facts", "acquisition_cost")["rows"]
    assert metric["value"] == pytest.approx(float(found.cost.decimal))


def test_the_curve_is_that_of_the_cohorts(shop: Shop) -> None:
    found = shop.winning("store")
    known = [each for each in found.curve if each.low is not None and each.high is not None]
    assert known
    for each in known:
        assert each.low is not None and each.high is not None
        assert each.low.minor <= each.profit.minor <= each.high.minor
    assert sum(part.newcomers for part in found.parts) == found.newcomers


def test_a_month_is_called_the_same_wherever_it_stands(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """Month 1 is the one they came in: for metrics, and for the desk."""
    curve = [(each.months, float(each.profit.decimal)) for each in shop.winning().curve]
    told = said(shop, capsys, "facts", "payback_curve")["rows"]
    assert [(row["months"], row["profit"]) for row in told] == curve
    assert curve[0][0] == 1
    (paid,) = said(shop, capsys, "facts", "payback_months")["rows"]
    assert paid["value"] == shop.winning().payback


def test_a_row_of_newcomers_costs_what_newcomers_cost(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "newcomers_to_serve", first_order_profit)
    monkeypatch.setattr(desk, "_SEEN", {})
    (part,) = shop.winning("tier").parts
    assert part.serving and part.serving == part.first_profit


def test_another_margin_is_counted_with_at_once(shop: Shop) -> None:
    before, margin = shop.winning().first_profit, shop.settings.margin
    shop.change_settings(margin=0.9)
    after = shop.winning().first_profit
    shop.change_settings(margin=margin)
    assert margin == 0.45 and before and after
    assert after.minor == pytest.approx(2 * before.minor, abs=2)
    assert shop.winning().first_profit == before
