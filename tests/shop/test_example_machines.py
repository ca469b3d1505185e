"""A dealer's log of printers, from the files of `examples/machines` to the quote at the till."""

from __future__ import annotations

import csv
import json
import runpy
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.shop import tea
from typer.testing import CliRunner

from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.cli.main import app as commands
from huitou.doors.console.app import app as console
from huitou.doors.tables import metadata
from huitou.ground.clock import StoppedClock, WallClock
from huitou.ground.errors import Refused
from huitou.loyalty import book as loyalty
from huitou.runs.desks.needs import MachineView
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

EXAMPLE = Path(__file__).parents[2] / "examples" / "machines"
FIRMS = 90
MORNING = datetime(2026, 7, 1, 1, tzinfo=UTC)
TODAY = date(2026, 7, 1)
ROOT = "http://testserver"


@pytest.fixture(scope="module")
def dealer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the log, and the shop that took it in."""
    folder = tmp_path_factory.mktemp("dealer")
    runpy.run_path(str(EXAMPLE / "log.py"))["write"](folder, firms=FIRMS)
    shop = opened(folder / "shop")
    shop.change_settings(salt="one lot for all tests", margin=0.5)
    shop.take(folder / "orders.csv", tea.DECLARED, confirmed=True)
    shop.run()
    shop.rules("machines").write((EXAMPLE / "machines.toml").read_text(encoding="utf-8"), "Mei")
    for file, kind in (("machines.csv", "machines"), ("notes.csv", "readings")):
        text = (folder / file).read_text(encoding="utf-8")
        taken = shop.needs.take(text, "Mei")
        assert getattr(taken, kind) > 100 and not taken.known
        assert shop.needs.take(text, "Mei").known == len(text.splitlines()) - 1
    shop.books.close()
    return folder


@pytest.fixture
def shop(dealer: Path, tmp_path: Path) -> Iterator[Shop]:
    shutil.copytree(dealer / "shop", tmp_path / "shop")
    made = opened(tmp_path / "shop")
    yield made
    made.books.close()


def opened(home: Path, now: datetime = MORNING) -> Shop:
    return open_shop(home, clock=StoppedClock(now))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def owed(shop: Shop, person: str) -> int:
    with shop.books.reading() as unit:
        assert loyalty.check(unit) == []
        return loyalty.held(unit, [person]).get(person, 0)


def able(shop: Shop) -> MachineView:
    """A machine whose owner is surely worth what the list gives for it."""
    people = shop._edition().table("people", ["person_id", "value_low"]).to_pylist()
    low = {row["person_id"]: row["value_low"] or 0 for row in people}
    share = shop.settings.share_of_value
    return next(
        each
        for each in shop.needs.machines()[:100]  # as many as the page shows
        if 0 < each.worth.minor <= share * low[each.person] < 2 * each.worth.minor
    )


def test_the_days_by_use_are_near_the_true_ones_and_their_intervals_hold(
    shop: Shop, dealer: Path
) -> None:
    truth = {row["serial"]: row["by_pages"] for row in table(dealer / "truth.csv")}
    with shop.books.reading() as unit:
        needs = [need for need in shop.needs._machine_needs(unit) if need.kind == "use"]
    known = [need for need in needs if truth[need.about] > TODAY.isoformat()]
    day = [date.fromisoformat(truth[need.about]) for need in known]
    off = [abs((need.due - true).days) for need, true in zip(known, day, strict=True)]
    assert len(known) > 80 and np.median(off) < 20
    inside = [
        need.low is not None and need.low <= true and (need.high is None or true <= need.high)
        for need, true in zip(known, day, strict=True)
    ]
    assert 0.7 <= np.mean(inside) <= 0.9
    within = sum(need.within_28 or 0 for need in known)
    came = sum(true <= TODAY + timedelta(days=28) for true in day)
    assert within == pytest.approx(came, abs=8)


def test_cartridges_are_foretold_firm_by_firm(shop: Shop, dealer: Path) -> None:
    later: dict[tuple[str, str], date] = {}
    for row in table(dealer / "later.csv"):
        later.setdefault((row["member_no"], row["sku"]), date.fromisoformat(row["date"]))
    due = [need for need in shop.needs.seen().due if need.kind == "refill"]
    came = [
        later.get((need.customer, need.about), date.max) <= TODAY + timedelta(days=6)
        for need in due
    ]
    assert len(due) > 40 and "cartridge" in due[0].about
    assert np.mean([need.within_7 or 0 for need in due]) == pytest.approx(np.mean(came), abs=0.12)


def test_a_quote_is_owed_until_its_last_day_and_shown_at_every_door(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WallClock, "now", lambda _: MORNING)
    metadata.create_all(shop.books.engine)
    machine = able(shop)
    staff = Staff(shop.books)
    with TestClient(api(shop, staff)) as door:
        secret = staff.issue_token("dealer", ("read", "ask"), MORNING)
        door.headers["Authorization"] = f"Bearer {secret}"
        made = door.post(f"/machines/{machine.serial}/quote").json()
        listed = door.get("/machines", params={"person": machine.person}).json()
        again = door.post(f"/machines/{machine.serial}/quote").json()
    assert made["until"] == "2026-07-31" and made == again
    assert made in [each["quote"] for each in listed]
    assert owed(shop, machine.person) == machine.worth.minor
    told = CliRunner().invoke(commands, ["--home", str(shop.home), "machine", "list", "--json"])
    quotes = [each["quote"] for each in json.loads(told.stdout) if each["quote"]]
    assert quotes == [made]
    assert made["code"] in page(shop, "/needs")
    assert "for the old one until" in page(shop, f"/beside/{machine.person}")
    late = opened(shop.home, datetime(2026, 7, 31, 15, 59, tzinfo=UTC))
    assert [each.quote for each in late.needs.machines() if each.quote]
    late.books.close()
    over = opened(shop.home, datetime(2026, 7, 31, 16, 1, tzinfo=UTC))
    with over.books.unit() as unit:
        loyalty.expire(unit, over.clock.now())
    assert owed(over, machine.person) == 0
    assert not [each.quote for each in over.needs.machines() if each.quote]
    over.books.close()


def page(shop: Shop, path: str) -> str:
    """A page of the console, as the owner sees it."""
    staff = Staff(shop.books)
    with TestClient(console(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as owner:
        link = f"/welcome/{staff.invite('owner', MORNING)}"
        owner.post(link, data={"name": path, "password": "a long enough one"})
        return owner.get(path).text


def test_nobody_is_promised_more_than_they_are_surely_worth(shop: Shop) -> None:
    machine = able(shop)
    # Something else is promised first, as much as the machine would bring.
    terms = loyalty.Terms(0.1, machine.worth.minor, MORNING + timedelta(days=9))
    with shop.books.unit() as unit:
        loyalty.make_offer(unit, "other", machine.person, terms, machine.worth.minor, MORNING)
    with pytest.raises(Refused, match="bound"):
        shop.needs.quote(machine.serial)
    assert not [each.quote for each in shop.needs.machines() if each.quote]


def test_a_machine_that_is_gone_is_owed_nothing_for(shop: Shop) -> None:
    machine = able(shop)
    shop.needs.quote(machine.serial)
    shop.needs.retire(machine.serial)
    assert owed(shop, machine.person) == 0


def test_a_code_that_was_used_is_not_given_again_that_day(shop: Shop) -> None:
    machine = able(shop)
    code = shop.needs.quote(machine.serial).code
    with shop.books.unit() as unit:
        loyalty.settle(unit, code, "new printer", machine.worth.minor, MORNING, order_total=900_00)
    with pytest.raises(Refused, match="used or taken back"):
        shop.needs.quote(machine.serial)
