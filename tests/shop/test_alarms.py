"""A small shop's evening: who rings, once, and who is spared."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.shop.scenes import HOME, NOW

from huitou.care import book as care
from huitou.decisions.holdout import Holdout
from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.ground.errors import HuitouError
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

START = date(2024, 1, 1)
SILENT = [f"c{n}" for n in range(12)]
"""They come each week, and stop after the thirtieth."""


def visits() -> list[tuple[str, date]]:
    """Sixty customers, one visit a week at their own weekday."""
    return [
        (f"c{n}", START + timedelta(days=7 * week + n % 7))
        for n in range(60)
        for week in range(30 if n < len(SILENT) else 36)
    ]


def orders(more: list[tuple[str, date]] | None = None) -> str:
    """As a file; the first customers pay most."""
    lines = ["order_id,member_no,date,amount"]
    for number, (who, day) in enumerate([*visits(), *(more or [])]):
        paid = 300 if who in SILENT else 20
        lines.append(f"{number},{who},{day},{paid}.00")
    return "\n".join(lines) + "\n"


def take(shop: Shop, folder: Path, text: str) -> None:
    file = folder / "orders.csv"
    file.write_text(text, encoding="utf-8")
    shop.take(file, HOME, confirmed=True)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """After one run; one of the silent asked to be left alone before it."""
    folder = tmp_path_factory.mktemp("alarms")
    made = open_shop(folder / "shop", clock=NOW)
    made.change_settings(margin=0.4, holdout_share=0.2)
    take(made, folder, orders())
    made.run()
    first = {bell.person.key for bell in made.alarms.bells() if bell.person}
    assert first, "somebody rings on the first evening"
    return made


def keys(shop: Shop, state: str = "ringing") -> set[str]:
    return {bell.person.key for bell in shop.alarms.bells(state) if bell.person}


def held_out(shop: Shop) -> set[str]:
    kept = shop.settings
    lot = Holdout(kept.salt, kept.holdout_share)
    edition = shop._house.lake.current()
    assert edition is not None
    rows = edition.table("holders").to_pylist()
    held = {row["person_id"] for row in rows if lot.holds(row["hold_key"])}
    people = edition.table("people", ["person_id", "key"]).to_pylist()
    return {row["key"] for row in people if row["person_id"] in held}


def test_large_customers_who_fell_silent_ring_and_nobody_else(shop: Shop) -> None:
    shop.alarms.set_rule("big_silent", "lin", parameters={"top_share": 0.2})
    shop.change_settings(value_days=364)
    shop.run()
    rung = keys(shop)
    assert rung == set(SILENT) - held_out(shop)
    facts = [str(fact) for alarm in shop.alarms.bells()[0].alarms for fact in alarm.facts]
    assert any("Silent for" in fact for fact in facts)
    assert any("Usually comes every 7 days" in fact for fact in facts)


def test_the_next_evening_rings_nobody_again(shop: Shop) -> None:
    before = {alarm.id for bell in shop.alarms.bells() for alarm in bell.alarms}
    shop.change_settings(value_days=363)
    shop.run()
    assert {alarm.id for bell in shop.alarms.bells() for alarm in bell.alarms} == before


def test_every_rule_says_what_it_would_have_rung(shop: Shop) -> None:
    rules = {rule.name: rule for rule in shop.alarms.rules()}
    assert all(rule.replay is not None for rule in rules.values())
    before = rules["no_visit"].replay
    assert shop.alarms.replay("no_visit", {"days": 45.0}).told["days"] == 45
    assert shop.alarms.rules()[0].name == "complaint_overdue"
    assert {rule.name: rule for rule in shop.alarms.rules()}["no_visit"].replay == before
    with pytest.raises(HuitouError, match="there is no alarm rule"):
        shop.alarms.replay("astrology")


def test_a_program_takes_an_alarm_and_ends_it(shop: Shop) -> None:
    staff = Staff(shop.books)
    secret = staff.issue_token("robot", ["read", "ask", "plan"], shop.clock.now())
    client = TestClient(app(shop, staff), headers={"authorization": f"Bearer {secret}"})
    bells = client.get("/alarms").json()
    alarm = bells[-1]["alarms"][0]["id"]
    assert client.get(f"/alarms/{alarm}").json()["state"] == "ringing"
    taken = client.post(f"/alarms/{alarm}/acknowledge").json()
    assert (taken["state"], taken["by"]) == ("acknowledged", "token robot")
    assert client.post(f"/alarms/{alarm}/acknowledge").status_code == 200
    done = client.post(f"/alarms/{alarm}/close", json={"outcome": "reached"}).json()
    assert done["outcome"] == "reached"
    assert client.post(f"/alarms/{alarm}/snooze", json={"days": 3}).status_code == 403
    assert client.get("/alarms/summary").json()["customers"] == len(bells) - 1
    tried = client.post("/alarms/rules/no_visit/replay", json={"parameters": {"days": 40}}).json()
    assert tried["told"]["days"] == 40
    assert client.get("/alarms/none").status_code == 404


def test_the_command_line_says_the_same(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    def call(*line: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(["--home", str(shop.home), "alarm", *line])
        assert left.value.code == 0
        return capsys.readouterr().out

    (first, *_) = json.loads(call("list", "--json"))
    alarm = first["alarms"][0]
    assert alarm["facts"][0] in call("list")
    call("ack", alarm["id"], "--by", "lin")
    assert alarm["id"] in call("list", "--state", "acknowledged")
    assert "forecast_low" in call("rules")
    assert "no purchase in" in call("replay", "big_silent")
    assert "HUITOU_ALERT_URLS" in call("routes")


def test_who_came_back_and_who_asked_for_silence_ring_no_more(shop: Shop, tmp_path: Path) -> None:
    here = sorted(keys(shop))
    back, quiet = here[0], here[1]
    last = max(day for _who, day in visits())
    take(shop, tmp_path, orders([(back, last)]))
    with shop.books.unit() as unit:
        care.be_silent(unit, shop.person(quiet).row.id, "any", "told at the till", NOW.now())
    shop.run()
    assert not {back, quiet} & keys(shop)
    assert {
        alarm.outcome
        for bell in shop.alarms.bells("closed")
        if bell.person and bell.person.key == back
        for alarm in bell.alarms
    } == {"came_back"}


def test_a_shop_too_small_for_a_forecast_still_rings(tmp_path: Path) -> None:
    few = open_shop(tmp_path / "few", clock=NOW)
    few.change_settings(margin=0.4, holdout_share=0.0)
    lines = [line for line in orders().splitlines() if line.split(",")[1] in ("c0", "c20", "c21")]
    take(few, tmp_path, "order_id,member_no,date,amount\n" + "\n".join(lines) + "\n")
    few.alarms.set_rule("big_silent", "lin", parameters={"top_share": 1.0, "fresh": 60})
    few.run()
    assert few.too_few() is not None
    assert [(bell.key, len(bell.alarms)) for bell in few.alarms.bells()] == [("c0", 1)]
