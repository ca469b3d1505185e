"""What every page promises: nothing barred by the policy, nobody shut out, nothing too heavy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.conftest import Console
from tests.browser.looks import DESK, PHONE, barriers, lets_in, too_wide

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser
Window = Callable[..., "BrowserContext"]
PAGES = (
    "/",
    "/questions",
    "/customers",
    "/customers/M0001",
    "/plan",
    "/stages",
    "/cases",
    "/interviews",
    "/cohorts",
    "/forecast",
    "/proof",
    "/till",
    "/ladder",
    "/points",
    "/offers",
    "/surprises",
    "/referrals",
    "/journeys",
    "/sending",
    "/templates",
    "/consents",
    "/settings/sending",
    "/rules",
    "/rules/points",
    "/membership?all=1",
    "/next?who=M0001",
    "/needs",
    "/guides",
    "/beside/M0001",
    "/files",
    "/settings",
)
LOOKS = (
    (DESK, "en", "light"),
    (DESK, "zh-Hans", "dark"),
    (PHONE, "zh-Hant", "light"),
    (PHONE, "en", "dark"),
)
HEAVIEST = 300 * 1024


@pytest.mark.parametrize(("width", "language", "theme"), LOOKS)
def test_every_page_keeps_the_policy_and_lets_everybody_in(
    visit: Window, console: Console, width: int, language: str, theme: str
) -> None:
    window = visit(width=width, language=language, theme=theme)
    page, complaints = window.new_page(), list[str]()
    page.on("console", lambda said: _note(said, complaints))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in PAGES:
        page.goto(console.root + path)
        complaints += [f"{path} {found}" for found in barriers(page)]
        if wide := too_wide(page):
            complaints.append(f"{path} is {wide} px wider than the screen")
    assert not complaints


def test_the_address_of_a_shop_that_signs_breaks_on_a_phone(
    visit: Window, console: Console
) -> None:
    console.shop.connections.make("shopify", "sf", "mei", secret_env="HUITOU_SHOPIFY_SECRET")
    page = visit(width=PHONE).new_page()
    page.goto(f"{console.root}/connections")
    page.locator("article code").wait_for()
    lets_in(page, "connections-360")


def test_home_is_light(visit: Window, console: Console) -> None:
    window = visit()
    page = window.new_page()
    sizes: list[int] = []
    wire = window.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda done: sizes.append(int(done["encodedDataLength"])))
    page.goto(console.root, wait_until="networkidle")
    assert len(sizes) >= 5
    assert sum(sizes) <= HEAVIEST


def _note(said: Any, complaints: list[str]) -> None:
    if said.type in ("error", "warning"):
        complaints.append(said.text)
