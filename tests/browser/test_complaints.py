"""One complaint walked through on a phone, in three languages: written down, answered, settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from tests.browser.conftest import Console

pytestmark = pytest.mark.browser
EVIL = "<img src=x onerror=alert(1)><script>alert(1)</script>" + "长" * 300 + "W" * 300


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_a_complaint_is_written_down_answered_and_settled(
    console: Console, visit: Callable[..., BrowserContext], language: str
) -> None:
    page = visit(width=360, language=language).new_page()
    alerts, errors = list[str](), list[str]()
    page.on("dialog", lambda shown: alerts.append(shown.message))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto(f"{console.root}/complaints/new")
    fits()
    page.locator("[name=words]").fill(EVIL)
    page.locator("[name=name]").fill(EVIL[:100])
    page.locator("form[action='/complaints'] button").click()  # no file was chosen
    page.wait_for_url(lambda url: len(url.rsplit("/", 1)[-1]) == 9)
    fits()
    number = page.url.rsplit("/", 1)[-1]
    page.goto(f"{console.root}/complaints")
    fits()
    page.get_by_role("link", name=number).click()
    page.locator("form[action$='/reply'] [name=words]").fill("Sorry!")
    with page.expect_navigation():
        page.locator("button[name=settle]").click()
    seen = console.shop.complaints.one(number)
    assert (seen.row.state, seen.words) == ("resolved", EVIL)
    assert not alerts and not errors
    fits()
    page.goto(f"{console.root}/complaints/links?product=Mug")
    page.locator(".qr").evaluate("code => code.decode()")  # fails where the picture is broken
    fits()
