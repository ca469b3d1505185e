"""What the rules of points say: how much is earned, when it ends, and what cannot stand."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from huitou.ground.errors import BadInput, Refused
from huitou.loyalty.points.rules import RULES, Kind, Rules, parse

SHIPPED_RULES = RULES.shipped.read_text(encoding="utf-8")
ZONE = ZoneInfo("Asia/Shanghai")


def rules(*changed: tuple[str, str]) -> Rules:
    text = SHIPPED_RULES
    for before, after in (("\non = false\n", "\non = true\nsince = 2026-01-01\n"), *changed):
        assert before in text
        text = text.replace(before, after, 1)
    return parse(tomllib.loads(text))


def test_nothing_is_earned_until_the_merchant_says_so() -> None:
    shipped = parse(tomllib.loads(SHIPPED_RULES))
    assert not shipped.on
    with pytest.raises(Refused, match="switched off"):
        shipped.must_issue(date(2026, 1, 1))


def test_an_order_earns_by_its_total_its_channel_and_the_step() -> None:
    points = rules(("channels = []", 'channels = ["shop"]')).kind("points")
    assert points.earned(49_99, "shop", "EUR") == 49
    assert points.earned(49_99, "shop", "EUR", Decimal("1.5")) == 74
    assert points.earned(49, "shop", "JPY") == 49
    assert points.earned(49_99, "web", "EUR") == 0 == points.earned(49_99, None, "EUR")


def test_cashback_is_a_share_and_stamps_are_one_an_order() -> None:
    percent = Kind("cashback", on=True, percent=Decimal("2.5"))
    assert percent.earned(40_00, None, "EUR") == 100
    stamps = Kind("stamps", on=True, each=1, least_order=5_00, card=10)
    assert [stamps.earned(total, None, "EUR") for total in (4_99, 5_00, 500_00)] == [0, 1, 1]


def test_stamps_are_spent_by_whole_cards_and_points_from_the_least_on() -> None:
    stamps = Kind("stamps", on=True, card=10)
    stamps.may_burn(20)
    with pytest.raises(Refused, match="whole cards"):
        stamps.may_burn(15)
    with pytest.raises(Refused, match="at least 100"):
        rules().kind("points").may_burn(99)


@pytest.mark.parametrize(
    ("months", "on", "last"),
    [
        (1, "", date(2026, 2, 28)),
        (24, "", date(2028, 1, 31)),
        (12, "12-31", date(2027, 12, 31)),
        (12, "01-15", date(2028, 1, 15)),
        (12, "02-29", date(2027, 2, 28)),
    ],
)
def test_points_end_after_a_whole_day_in_the_shop(months: int, on: str, last: date) -> None:
    kind = Kind("points", expires_months=months, expires_on=on)
    ends = kind.expires(datetime(2026, 1, 31, 3, tzinfo=UTC), ZONE)
    assert ends is not None
    assert (ends.date() - last).days == 1 and ends.hour == 0 and ends.tzinfo == ZONE


def test_what_never_ends_never_ends() -> None:
    assert rules().kind("stored").expires(datetime(2026, 1, 1, tzinfo=UTC), ZONE) is None


def test_a_programme_that_ended_issues_nothing_and_one_that_has_not_begun_neither() -> None:
    # odoo/odoo 208134: a programme past its last day went on issuing.
    over = rules(("since = 2026-01-01", "since = 2026-01-01\nuntil = 2026-06-30"))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
    assert [over.issues(day) for day in days] == [False, True, True, False]
    with pytest.raises(Refused, match="2026-06-30"):
        over.must_issue(date(2026, 7, 1))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("per_unit = 1", "per_unit = -1", "points.per_unit"),
        ("per_unit = 1", "per_unti = 1", "points.per_unti"),
        ("pending_days = 14", "pending_days = 1.5", "whole"),
        ("percent = 2", "percent = 200", "from 0 to 100"),
        ('expires_on = ""', 'expires_on = "13-01"', "month and a day"),
        ("since = 2026-01-01", "", "from which day"),
        ("since = 2026-01-01", 'since = "soon"', "a day"),
        ("channels = []", 'channels = "shop"', "list"),
        ("\n[steps]", "\n[steps]\nGold = -1", "steps.Gold"),
        ("\n[steps]", "\n[[pack]]\nname = 'x'\nsessions = 0", "pack.1.sessions"),
        ("\n[steps]", "\n[tiers]", "there is no rule tiers"),
    ],
)
def test_what_cannot_stand_is_said_with_its_place(before: str, after: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        rules((before, after))


def test_a_pack_is_read_with_its_product() -> None:
    pack = rules(
        ("\n[steps]", "\n[[pack]]\nname='Ten'\nsessions=10\nprice=9000\nmonths=6\nproduct='T10'")
    ).packs["Ten"]
    assert (pack.sessions, pack.price, pack.product, pack.notice_days) == (10, 9000, "T10", 30)
