"""A clerk's first day at the till, and a guest who scans the code on the table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from tests.browser.conftest import Console
from tests.browser.looks import barriers, too_wide

from huitou.ground.ids import new_id

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
Window = Callable[..., "BrowserContext"]
LANGUAGES = ("en", "zh-Hans", "zh-Hant")


@pytest.fixture
def ladder(console: Console) -> Iterator[Console]:
    """The console's shop with its ladder on."""
    console.shop.rules("ladder").switch(True)
    yield console
    console.shop.rules("ladder").switch(False)


def troubles(page: Page, what: str) -> list[str]:
    found, wide = [f"{what}: {each}" for each in barriers(page)], too_wide(page)
    return [*found, *([f"{what} is {wide} px wider than the screen"] if wide else [])]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_shut_out_of_till_ladder_card_and_form(
    visit: Window, ladder: Console, language: str, width: int
) -> None:
    theme = "dark" if width == 360 else "light"
    window = visit(width=width, language=language, theme=theme)
    page, found = window.new_page(), list[str]()
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    person = ladder.shop.ladder.person("M0001").person_id
    code = ladder.shop.members.start(f"Tables {new_id()}", "owner", clerk="Mei")
    for path in ("/till", f"/till/{person}", "/ladder", f"/ladder/promotions/{code.id}"):
        page.goto(ladder.root + path)
        found += troubles(page, path)
    page.goto(f"{ladder.root}{code.path}?lang={language}")
    found += troubles(page, "the form")
    page.locator("#name").fill("王芳")
    page.locator("#contact").fill(f"{new_id()}@example.com")
    page.locator("button.wide").click()
    page.wait_for_url(re.compile(r"/p/card/[\w-]{43}\?lang="))
    found += troubles(page, "the card")
    assert page.locator("html").get_attribute("lang") == language
    assert re.fullmatch(r"\w{4}-\w{4}", page.locator(".card-plate .big").inner_text())
    assert not found


def test_a_new_clerk_serves_by_keyboard_alone_on_a_small_screen(
    visit: Window, ladder: Console
) -> None:
    today = ladder.shop.clock.now().astimezone(ladder.shop.settings.zone)
    ladder.shop.surprises.tell_birthday("M0001", today.month, "owner")
    page = visit(width=360).new_page()
    page.goto(f"{ladder.root}/till")
    page.locator("#who:focus").wait_for()  # so that a scanner types into it and presses Enter
    page.keyboard.type("M0001")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="To hand over now").wait_for()
    give = page.get_by_role("button", name=re.compile("^A small gift"))
    box = give.bounding_box()
    assert box is not None and box["height"] >= 48 and box["width"] >= 200
    give.press("Enter")
    page.get_by_text("Given by owner").wait_for()
    assert give.count() == 0
    page.get_by_role("button", name="Take back").press("Enter")
    give.wait_for()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("name") == "who":
            break
    page.keyboard.type("nobody at all")
    page.keyboard.press("Enter")
    assert "Nobody is known by this" in page.get_by_role("alert").inner_text()


def test_a_guest_joins_without_scripts_and_the_clerk_finds_the_card(
    visit: Window, ladder: Console, browser: Browser
) -> None:
    code = ladder.shop.members.start(f"Window {new_id()}", "owner")
    guest = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="zh-CN", java_script_enabled=False
    )
    phone = guest.new_page()
    phone.goto(ladder.root + code.path)
    assert phone.locator("input:checked").count() == 0
    phone.locator("#name").fill("李雷")
    phone.locator("#contact").fill("139 1234 0099")
    phone.get_by_label("短信").check()
    phone.get_by_role("button", name="领取我的卡").click()
    phone.wait_for_url(re.compile(r"/p/card/"))
    number = phone.locator(".card-plate .big").inner_text()
    page = visit(width=360).new_page()
    page.goto(f"{ladder.root}/till")
    for typed in (number.lower(), number.replace("-", ""), phone.url):
        page.locator("#who").fill(typed)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="李雷").wait_for()
        page.goto(f"{ladder.root}/till")
    assert ladder.shop.members.promotion(code.id).joined == 1
    guest.close()


def test_rules_are_tried_while_they_are_typed_and_kept_only_when_told(
    visit: Window, ladder: Console
) -> None:
    page = visit().new_page()
    page.goto(f"{ladder.root}/ladder")
    page.locator("#rules-ladder summary").click()
    text = page.locator("#rules-ladder-text")
    before = ladder.shop.rules("ladder").text
    text.fill(before.replace("visits = 6", "visits = 999"))
    text.press("Space")
    page.locator("#tried-ladder dl").wait_for()
    text.fill(before.replace("visits = 6", "smiles = 6"))
    text.press("Space")
    page.locator("#tried-ladder [role=alert]").wait_for()
    assert "smiles" in page.locator("#tried-ladder").inner_text()
    assert ladder.shop.rules("ladder").text == before
