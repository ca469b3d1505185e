"""Super users, letting go, demands and the page to object, in three languages at two widths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from tests.browser.conftest import Console, come_in, listening, windows
from tests.browser.looks import PHONE, lets_in_on_every_screen
from tests.shop import returns

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser

Window = Callable[..., "BrowserContext"]
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
WHY = "Most of what is sent comes back"


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Console]:
    """The shop of forty heavy returners, with a step that holds and one that waits."""
    folder = tmp_path_factory.mktemp("returns")
    returns.filled(folder).books.close()
    for made in listening(folder / "shop"):
        shop = made.shop
        shop.change_settings(approval_limit=100_000)
        desk = shop.letting_go
        acted = [each.person for each in desk.proposed() if not desk._lot(each.person).control]
        left = [each.person for each in desk.proposed() if desk._lot(each.person).control]
        held = desk.decide(acted[0], "stricter", WHY, "mei")
        desk.decide(acted[1], "closed", WHY, "mei")
        desk.decide(left[0], "no_offers", WHY, "mei")
        desk.appeal(held.id, "They say that the coats were too small", "mei")
        shop.demands.concede("gift", 1_500, "wants a second cup", "mei", customer=acted[0])
        shop.demands.concede("threat", 50_000, "a bad review, or fifty", "mei")
        context = browser.new_context()
        come_in(context.new_page(), made)
        context.storage_state(path=str(made.state))
        context.close()
        yield made


@pytest.fixture
def visit(weighed: Console, browser: Browser) -> Iterator[Window]:
    yield from windows(weighed, browser)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_let_everybody_in(weighed: Console, visit: Window, language: str) -> None:
    page = visit(PHONE, language).new_page()
    desk = weighed.shop.letting_go
    held, looked_at = desk.page().appealed[0], desk.proposed()[0]
    for name, path in {
        "superusers": "superusers",
        "letgo": "letgo",
        "letgo-case": f"letgo/who/{looked_at.person}",
        "letgo-step": f"letgo/{held.id}",
        "demands": "demands",
        "till-notice": f"till/{held.person}",
    }.items():
        page.goto(f"{weighed.root}/{path}")
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").is_visible()
        lets_in_on_every_screen(page, f"{name}-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_a_letter_reads_it_and_objects_without_any_script(
    weighed: Console, browser: Browser, language: str
) -> None:
    desk = weighed.shop.letting_go
    held = next(each for each in desk.listed() if each.state in ("standing", "waiting"))
    link = next(word for word in desk.letter(held.id, weighed.root).split() if "/p/" in word)
    context = browser.new_context(viewport={"width": PHONE, "height": 900})
    page = context.new_page()
    page.goto(f"{link}?lang={language}")
    assert page.locator("h1").is_visible()
    lets_in_on_every_screen(page, f"appeal-{language}")
    context.close()


def test_a_human_reads_the_evidence_and_decides(weighed: Console, visit: Window) -> None:
    each = weighed.shop.letting_go.proposed()[-1]
    page = visit(360).new_page()
    page.goto(f"{weighed.root}/letgo")
    page.get_by_role("link", name=each.name, exact=True).click()
    page.get_by_role("heading", name="The orders behind it").wait_for()
    page.get_by_label("Why, in a sentence").fill(WHY)
    page.get_by_role("button", name="Decide").click()
    page.get_by_role("heading", name="What was decided").wait_for()
    assert each.person not in {left.person for left in weighed.shop.letting_go.proposed()}


def test_a_clerk_finds_words_and_a_manager_decides(weighed: Console, visit: Window) -> None:
    page = visit(360, "zh-Hans").new_page()
    page.goto(f"{weighed.root}/demands")
    assert page.locator("p.quote", has_text="我们很乐意送礼物").is_visible()
    page.get_by_label("作为例外批准").check()
    page.get_by_label("原因").first.fill("一年的老顾客")
    page.get_by_role("button", name="决定").click()
    page.get_by_text("已作为例外批准").wait_for()
    assert weighed.shop.demands.listed(("approved",))
