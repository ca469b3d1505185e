"""A planned test in a tea shop: it is as large as the plan that carries it out makes it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.shop import tea

from huitou.journeys.tables import decision
from huitou.loyalty import book as loyalty
from huitou.loyalty.offers import RETURN
from huitou.runs.desks.learning.trials import Idea
from huitou.runs.shop import Shop

IDEA = Idea.of(("nothing", "offer_10"))


@pytest.fixture
def shop(tea_shop: Path, tmp_path: Path) -> Iterator[Shop]:
    """A copy of the tea shop, to be changed at will."""
    shutil.copytree(tea_shop, tmp_path / "shop")
    made = tea.opened(tmp_path / "shop")
    yield made
    made.books.close()


def won_back(shop: Shop, people: list[str]) -> None:
    """They had a return offer more than half a year ago, and let it go by."""
    then = shop.clock.now() - timedelta(days=200)
    terms = loyalty.Terms(loyalty.WHOLE, 1, then + timedelta(days=30), kind=RETURN)
    with shop.books.unit() as unit:
        for person in people:
            loyalty.make_offer(unit, f"of old:{person}", person, terms, 1, then)


def drawn(shop: Shop, test_id: str) -> set[str]:
    """Whom the next plan brings into a test, but for the held out."""
    mine = (decision.c.plan_id == shop.draft_plan().id) & (decision.c.test == test_id)
    with shop.books.reading() as unit:
        rows = unit.rows(select(decision.c.person_id).where(mine, decision.c.held_by.is_(None)))
    return {row["person_id"] for row in rows}


def test_who_rests_by_the_shops_own_rules_is_not_counted_on(shop: Shop) -> None:
    everybody = shop.tests.plan(IDEA).a_plan
    slipping = [row.id for row in shop.people(stage="slipping", limit=500).rows]
    won_back(shop, slipping[::2])
    assert shop.tests.plan(IDEA).a_plan == everybody, "they have rested long enough"
    shop.rules("offers").write("[return]\ncooldown_days = 365\n")
    fewer = shop.tests.plan(IDEA).a_plan
    assert 0 < fewer < everybody
    test_id = shop.tests.start(IDEA, "ten off", "mei", most=1000)
    inside = drawn(shop, test_id)
    assert len(inside) == fewer and not inside & set(slipping[::2])
