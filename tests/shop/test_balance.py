"""The balance of a real shop: its curve is the plan's, and what is not known is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.shop.scenes import copied

from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.ground.errors import NotYet
from huitou.runs import newcomers
from huitou.runs.shop import Shop


@pytest.fixture(scope="module")
def shop(june: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return copied(june, tmp_path_factory.mktemp("balance"))


def test_the_plan_lies_on_its_curve(shop: Shop) -> None:
    free = shop.balance()
    best = free.together.best
    assert best.spend.minor > 0
    shop.draft_plan(budget=best.spend.minor // 3)
    short = shop.balance()
    assert short.together.best.gain.value.minor == pytest.approx(best.gain.value.minor, rel=0.01)
    before = max(s.gain.value.minor for s in short.together.spots if s.spend <= short.today.spend)
    after = min(s.gain.value.minor for s in short.together.spots if s.spend > short.today.spend)
    # What is left to the lot earns nothing: the plan lies so far below its curve.
    drawn = shop.settings.control_share + shop.settings.explore_share
    assert (
        (1 - drawn) * before - 1
        <= short.today.gain.value.minor
        <= max(after, best.gain.value.minor)
    )
    assert short.today.returns > 0
    shop.draft_plan()


def test_what_is_not_known_is_said_and_goes_when_it_is_told(shop: Shop) -> None:
    unknown = " ".join(map(str, shop.balance().unknown))
    assert "first guess" in unknown
    assert "nobody entered it" in unknown
    assert "No plan has been carried out" in unknown
    shop.change_settings(acquisition_spend="500")
    told = shop.balance()
    assert told.new is not None and told.new.spend is not None
    assert told.new.cost_each is not None and told.new.point is not None
    assert told.new.curve is None
    text = " ".join(map(str, told.unknown))
    assert "nobody entered it" not in text
    assert "a point is drawn, and no curve" in text
    assert "comes from the settings" in str(told.words[-1])
    shop.change_settings(acquisition_spend="")


def test_files_of_spending_go_before_the_settings(shop: Shop, tmp_path: Path) -> None:
    before = shop.settings.acquisition_spend
    shop.change_settings(acquisition_spend="2011-02 999; 2011-03 500")
    file = tmp_path / "spend.csv"
    file.write_text(
        "day,channel,amount,purpose\n2011-02-02,web,60,new\n2011-02-09,till,40,new\n2011-04,,7,keep\n"
    )
    assert shop.spending.take(file).amounts == 3
    told = shop.balance()
    assert told.new is not None and told.new.spend is not None
    assert (
        told.new.spend.minor == (10_000 + 50_000) // 2
    )  # February of the file, March of the settings
    assert {name: each.minor for name, each in told.new.channels} == {"web": 6000, "till": 4000}
    assert "from your files of spending" in str(told.words[-1])
    shop.change_settings(acquisition_spend=before)


def test_a_larger_split_spends_more(shop: Shop) -> None:
    spends = []
    for share in (0.2, 0.3, 0.5):
        shop.change_settings(share_with_customers=share)
        split = shop.balance().split
        spends.append(split.spot.spend.minor)
        assert split.costs.minor >= 0
        assert str(round(100 * share)) in str(split.words)
    assert spends == sorted(spends)
    shop.change_settings(share_with_customers=0.3)


def test_the_first_cohort_is_left_out(shop: Shop) -> None:
    edition = shop._edition()
    cohorts = newcomers.noted(edition)
    assert cohorts
    rows = shop.cohorts()
    assert min(each.month for each in cohorts) > min(row.month for row in rows)
    sizes = {row.month: row.size for row in rows}
    assert all(sizes[each.month] == each.size for each in cohorts)


def test_programs_and_the_terminal_are_told_the_same(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    staff = Staff(shop.books)
    caller = TestClient(app(shop, staff))
    secret = staff.issue_token("till", ("read",), shop.clock.now())
    caller.headers["Authorization"] = f"Bearer {secret}"
    told = caller.get("/balance").json()
    with pytest.raises(SystemExit) as left:
        main(["--home", str(shop.home), "balance", "--json"])
    assert left.value.code == 0
    typed = json.loads(capsys.readouterr().out)
    assert typed == told
    assert typed["together"]["spots"][0]["spend"]["amount"] == 0


def test_a_plan_of_before_is_told_to_be_drafted_anew(shop: Shop) -> None:
    from sqlalchemy import select, update

    from huitou.journeys.tables import plan

    with shop.books.unit() as unit:
        row = unit.first(select(plan).where(plan.c.status == "draft"))
        assert row is not None
        told = {name: value for name, value in row["totals"].items() if name != "balance"}
        unit.change(update(plan).where(plan.c.id == row["id"]).values(totals=told))
    with pytest.raises(NotYet, match="without its balance"):
        shop.balance()
    with shop.books.unit() as unit:
        unit.change(update(plan).where(plan.c.id == row["id"]).values(totals=row["totals"]))
