"""Consent on a small phone and on a desk: three languages, and no is said in two taps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from tests.browser.conftest import come_in, listening, windows
from tests.browser.looks import PHONE, lets_in, lets_in_on_every_screen

from huitou.care.consents import book as consents
from huitou.care.consents.kinds import Wording

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext
    from tests.browser.conftest import Console

pytestmark = pytest.mark.browser

CONSENT = {"en": "Consent", "zh-Hans": "同意与退订", "zh-Hant": "同意與退訂"}
RULES = {"en": "Rules of sending", "zh-Hans": "发送规则", "zh-Hant": "發送規則"}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Console]:
    """A shop where people have said yes and no, and somebody wrote in their own words."""
    home: Path = tmp_path_factory.mktemp("said")
    for made in listening(home):
        now = made.shop.clock.now()
        made.shop.change_settings(name="茶铺", currency="CNY", timezone="Asia/Shanghai")
        words = Wording("join", "en", "Yes, write to me about new teas.")
        with made.shop.books.unit() as unit:
            for person in ("p", "q", "r"):
                consents.give(
                    unit, person, "email", "marketing", source="join_page", wording=words, now=now
                )
            consents.withdraw(unit, "r", "email", "marketing", source="unsubscribe", now=now)
            consents.hear(unit, "q", "sms", "mark", "请不要再发了，谢谢。" * 8, now)
        context = browser.new_context()
        come_in(context.new_page(), made)
        context.storage_state(path=str(made.state))
        context.close()
        yield made


@pytest.fixture
def visit(said: Console, browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Windows of the owner of this shop."""
    yield from windows(said, browser)


@pytest.mark.parametrize("language", CONSENT)
def test_pages_of_consent_let_everybody_in(
    said: Console, visit: Callable[..., BrowserContext], language: str
) -> None:
    page = visit(PHONE, language).new_page()
    shown = {
        "consents": (CONSENT, "请不要再发了"),
        "consents/of?who=p": (CONSENT, "Yes, write to me about new teas"),
        "settings/sending": (RULES, "Asia/Shanghai"),
    }
    for path, (title, words) in shown.items():
        page.goto(f"{said.root}/{path}")
        assert page.locator("html").get_attribute("lang") == language
        assert page.get_by_role("heading", level=1, name=title[language]).is_visible()
        assert page.get_by_text(words).first.is_visible()
        lets_in_on_every_screen(page, f"{path.partition('?')[0].replace('/', '-')}-{language}")


def test_a_clerk_writes_down_a_yes_and_then_a_no(
    said: Console, visit: Callable[..., BrowserContext]
) -> None:
    page = visit(360).new_page()
    page.goto(f"{said.root}/consents/of?who=p")
    page.locator("#give-channel").select_option("sms")
    page.get_by_label("The words they agreed to").fill("You may text me.")
    page.get_by_role("button", name="They agree").click()
    page.get_by_text("You may text me.").wait_for()
    page.locator("#withdraw-channel").select_option("any")
    page.get_by_role("button", name="They refuse").click()
    page.locator(".consent-words").get_by_text("Refused").first.wait_for()
    lets_in(page, "consents-refused-360")
    stands = {each.channel: each.state for each in said.shop.consents.of("p").standings[:6]}
    assert set(stands.values()) == {"withdrawn"}


def test_what_was_written_is_read_and_settled_in_one_tap(
    said: Console, visit: Callable[..., BrowserContext]
) -> None:
    page = visit(360).new_page()
    page.goto(f"{said.root}/consents")
    waiting = page.get_by_role("heading", name="To be read: it may be a refusal")
    assert waiting.is_visible()
    page.get_by_role("button", name="They refuse").click()
    waiting.wait_for(state="detached")
    assert said.shop.consents.overview().waiting == ()
    lets_in(page, "consents-settled-360")


def test_rules_that_cannot_be_read_are_shown_again_as_they_were_typed(
    said: Console, visit: Callable[..., BrowserContext]
) -> None:
    page = visit(360).new_page()
    page.goto(f"{said.root}/settings/sending")
    fold, typed = page.locator("#rules-sending"), page.locator("#rules-sending-text")
    fold.locator("summary").click()
    typed.fill('packs = ["MOON"]\n')
    keep = page.get_by_role("button", name="Keep these rules")
    keep.click()
    page.get_by_role("alert").wait_for()
    assert typed.input_value() == 'packs = ["MOON"]\n'
    lets_in(page, "rules-wrong-360")
    typed.fill('packs = ["CN"]\n')
    keep.click()
    fold.get_by_role("status").wait_for()
    assert [pack.code for pack in said.shop.consents.rules().packs if pack.enabled] == ["CN"]
