"""A shop of one small file, as newcomers have it: no margin, no products, phones in many hands."""

from __future__ import annotations

import csv
import random
import re
import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.shop.scenes import NOW
from tests.unit.console.conftest import ROOT

from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.doors.console.app import app as console
from huitou.ground.errors import HuitouError, NotYet
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.sources.contract import Declared

CNY = Declared(currency="CNY", timezone="Asia/Shanghai")
PEOPLE = 80
GENEROUS: dict[str, Any] = {
    "budget": 10**7, "staff_hours": 100.0, "staff_hourly": 0, "letter_cost": 0,
    "share_of_value": 1.0,
}  # fmt: skip
HEAD = "order_id,member_no,phone,email,address,ordered_at,amount"


def orders(path: Path, *, seed: int = 5, first: date = date(2023, 1, 2)) -> Path:
    """Customers with a rhythm of their own; half of them stop coming. Odd ones have no number."""
    draw, rows = random.Random(seed), [HEAD]
    for number in range(PEOPLE):
        day, gap = first + timedelta(days=draw.randrange(60)), draw.randrange(15, 60)
        until = date(2024, 3, 1) if number % 2 else date(2023, 9, 1)
        member = "" if number % 4 == 1 else f"M{number}"
        while day < until:
            rows.append(
                f"{seed}-{len(rows)},{member},135{number:08d},Buyer{number}@Example.com,"
                f"{f'Long Road {number}' if number % 3 == 0 else ''},{day},"
                f"{draw.randrange(50, 400)}.50"
            )
            day += timedelta(days=max(1, round(draw.gauss(gap, gap / 4))))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    shop = open_shop(folder / "shop", clock=NOW)
    shop.take(orders(folder / "orders.csv"), CNY, confirmed=True)
    shop.run()
    # What is copied must not be written meanwhile, as it is where books are closed late.
    shop.books.close()
    return folder / "shop"


@pytest.fixture
def shop(lived: Path, tmp_path: Path) -> Shop:
    """A copy, to be changed at will."""
    shutil.copytree(lived, tmp_path / "shop")
    return open_shop(tmp_path / "shop", clock=NOW)


def codes(shop: Shop) -> list[str]:
    return [alert.code for alert in shop.remarks()]


def test_a_margin_nobody_told_is_called_a_guess_everywhere(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert codes(shop) == ["margin"]
    assert "margin" in [alert.code for alert in shop.home_page().alerts]
    for command in (["report"], ["plan", "show"], ["doctor"]):
        with pytest.raises(SystemExit):
            main(["--home", str(shop.home), *command])
        assert "huitou settings set margin 0.35" in " ".join(capsys.readouterr().out.split())


def test_figures_that_were_overtaken_say_so(shop: Shop, tmp_path: Path) -> None:
    shop.change_settings(margin=0.4)
    assert codes(shop) == ["settings"]
    shop.change_settings(margin=None, budget=5000)
    assert codes(shop) == ["margin", "limits"]
    shop.draft_plan()
    assert codes(shop) == ["margin"]
    shop.take(orders(tmp_path / "more.csv", seed=6), CNY, confirmed=True)
    assert codes(shop) == ["margin", "arrived"]
    assert "Run again: huitou run" in str(shop.answers().remarks[-1])


@pytest.mark.parametrize(
    "changed", [{"most_contacts": 2}, {"control_share": 0.2}, {"explore_share": 0.0}]
)
def test_whatever_a_plan_is_drafted_within_is_watched(shop: Shop, changed: dict[str, Any]) -> None:
    shop.change_settings(**changed)
    assert "limits" in codes(shop)


def test_limits_of_one_draft_are_not_kept(shop: Shop) -> None:
    before = shop.settings
    drafted = shop.draft_plan(budget=0, staff_hours=0)
    assert (drafted.budget.minor, drafted.staff_hours) == (0, 0) if drafted.budget else False
    assert drafted.cost.minor == 0 and shop.settings == before
    assert codes(shop) == ["margin"]


def test_a_newer_draft_hides_no_approved_plan(shop: Shop) -> None:
    plan = shop.plan()
    assert plan is not None
    shop.approve_plan(plan.id, "owner")
    newer = shop.draft_plan(budget=100)
    assert newer.id != plan.id
    with pytest.raises(SystemExit) as left:
        main(["--home", str(shop.home), "plan", "apply"])
    assert left.value.code == 0
    assert {each.id: each.status for each in shop.plans()} == {
        plan.id: "applied",
        newer.id: "draft",
    }


@pytest.mark.parametrize(
    "spelt",
    ["13500000002", "+86 135 0000 0002", "0086-135-0000-0002", "135-0000-0002 ", "M2",
     "buyer2@example.com", "BUYER2@EXAMPLE.COM"],
)  # fmt: skip
def test_a_customer_is_found_by_any_key_however_spelt(shop: Shop, spelt: str) -> None:
    assert shop.person(spelt).row.key == "M2"


def test_whoever_has_no_number_is_found_by_phone_and_mail(shop: Shop) -> None:
    assert shop.person("13500000001").row.id == shop.person("Buyer1@example.com").row.id


def test_who_is_not_there_or_not_one_is_said_in_words(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(HuitouError, match="no customer '13599999999'"):
        shop.person("13599999999")
    shared = [HEAD] + [f"s{n},M{n},13611112222,,,2024-03-0{n},10" for n in (2, 4)]
    (tmp_path / "shared.csv").write_text("\n".join(shared) + "\n")
    shop.take(tmp_path / "shared.csv", CNY, confirmed=True)
    shop.run()
    with pytest.raises(HuitouError, match="several customers") as several:
        shop.person("136 1111 2222")
    assert several.value.to_try is not None
    assert sorted(several.value.to_try.removeprefix("one of: ").split(", ")) == ["M2", "M4"]


def test_what_another_version_made_is_asked_for_anew(shop: Shop) -> None:
    notes = list(shop.home.glob("lake/published/*/moment.json"))
    for note in notes:
        note.write_text(note.read_text().replace('"format": ', '"format": 99'))
    with pytest.raises(NotYet, match="made by another version") as asked:
        shop.answers()
    assert notes and asked.value.to_try == "huitou run"
    shop.run()
    assert shop.answers().customers == PEOPLE


def test_a_folder_that_cannot_be_is_said_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    for home in (tmp_path / "file", tmp_path / "file" / "shop"):
        with pytest.raises(SystemExit) as left:
            main(["--home", str(home), "report"])
        assert left.value.code == 1
        assert "cannot be the shop's folder" in capsys.readouterr().err


def test_what_the_files_cannot_show_is_no_suspect(shop: Shop) -> None:
    suspected = {cause.code for cause in shop.answers().causes}
    assert suspected and not suspected & {"price", "assortment", "returned_goods"}


def test_all_of_it_can_be_taken_along(shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(SystemExit) as left:
        main(["--home", str(shop.home), "export", str(out)])
    assert left.value.code == 0
    told = {name: list(csv.DictReader((out / f"{name}.csv").open(encoding="utf-8-sig")))
            for name in ("customers", "orders", "keys", "receipts")}  # fmt: skip
    answers = shop.answers()
    assert len(told["orders"]) == answers.lines
    assert sum(Decimal(row["amount"]) for row in told["orders"]) == answers.revenue.decimal
    assert len(told["customers"]) == len(told["receipts"]) == PEOPLE
    mine = {row["kind"]: row["value"] for row in told["keys"] if row["customer"] == "M2"}
    assert mine["member"] == "M2" and mine["email"] == "buyer2@example.com"
    assert mine["phone"].endswith("+8613500000002")


def test_a_letter_is_posted_or_handed_over_or_not_written(shop: Shop) -> None:
    shop.change_settings(**GENEROUS)
    on_paper = _letters(shop)
    posted = [row for row in on_paper if row["address"]]
    assert 0 < len(posted) < len(on_paper)
    assert all(row["address"].startswith("Long Road") for row in posted)
    assert {row["phone"][-11:-8] for row in on_paper} == {"135"}
    assert all(row["email"].endswith("@example.com") for row in on_paper)


def test_without_leave_to_hand_over_only_addresses_get_paper(shop: Shop) -> None:
    shop.change_settings(**GENEROUS)
    assert "hand the letter over" in " ".join(map(str, shop.draft_plan().words))
    shop.change_settings(letters_by_hand=False)
    letters = _letters(shop)
    assert letters and all(row["address"] for row in letters)
    plan = shop.latest_plan("applied")
    assert plan is not None and "hand the letter over" not in " ".join(map(str, plan.words))


def _letters(shop: Shop) -> list[dict[str, str]]:
    """The mail-merge table of a plan that is drafted and carried out now."""
    plan = shop.draft_plan()
    shop.approve_plan(plan.id, "owner")
    shop.apply_plan(plan.id, "owner")
    merged = shop.home / "letters" / plan.id / "mail-merge.csv"
    return list(csv.DictReader(merged.open(encoding="utf-8-sig")))


def test_below_thirty_customers_every_button_leads_to_a_page_that_is_there(tmp_path: Path) -> None:
    few, told = open_shop(tmp_path / "few", clock=NOW), tmp_path / "few.csv"
    every = orders(tmp_path / "orders.csv").read_text(encoding="utf-8").splitlines()
    theirs = [row for row in every[1:] if int(row.split(",")[2][3:]) < 12]
    told.write_text("\n".join([HEAD, *theirs]) + "\n", encoding="utf-8")
    few.take(told, CNY, confirmed=True)
    few.run()
    staff = Staff(few.books)
    with TestClient(console(few, staff), base_url=ROOT, headers={"origin": ROOT}) as owner:
        link = f"/welcome/{staff.invite('owner', few.clock.now())}"
        owner.post(link, data={"name": "owner", "password": "a long enough one"})
        page = owner.get("/questions")
        assert page.status_code == 409
        buttons = re.findall('class="btn"[^>]* href="([^"]+)"', page.text)
        assert buttons == ["/files", "/cohorts", "/metrics", "/winning", "/report"]
        assert [owner.get(address).status_code for address in buttons] == [200] * 5
    few.books.close()
