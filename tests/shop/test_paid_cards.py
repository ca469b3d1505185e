"""Members of a tea shop: told before their card ends, paid what comes back, advised honestly."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.shop import tea
from tests.unit.loyalty.given_cards import on

from huitou.ground.errors import BadRule
from huitou.journeys.sendings.tables import sending
from huitou.loyalty.membership import book
from huitou.runs.shop import Shop
from huitou.runs.steps.membership import look_after


@pytest.fixture(scope="module")
def before(tea_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the shop before any card was sold."""
    folder = tmp_path_factory.mktemp("tea")
    shutil.copytree(tea_shop.parent, folder, dirs_exist_ok=True)
    shop = tea.opened(folder / "shop")
    shop.rules("membership").switch(True)
    shop.books.close()
    return folder


@pytest.fixture
def shop(before: Path, tmp_path: Path) -> Iterator[Shop]:
    """A copy to be changed at will."""
    shutil.copytree(before / "shop", tmp_path / "shop")
    made = tea.opened(tmp_path / "shop")
    yield made
    made.books.close()


def sold(shop: Shop, member: str, card: str, day: date) -> str:
    """A card that was bought on a day of the past; whose it is."""
    rules, person = shop.membership.rules, shop.person(member).row.id
    with shop.books.unit() as unit:
        book.buy(unit, person, rules.card(card), rules, on(day), key=f"{member}:{day}")
    return person


def bought(before: Path, member: str, since: date, until: date) -> int:
    """What the file says they bought in [since, until), in fen."""
    with (before / "orders.csv").open(encoding="utf-8") as told:
        return sum(
            round(100 * float(row["实付金额"].lstrip("￥")))
            for row in csv.DictReader(told)
            if row["会员号"] == member and since <= date.fromisoformat(row["下单时间"]) < until
        )


def busiest(shop: Shop) -> str:
    return max(shop.people(limit=50, sort="orders").rows, key=lambda row: row.orders).key


def test_two_percent_of_the_year_come_back_once_after_returns_are_over(
    shop: Shop, before: Path
) -> None:
    member = busiest(shop)
    start, end = date(2023, 6, 1), date(2024, 6, 1)
    sold(shop, member, "premium", start)
    tea.again(shop, look_after)
    net = bought(before, member, start, end)
    assert net > 0 and shop.membership.seen().back.minor == net * 2 // 100
    tea.again(shop, look_after)
    assert shop.membership.seen().back.minor == net * 2 // 100
    assert shop.membership.of(member).term is None


def test_nothing_comes_back_while_what_they_bought_may_still_be_returned(shop: Shop) -> None:
    sold(shop, busiest(shop), "premium", date(2023, 8, 15))
    tea.again(shop, look_after)
    assert shop.membership.seen().back.minor == 0


def test_a_member_is_told_once_that_the_card_ends_and_is_not_renewed(shop: Shop) -> None:
    members = [row.key for row in shop.people(limit=40).rows]
    people = [sold(shop, member, "plain", date(2023, 9, 20)) for member in members]
    tea.again(shop, look_after)
    tea.again(shop, look_after)
    with shop.books.reading() as unit:
        told = unit.rows(select(sending).where(sending.c.origin == "membership"))
    # Each of them, held out or not: it is their own card; and nobody twice.
    assert sorted(row["person_id"] for row in told) == sorted(people)
    assert {row["purpose"] for row in told} == {"service"}
    assert all(term.ends_on == date(2024, 9, 20) for term in shop.membership.seen().members)


def test_a_till_sells_upgrades_and_takes_back(shop: Shop) -> None:
    member, desk = busiest(shop), shop.membership
    assert desk.buy(member, "plain", "Mei").paid.minor == 60_00
    assert desk.upgrade_price(member, "premium").minor == 60_00
    assert desk.upgrade(member, "premium", "Mei").card == "premium"
    assert desk.cancel(member, "Mei").paid.minor == -120_00
    assert [each.kind for each in desk.of(member).movements].count("bought") == 1


def test_a_card_that_somebody_holds_cannot_be_taken_away(shop: Shop) -> None:
    sold(shop, busiest(shop), "premium", date(2024, 8, 1))
    rules = shop.rules("membership")
    without = rules.text.replace('name = "premium"', 'name = "gold"')
    with pytest.raises(Exception, match="members hold the card premium"):
        rules.write(without)
    assert "premium" in rules.text


def test_a_dearer_card_never_costs_less_than_a_plainer_one(shop: Shop) -> None:
    rules = shop.rules("membership")
    for fee in ("50", "60"):
        with pytest.raises(BadRule, match="the plainer card comes first") as bad:
            rules.write(rules.text.replace('fee = "120"', f'fee = "{fee}"'))
        assert bad.value.column == "card.2.fee"
    assert 'fee = "120"' in rules.text


def test_the_advice_names_nobody_whom_the_card_would_cost(shop: Shop) -> None:
    sheet = shop.membership.advice(everybody=True)
    assert sheet.line is not None and sheet.line.minor == 3_000_00
    for row in sheet.rows:
        if row.verdict == "offer":
            assert row.member_gain.minor > 0 and row.chance >= 0.6
        if row.verdict == "leave":
            assert row.member_gain.minor <= 0
    assert sum(column.people for column in sheet.columns) == sheet.people
