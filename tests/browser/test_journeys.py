"""Journeys on the console, in three languages at two widths: listed, drawn, edited, walked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.browser.looks import PHONE, lets_in_on_every_screen

from huitou.store.outbox import Event, tell

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from tests.browser.conftest import Console

pytestmark = pytest.mark.browser
LANGUAGES = ("en", "zh-Hans", "zh-Hant")


@pytest.fixture(scope="module")
def walked(console: Console) -> Console:
    """A shop in which one journey runs with people inside, and one is a draft."""
    shop, now = console.shop, console.shop.clock.now()
    for name in ("complaint_recovered", "slipping", "lost_we_failed"):
        shop.journeys.take(name, "Mei")
    shop.journeys.start("complaint_recovered", "Mei")
    shop.journeys.tick()
    people = [row.id for row in shop.people(limit=12).rows]
    with shop.books.unit() as unit:
        tell(
            unit,
            [Event("complaint.resolved", f"c:{who}", now, {"person_id": who}) for who in people],
        )
    assert shop.journeys.tick()["came in"] == 12
    return console


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_journeys_let_everybody_in(
    walked: Console, visit: Callable[..., BrowserContext], language: str
) -> None:
    page = visit(PHONE, language).new_page()
    pages = {
        "journeys": "journeys",
        "journey": "journeys/complaint_recovered",
        "journey-draft": "journeys/slipping",
        "journey-edit": "journeys/lost_we_failed/edit",
        "journey-new": "journeys/new",
        "journey-people": "journeys/complaint_recovered/people",
    }
    for name, path in pages.items():
        page.goto(f"{walked.root}/{path}")
        assert page.locator("html").get_attribute("lang") == language
        lets_in_on_every_screen(page, f"{name}-{language}")


def test_a_wait_is_made_longer_on_the_phone(
    walked: Console, visit: Callable[..., BrowserContext]
) -> None:
    page = visit(360).new_page()
    page.goto(f"{walked.root}/journeys/complaint_recovered/edit")
    field = page.locator("input[value='3 days']").first
    field.fill("5 days")
    field.locator("xpath=ancestor::form").get_by_role("button").last.click()
    page.wait_for_url(f"{walked.root}/journeys/complaint_recovered*")
    assert "5 days" in walked.shop.journeys.shown("complaint_recovered", 2).text
