"""What a merchant does in the console, in a real browser over a real small shop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.conftest import Console, come_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser
Window = Callable[..., "BrowserContext"]
PATIENCE = 90_000
"""Milliseconds that an import with its run may take on a busy machine."""


def test_first_start_by_upload(empty_console: Console, browser: Browser, orders_file: Path) -> None:
    context = browser.new_context(timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(empty_console.root)
    assert page.url.endswith("/sign-in")
    come_in(page, empty_console)
    page.get_by_role("heading", name="From a file of orders to five answers").wait_for()
    page.get_by_label("A file of orders").set_input_files(orders_file)
    page.get_by_role("heading", name="What the columns are").wait_for(timeout=PATIENCE)
    assert page.get_by_label("Meaning of 会员号").input_value() == "member_no"
    take = page.get_by_role("button", name="Take it in")
    assert take.is_disabled()
    page.get_by_label("CNY").check()
    page.locator(".question-box").filter(has_text="currency").wait_for(state="detached")
    if page.locator(".question-box").count():
        page.get_by_label("Asia/Shanghai").check()
    page.locator(".question-box").first.wait_for(state="detached")
    page.get_by_label("Profit out of each 100 of sales").fill("45")
    take.click()
    page.wait_for_url("**/questions", timeout=PATIENCE)
    assert page.get_by_role("heading", name="How many customers did I lose?").is_visible()
    context.close()


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("en", ("How many customers did I lose?", "How do I get them back?")),
        ("zh-Hans", ("我失去了多少顾客？", "怎样把他们请回来？")),
        ("zh-Hant", ("我失去了多少顧客？", "怎樣把他們請回來？")),
    ],
)
def test_the_five_questions_are_asked_and_answered(
    visit: Window, console: Console, language: str, headings: tuple[str, ...]
) -> None:
    page = visit(language=language).new_page()
    page.goto(f"{console.root}/questions")
    assert page.locator(".question").count() == 5
    for heading in headings:
        assert page.get_by_role("heading", name=heading).is_visible()
    assert page.locator(".hundred rect").count() == 100
    assert page.locator("html").get_attribute("lang") == language


def test_a_number_opens_the_customers_behind_it(visit: Window, console: Console) -> None:
    page = visit().new_page()
    page.goto(f"{console.root}/questions")
    lost = console.shop.answers().lost.count
    page.locator("#how-many .figure a").click()
    page.wait_for_url("**stage=lost**")
    page.get_by_text(f"{lost} found").wait_for()


def test_one_customer_is_found_and_shown_whole(visit: Window, console: Console) -> None:
    page = visit().new_page()
    page.goto(f"{console.root}/customers")
    page.keyboard.press("/")
    page.keyboard.type("M0001")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="M0001").click()
    page.get_by_role("heading", level=1, name="M0001").wait_for()
    page.locator("[data-chart=rhythm] canvas").wait_for()
    assert page.locator(".timeline li").count() >= 1
    assert page.get_by_role("heading", name="Why this act").is_visible()


def test_more_customers_come_without_leaving_the_page(visit: Window, console: Console) -> None:
    page = visit().new_page()
    page.goto(f"{console.root}/customers")
    rows = page.locator("tbody tr:not(.more-row)")
    first = rows.count()
    page.get_by_role("link", name="Show more").click()
    page.wait_for_function("n => document.querySelectorAll('tbody tr').length > n + 1", arg=first)
    keys = page.locator("a.key").all_inner_texts()
    assert len(keys) == len(set(keys)) > first


def test_a_plan_is_approved_and_carried_out(visit: Window, console: Console) -> None:
    page = visit().new_page()
    page.goto(f"{console.root}/plan")
    assert page.get_by_text("Draft", exact=True).is_visible()
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Carry out").click()
    page.get_by_text("Carried out", exact=True).first.wait_for(timeout=PATIENCE)
    assert page.url.endswith("/plan")
    plan = console.shop.plan()
    assert plan is not None
    assert plan.status == "applied"


def test_keyboard_alone_reaches_the_page(visit: Window, console: Console) -> None:
    page = visit().new_page()
    page.goto(console.root)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the page"
    page.keyboard.press("Enter")
    page.locator("main:focus").wait_for()


def test_language_and_colours_are_switched(visit: Window, console: Console) -> None:
    page = visit().new_page()
    page.goto(console.root)
    page.locator(".rail").get_by_label("Language").select_option("zh-Hant")
    page.get_by_role("link", name="五個問題").first.wait_for()
    page.locator(".rail").get_by_role("button", name="深色").click()
    page.locator("html.dark").wait_for()
    page.reload()
    page.locator("html.dark").wait_for()
    assert page.locator("html").get_attribute("lang") == "zh-Hant"
