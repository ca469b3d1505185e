"""The exit interview on a small phone: in three languages, and without any script."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
import uvicorn
from tests.browser.looks import barriers, too_wide

from huitou.care.interviews import book as interviews
from huitou.care.interviews.rules import Asking, token_of
from huitou.doors.book import Staff
from huitou.doors.web import web
from huitou.runs.wiring import open_shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from huitou.runs.shop import Shop

pytestmark = pytest.mark.browser
LANGUAGES = {
    "en": ("Something was not right at your shop", "Send my answer", "Thank you", "leave me alone"),
    "zh-Hans": ("店里有地方没做好", "提交回答", "谢谢您", "不要再打扰我"),
    "zh-Hant": ("店裡有地方沒做好", "送出回答", "謝謝您", "不要再打擾我"),
}


@dataclass
class Door:
    """A shop whose customers may come in."""

    root: str
    shop: Shop

    def link(self, person: str) -> str:
        """A link for somebody who was just asked."""
        one = Asking(person, date(2026, 1, 5), "paper")
        salt = self.shop.settings.salt
        with self.shop.books.unit() as unit:
            interviews.ask(unit, [one], salt, self.shop.clock.now())
        return f"{self.root}/p/leaving/{token_of(salt, one.id)}"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A door that listens."""
    shop = open_shop(tmp_path_factory.mktemp("leaving"))
    shop.change_settings(name="茶铺", currency="CNY", timezone="Asia/Shanghai")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(web(shop, Staff(shop.books)), port=port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Door(f"http://127.0.0.1:{port}", shop)
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A small phone."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


def lets_in(page: Page) -> None:
    assert barriers(page) == []
    assert too_wide(page) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_questions_are_answered_on_a_small_phone(
    door: Door, phone: Page, language: str
) -> None:
    group, send, thanks, _ = LANGUAGES[language]
    link = door.link(f"answers in {language}")
    phone.goto(f"{link}?lang={language}")
    lets_in(phone)
    phone.get_by_role("button", name=send).click()
    phone.get_by_role("alert").wait_for()
    phone.get_by_text(group).click()
    phone.locator("input[value=price]").check()
    phone.locator("#where").fill("隔壁")
    lets_in(phone)
    phone.get_by_role("button", name=send).click()
    phone.get_by_role("heading", name=thanks).wait_for()
    lets_in(phone)
    phone.goto(f"{link}?lang={language}")
    assert phone.get_by_role("heading", name=thanks).is_visible()
    assert phone.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_left_alone_at_one_tap(door: Door, phone: Page, language: str) -> None:
    link = door.link(f"silent in {language}")
    phone.goto(f"{link}?lang={language}")
    with phone.expect_navigation():
        phone.get_by_role("button", name=LANGUAGES[language][3]).click()
    lets_in(phone)
    with door.shop.books.reading() as unit:
        row = next(
            each for each in interviews.heard(unit) if each["person_id"] == f"silent in {language}"
        )
    assert row["left_alone"]
    assert phone.locator("fieldset").is_visible()
    phone.goto(f"{link}?lang={language}")
    assert phone.locator("form").count() == 0


def test_without_any_script(door: Door, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{door.link('no script')}?lang=en")
    page.get_by_text("I found another place").click()
    page.get_by_text("I buy elsewhere now").click()
    page.get_by_role("button", name="Send my answer").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    context.close()
