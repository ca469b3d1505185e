"""A tea shop keeps its customers close: the next tea, a refill in time, a pot that is serviced."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.shop import tea
from typer.testing import CliRunner

from huitou.care.guides.pages import Guide, Said
from huitou.care.machines.rules import Machine
from huitou.decisions.holdout import Holdout
from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.cli.main import app as commands
from huitou.doors.console.app import app as console
from huitou.doors.public.app import app as public
from huitou.doors.tables import metadata
from huitou.journeys.reminders.tables import reminder
from huitou.journeys.sendings.tables import sending
from huitou.runs.shop import Shop
from huitou.runs.steps.needs import remind

ROOT = "http://testserver"
PERSON = {"sec-fetch-mode": "navigate"}


@pytest.fixture
def shop(tea_shop: Path, tmp_path: Path) -> Iterator[Shop]:
    """A copy to be changed at will."""
    shutil.copytree(tea_shop, tmp_path / "shop")
    made = tea.opened(tmp_path / "shop")
    yield made
    made.books.close()


def buyer(shop: Shop) -> str:
    return max(shop.people(limit=50, sort="orders").rows, key=lambda row: row.orders).key


def asked(shop: Shop) -> list[dict[str, Any]]:
    with shop.books.reading() as unit:
        query = select(sending).where(sending.c.origin == "reminder")
        return [dict(row) for row in unit.rows(query)]


def turn_on(shop: Shop) -> None:
    text = shop.rules("reminders").text.replace("refill = false", "refill = true")
    # Six teas, each bought now and then: no day is sure, so they are spoken of early.
    text = text.replace("chance = 0.4", "chance = 0.1").replace("lead_days = 5", "lead_days = 90")
    shop.rules("reminders").write(text)


def test_the_run_says_what_fits_next_and_how_well_that_was_foretold(shop: Shop) -> None:
    seen = shop.sticking.seen()
    assert sum(group.people for group in seen.now) > 100 and seen.products == 6
    assert seen.held_out is not None and seen.held_out.low <= seen.held_out.difference
    one = shop.sticking.of(buyer(shop))
    assert one.products >= 1 and len({each.sku for each in one.nexts}) == len(one.nexts)
    assert any(brick.there for brick in one.wall.bricks)


def test_nobody_is_reminded_of_refills_before_the_merchant_says_so(shop: Shop) -> None:
    tea.again(shop, remind)
    assert asked(shop) == []


def test_refills_are_spoken_of_once_to_nobody_held_out_and_once_a_person(shop: Shop) -> None:
    turn_on(shop)
    first = tea.again(shop, remind)
    rows = asked(shop)
    assert first["rows"] == len(rows) > 10
    people = [row["person_id"] for row in rows]
    assert len(set(people)) == len(people) and {row["purpose"] for row in rows} == {"marketing"}
    lot = Holdout.of_the_year(shop.settings.salt, shop.settings.holdout_share, date(2024, 8, 31))
    holders = {
        row["person_id"]: row["hold_key"] for row in shop._edition().table("holders").to_pylist()
    }
    assert not [each for each in people if lot.holds(holders[each])]
    assert tea.again(shop, remind)["rows"] == 0


def test_orders_of_long_ago_remind_nobody_of_a_refill(shop: Shop, tmp_path: Path) -> None:
    turn_on(shop)
    late = tea.opened(shop.home, datetime(2024, 9, 20, 1, tzinfo=UTC))
    assert tea.again(late, remind)["rows"] == 0
    late.books.close()


def test_a_worn_out_pot_is_quoted_a_price_until_a_day(shop: Shop) -> None:
    lot = Holdout.of_the_year(shop.settings.salt, shop.settings.holdout_share, date(2024, 8, 31))
    treated = [row for row in shop.people(limit=50).rows if not lot.holds(f"member:{row.key}")][:2]
    held_out = next(row for row in shop.people(limit=50).rows if lot.holds(f"member:{row.key}"))
    pots = [*treated, held_out]
    for place, row in enumerate(pots):
        shop.needs.enter(row.key, Machine(f"S{place}", "pot", date(2019, 9, 1)), "Mei")
    shop.needs.note("S1", date(2024, 8, 1), "Mei", words="Descaled")
    tea.again(shop, remind)
    rows = {row["person_id"]: row for row in asked(shop)}
    assert set(rows) == {row.id for row in treated}
    with shop.books.reading() as unit:
        kinds = {row["about"]: row["kind"] for row in unit.rows(select(reminder))}
    assert kinds["S1"] == "end"
    told = rows[treated[1].id]["told"]
    assert told["amount"] == 20_00 and told["until"] == "2024-10-01"
    worn = [need for need in shop.needs.of(treated[1].key) if need.kind == "end"]
    assert worn[0].quote is not None and worn[0].quote.amount.minor == 20_00


def test_a_list_of_machines_is_taken_whole_or_not_at_all(shop: Shop) -> None:
    member = buyer(shop)
    good = f"serial,product,customer,installed_on\nA1,pot,{member},2024-01-05\n"
    bad = good + f"A2,pot,{member},soon\n"
    with pytest.raises(Exception, match="not a day"):
        shop.needs.take(bad, "Mei")
    assert shop.needs.machines() == ()
    assert shop.needs.take(good, "Mei").machines == 1
    assert shop.needs.take("serial,day,reading\nA1,2024-03-01,120\n", "Mei").readings == 1
    assert shop.needs.take(good, "Mei").known == 1
    (pot,) = shop.needs.machines(member)
    assert pot.last_reading == 120


def test_a_guide_is_read_counted_once_a_day_and_help_is_near(shop: Shop) -> None:
    told = {"en": Said("Your <pot>", ("Fill it",)), "zh-Hans": Said("您的壶", ("加水",))}
    shop.guides.keep(Guide("pot", "白瓷盖碗", told, "https://example.org/v"), "Mei")
    with TestClient(public(shop), base_url=ROOT) as reader:
        page = reader.get("/g/pot?lang=en", headers=PERSON).text
        assert (
            "Your &lt;pot&gt;" in page and "<pot>" not in page and "/p/complaint?product=" in page
        )
        assert "您的壶" in reader.get("/g/pot?lang=zh-Hans", headers=PERSON).text
        assert "Your &lt;pot&gt;" in reader.get("/g/pot?lang=zh-Hant").text
        reader.get("/g/pot", headers={**PERSON, "sec-purpose": "prefetch"})
        assert reader.get("/g/none").status_code == 404
        assert reader.post("/g/pot/helped", follow_redirects=False).status_code == 303
    shop.letterbox.carry()
    (view,) = shop.guides.listed()
    # Read three times, in two languages, by one household on one day; a scanner is not counted.
    assert (view.opens, view.helped) == (1, 1)


def test_a_scanner_that_fetches_a_guide_changes_nothing(shop: Shop) -> None:
    shop.guides.keep(Guide("pot", "pot", {"en": Said("Pot", ())}), "Mei")
    with TestClient(public(shop), base_url=ROOT) as scanner:
        assert scanner.get("/g/pot").status_code == 200
        assert scanner.get("/g/pot/helped").status_code in (404, 405)
    shop.letterbox.carry()
    assert shop.guides.listed()[0].opens == 0 and shop.letterbox.waiting() == 0


def test_every_page_is_drawn_in_three_languages(shop: Shop) -> None:
    member, staff = buyer(shop), Staff(shop.books)
    metadata.create_all(shop.books.engine)
    shop.rules("membership").switch(True)
    shop.membership.buy(member, "plain", "Mei")
    shop.guides.keep(Guide("pot", "pot", {"en": Said("Pot", ())}), "Mei")
    link = f"/welcome/{staff.invite('owner', shop.clock.now())}"
    with TestClient(console(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as owner:
        owner.post(link, data={"name": "owner", "password": "a long enough one"})
        for language in ("en", "zh-Hans", "zh-Hant"):
            owner.cookies.set("huitou_language", language)
            for path in (
                f"/membership?who={member}", "/membership?all=1", f"/next?who={member}", "/needs",
                "/guides?slug=pot", f"/beside/{member}", "/guides/pot/qr.svg",
            ):  # fmt: skip
                answer = owner.get(path)
                assert answer.status_code == 200, f"{path}: {answer.text[:400]}"


def test_every_command_answers_in_one_value(shop: Shop) -> None:
    home, member = str(shop.home), buyer(shop)
    shop.rules("membership").switch(True)
    lines = (
        f"membership buy {member} plain", "membership show", f"membership show {member}",
        f"membership upgrade {member} premium --price", f"membership upgrade {member} premium",
        f"membership renew {member}", "membership advice --everybody",
        f"membership cancel {member}", "membership rules", "next", f"next {member}", "needs",
        f"needs {member}", f"machine add A9 pot {member} --on 2024-01-05", "machine list",
        "machine note A9 --on 2024-02-01 --reading 40", "machine retire A9", "machine rules",
        "guide add pot pot --title en|Pot", "guide list", "guide remove pot",
    )  # fmt: skip
    for line in lines:
        for form in ([], ["--json"]) if _reads(line) else (["--json"],):
            answer = CliRunner().invoke(commands, ["--home", home, *line.split(), *form])
            assert answer.exit_code == 0, f"{line}: {answer.output} {answer.exception!r}"
        json.loads(answer.stdout)


def _reads(line: str) -> bool:
    return line.split()[0] in ("next", "needs") or line.split()[1] in ("show", "list", "rules")


def test_a_program_sells_a_card_once_and_reads_what_is_due(shop: Shop) -> None:
    staff = Staff(shop.books)
    metadata.create_all(shop.books.engine)
    shop.rules("membership").switch(True)
    secret = staff.issue_token("till", ("read", "offer", "ask", "plan"), shop.clock.now())
    with TestClient(api(shop, staff)) as program:
        program.headers["Authorization"] = f"Bearer {secret}"
        sale = {"person": buyer(shop), "card": "plain", "key": "till 7"}
        first, again = (program.post("/membership/buy", json=sale).json() for _ in range(2))
        assert first == again and first["card"] == "plain"
        refused = program.post("/membership/buy", json={**sale, "key": "till 8"})
        assert refused.status_code == 403
        for path in ("/membership", "/membership/advice?everybody=true", "/next", "/needs",
                     "/machines", "/guides", f"/next/{sale['person']}",
                     f"/membership/of/{sale['person']}", f"/needs/of/{sale['person']}",
                     "/membership/rules", "/needs/rules/machines"):  # fmt: skip
            answer = program.get(path)
            assert answer.status_code == 200, f"{path}: {answer.text[:300]}"
        rules = program.get("/membership/rules").json()["rules"]
        assert program.put("/membership/rules", json={"rules": rules}).json()["rules"] == rules
