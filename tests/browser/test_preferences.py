"""Preferences and the way out on a small phone and on a desk: three languages, no script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.browser.looks import lets_in
from tests.browser.test_leaving import Door, door

from huitou.care import book as care
from huitou.care.consents import book as consents
from huitou.care.consents.kinds import CHANNELS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
__all__ = ["door"]

SAVE = {"en": "Save", "zh-Hans": "保存", "zh-Hant": "儲存"}
OUT = {"en": "Unsubscribe", "zh-Hans": "退订", "zh-Hant": "取消訂閱"}


@pytest.fixture(params=[360, 1280])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window without scripts, as wide as a small phone or as a desk."""
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", SAVE)
def test_they_choose_what_they_hear(door: Door, page: Page, language: str) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    person = f"chooses in {language} at {width}"
    link = door.shop.consents.links(person, "email", "s").preferences
    page.goto(f"{door.root}{link}?lang={language}")
    lets_in(page, f"preferences-{width}-{language}")
    page.locator("input[value=sms]").check()
    page.locator("input[value=paper]").uncheck()
    page.locator("input[value=less]").check()
    page.locator("#months").select_option("3")
    page.get_by_role("button", name=SAVE[language], exact=True).click()
    page.get_by_role("status").wait_for()
    lets_in(page, f"preferences-saved-{width}-{language}")
    with door.shop.books.reading() as unit:
        assert consents.given(unit, [person]) == {(person, "sms")}
        assert "paper" in {way for who, way in care.silent(unit, [person])}
        assert consents.choices(unit, [person])[person].pace == "less"


@pytest.mark.parametrize("language", OUT)
def test_one_tap_and_we_stop(door: Door, page: Page, language: str) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    person = f"leaves in {language} at {width}"
    link = door.shop.consents.links(person, "email", "s").unsubscribe
    page.goto(f"{door.root}{link}?lang={language}")
    lets_in(page, f"unsubscribe-{width}-{language}")
    with door.shop.books.reading() as unit:
        assert not care.silent(unit, [person])
    page.keyboard.press("Tab")
    page.get_by_role("button", name=OUT[language]).focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    lets_in(page, f"unsubscribed-{width}-{language}")
    with door.shop.books.reading() as unit:
        assert care.silent(unit, [person]) == {(person, "email")}
    page.locator("input[value=too_often]").check()
    page.locator("button.plain").click()
    page.locator(".thanks").wait_for()
    with door.shop.books.reading() as unit:
        assert consents.reasons(unit)["too_often"] >= 1
        assert set(CHANNELS) > {way for _, way in care.silent(unit, [person])}
