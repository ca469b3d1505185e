"""Two who may be one: the page in three languages at two widths, and a key for each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from examples.duplicates import shop as example
from tests.browser.conftest import Console, come_in, listening, windows
from tests.browser.looks import PHONE, lets_in_on_every_screen
from tests.shop import tea

from huitou.doors.console.pages import duplicates

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser

Window = Callable[..., "BrowserContext"]


@pytest.fixture(scope="module")
def corner(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Console]:
    """The corner shop after one run."""
    folder = tmp_path_factory.mktemp("duplicates")
    shop = tea.opened(folder / "shop")
    shop.take(example.write(folder), tea.DECLARED, confirmed=True)
    shop.run()
    shop.books.close()
    for made in listening(folder / "shop"):
        context = browser.new_context()
        come_in(context.new_page(), made)
        context.storage_state(path=str(made.state))
        context.close()
        yield made


@pytest.fixture
def visit(corner: Console, browser: Browser) -> Iterator[Window]:
    yield from windows(corner, browser)


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_the_page_lets_everybody_in(corner: Console, visit: Window, language: str) -> None:
    page = visit(PHONE, language).new_page()
    page.goto(f"{corner.root}/duplicates")
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").is_visible()
    lets_in_on_every_screen(page, f"duplicates-{language}")


def test_the_likeliest_are_looked_at_first(
    corner: Console, visit: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    likeliest, *others = corner.shop.duplicates.page().open
    assert others and likeliest.chance >= max(each.chance for each in others)
    monkeypatch.setattr(duplicates, "AT_ONCE", 1)
    page = visit(1280).new_page()
    page.goto(f"{corner.root}/duplicates")
    assert page.locator("[data-row]").count() == 1
    assert likeliest.left.name in page.locator("[data-row] h3").inner_text()
    assert page.get_by_text("The 1 likeliest are here").is_visible()


def test_a_key_for_each_answer(corner: Console, visit: Window) -> None:
    desk = corner.shop.duplicates
    first, second, *_ = desk.page().open
    page = visit(1280).new_page()
    page.goto(f"{corner.root}/duplicates")
    row = page.locator("[data-row]:focus")
    row.wait_for()
    page.keyboard.press("j")
    assert second.left.name in row.locator("h3").inner_text()
    page.keyboard.press("k")
    assert first.left.name in row.locator("h3").inner_text()
    with page.expect_navigation():
        page.keyboard.press("n")
    assert desk.find(first.id).state == "different"
    with page.expect_navigation():
        page.keyboard.press("u")
    assert desk.find(first.id).state == "open"
    with page.expect_navigation():
        page.keyboard.press("y")
    assert desk.find(first.id).state == "same"
    assert page.get_by_role("status").is_visible()
    with page.expect_navigation():
        page.keyboard.press("u")
    assert desk.find(first.id).state == "open"
