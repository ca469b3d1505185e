"""An unhappy customer with a phone: they complain, are answered, and say how it ended."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from tests.browser.looks import barriers, too_wide

from huitou.care.complaints import book as complaints
from huitou.doors.book import Staff
from huitou.doors.web import web
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
LINK = "/p/complaint?product=%E6%98%8E%E5%89%8D%E9%BE%99%E4%BA%95&store=%E9%9D%99%E5%AE%89%E5%BA%97"


@dataclass
class Door:
    """A public door that listens."""

    root: str
    shop: Shop

    def work(self, page: Page, *steps: tuple[str, str]) -> None:
        """What staff do with the complaint whose page is open."""
        token = page.url.split("/p/complaint/")[1].split("?")[0].split("/")[0]
        self.shop.letterbox.carry()
        now = self.shop.clock.now()
        with self.shop.books.unit() as unit:
            row = complaints.by_token(unit, token)
            assert row is not None
            for step, words in steps:
                if step == "answer":
                    complaints.answer(unit, row["id"], "mei", words, now)
                elif step == "resolve":
                    complaints.resolve(unit, row["id"], "mei", now)
                else:
                    complaints.unhold(unit, row["id"], "mei", now)

    def state(self, page: Page) -> tuple[str, int | None]:
        self.shop.letterbox.carry()
        token = page.url.split("/p/complaint/")[1].split("?")[0].split("/")[0]
        with self.shop.books.reading() as unit:
            row = complaints.by_token(unit, token)
        assert row is not None
        return row["state"], row["csat"]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    shop = open_shop(tmp_path_factory.mktemp("door") / "shop")
    shop.change_settings(name="半日闲茶铺", currency="CNY", timezone="Asia/Shanghai")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = web(shop, Staff(shop.books))
    server = uvicorn.Server(uvicorn.Config(site, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Door(f"http://127.0.0.1:{port}", shop)
    server.should_exit = True
    thread.join(10)
    shop.books.close()


def test_a_complaint_by_keyboard_alone_on_a_small_phone_without_scripts(
    door: Door, browser: Browser, tmp_path: Path
) -> None:
    window = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="zh-CN", java_script_enabled=False
    )
    page = window.new_page()
    page.goto(door.root + LINK)
    assert page.locator("h1").inner_text() == "哪里没让您满意？请告诉我们"
    assert page.get_by_label("商品名称").input_value() == "明前龙井"
    assert page.get_by_label("哪家店").input_value() == "静安店"
    press = page.keyboard.press
    page.get_by_label("哪家店").focus()
    press("Tab")
    page.keyboard.insert_text("盒子压坏了，茶叶撒了一半。客服没有回复。")
    press("Tab")
    press("ArrowDown")  # the second kind: the delivery
    press("Tab")
    page.keyboard.insert_text("A-2031")
    press("Tab")  # photos: none
    press("Tab")
    page.keyboard.insert_text("王芳")
    press("Tab")
    page.keyboard.insert_text("138 0013 8000")
    press("Tab")
    time.sleep(3)  # faster than any person would be held
    press("Enter")
    page.wait_for_url(re.compile(r"/p/complaint/[\w-]{43}\?lang=zh-Hans"))
    assert page.locator("h1").inner_text() == "谢谢您，我们收到了。"
    assert re.fullmatch(r"[\w]{4}-[\w]{4}", page.locator(".big").inner_text())
    assert "盒子压坏了" in page.locator(".said").inner_text()
    assert door.state(page) == ("new", None)
    door.work(page, ("answer", "王女士您好，很抱歉。新的一盒今天发出。"), ("resolve", ""))
    page.reload()
    assert "新的一盒今天发出" in page.locator(".said .ours").inner_text()
    page.get_by_role("button", name="4 比较满意").press("Enter")
    assert page.get_by_role("status").inner_text() == "您打了 4 分（满分 5 分），谢谢。"
    assert door.state(page) == ("resolved", 4)
    page.get_by_label("还没解决？还差什么，请告诉我们").fill("还没有收到。")
    photo = tmp_path / "box.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 900)
    page.get_by_label("照片或 PDF").set_input_files(photo)
    page.get_by_role("button", name="还没解决，请重新处理").press("Enter")
    page.get_by_text("box.png").wait_for()
    assert door.state(page)[0] == "assigned"
    page.reload()
    assert page.locator("h1").inner_text() == "已经有人在处理了"
    window.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_shut_out_of_any_page(
    door: Door, browser: Browser, language: str, theme: str
) -> None:
    window = browser.new_context(
        viewport={"width": 360, "height": 740},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page, found = window.new_page(), list[str]()
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)

    def look(what: str) -> None:
        found.extend(f"{what}: {each}" for each in barriers(page))
        if wide := too_wide(page):
            found.append(f"{what} is {wide} px wider than the screen")

    page.goto(f"{door.root}{LINK}&lang={language}")
    look("form")
    page.locator("#words").evaluate("each => each.removeAttribute('required')")
    page.locator(".wide").click()
    page.locator("#wrong").wait_for()
    look("form with something wrong")
    page.locator("#words").fill("W" * 200 + f" {language} {theme}")
    page.locator(".wide").click()
    page.locator(".ticket").wait_for()
    look("kept")
    if door.state(page)[0] == "held":
        door.work(page, ("unhold", ""))
    door.work(page, ("answer", "对不起。 We are sorry." * 10))
    page.reload()
    look("answered")
    door.work(page, ("resolve", ""))
    page.reload()
    page.locator(".star").nth(4).click()
    page.get_by_role("status").wait_for()
    look("settled and rated")
    page.goto(f"{door.root}/p/complaint/nobody?lang={language}")
    look("missing")
    # The browser notes what was asked for: nothing was typed, and a page is not there.
    noted = re.compile(r"status of (404|422)")
    window.close()
    assert not [each for each in found if not noted.search(each)]
