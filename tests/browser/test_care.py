"""Care walked through in a real browser, in three languages, on a phone 360 px wide.

A complaint from the QR code to its stars, an exit interview, a case, a day of calls, the report of
the week; and every page that has a part in it, on a phone and on a desk, by day and by night.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from tests.browser.conftest import Console
from tests.browser.looks import DESK, PHONE, barriers, too_wide

from huitou.care.casefiles.notes import Note
from huitou.care.fixes.rules import Fix
from huitou.care.interviews.rules import token_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
Window = Callable[..., "BrowserContext"]
EVIL = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>{{7*7}}"
"""What must stay words wherever it is shown."""
EVIL_TEA = "龙井<svg onload='window.hit=1'>"
TWO = "form:has([name=where_to])"
"""The form with the two questions."""
NIGHT = """new Promise((drawn) => { document.documentElement.classList.toggle('dark', %s);
  requestAnimationFrame(() => requestAnimationFrame(drawn)); })"""
"""Changes the colours, and waits until they are on the screen."""
LOCALES = {"en": "en-GB", "zh-Hans": "zh-CN", "zh-Hant": "zh-TW"}


@dataclass(frozen=True)
class Tongue:
    """What the walk reads on the pages of one language."""

    tag: str
    kept: str
    settled: str
    stars: str
    thanks: str
    asked: str
    alone: str
    questions: tuple[str, ...]
    """Words that the report of this language prints."""


TONGUES = (
    Tongue(
        "en",
        "Thank you. We have it.",
        "We think this is settled",
        "You said 4 of 5. Thank you.",
        "Thank you",
        "Two questions, one minute",
        "You are left alone from now on",
        ("How many customers did I lose?", "Why did they leave?"),
    ),
    Tongue(
        "zh-Hans",
        "谢谢您，我们收到了。",
        "我们认为这件事解决了",
        "您打了 4 分（满分 5 分），谢谢。",
        "谢谢您",
        "两个小问题，一分钟就好",
        "从现在起，我们不再打扰您",
        ("我失去了多少顾客？", "他们为什么离开？"),
    ),
    Tongue(
        "zh-Hant",
        "謝謝您，我們收到了。",
        "我們認為這件事解決了",
        "您打了 4 分（滿分 5 分），謝謝。",
        "謝謝您",
        "兩個小問題，一分鐘就好",
        "從現在起，我們不再打擾您",
        ("我失去了多少顧客？", "為什麼"),
    ),
)
three = pytest.mark.parametrize("tongue", TONGUES, ids=lambda each: each.tag)


class Care:
    """The shop of these walks: its lost customers, each used once."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.shop = console.shop
        desk = self.shop.casefiles
        self.cases = list(desk.listed(limit=60).cases)
        self._lost = iter(self.cases)
        self._asked = iter(self.shop.interviews.listed("asked", 100))

    def case(self) -> Any:
        """A case that nobody has touched."""
        return next(self._lost)

    def interview(self) -> str:
        """The address of the two questions, for somebody lost who was asked by the run."""
        token = token_of(self.shop.settings.salt, next(self._asked).id)
        return f"{self.console.root}/p/leaving/{token}"


@pytest.fixture(scope="module")
def care(console: Console) -> Care:
    """The shop, where the lost are known."""
    return Care(console)


class Watch:
    """A page whose mistakes are noted: errors, barred scripts, words that became a script."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        page.emulate_media(reduced_motion="reduce")  # colours that are there at once
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.found.append(str(error)))
        page.on("dialog", lambda shown: self.found.append(f"dialog {shown.message}"))

    def _note(self, said: Any) -> None:
        if said.type in ("error", "warning"):
            self.found.append(f"{said.text} {said.location['url']}")

    def fits(self) -> None:
        """Note a page that is wider than its screen, and words that were run."""
        if wide := too_wide(self.page):
            self.found.append(f"{self.page.url} is {wide} px too wide")
        if self.page.evaluate("window.hit"):
            self.found.append(f"{self.page.url} ran what a customer wrote")


def taps(page: Page, action: str, form: str = "form") -> None:
    """Press the first button of the form that goes to `action`, with the keyboard."""
    button = page.locator(f"{form}[action*='{action}'] button").first
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def written_by_keyboard(page: Page, words: str, phone: str) -> None:
    """Fill the form for complaints with nothing but the keyboard."""
    page.locator("#words").focus()
    press, insert = page.keyboard.press, page.keyboard.insert_text
    insert(words)
    press("Tab")
    press("ArrowDown")
    press("Tab")
    insert("A-2031")
    press("Tab")
    press("Tab")
    insert("王芳")
    press("Tab")
    insert(phone)
    press("Tab")
    time.sleep(3)  # a form that comes back sooner is held for a look
    press("Enter")


def guest(browser: Browser, tag: str, *, scripts: bool = True) -> Page:
    """A customer's phone."""
    context = browser.new_context(
        viewport={"width": PHONE, "height": 740}, locale=LOCALES[tag], java_script_enabled=scripts
    )
    return context.new_page()


@three
def test_a_complaint_from_the_qr_code_to_its_stars(
    care: Care, visit: Window, browser: Browser, tongue: Tongue
) -> None:
    clerk = Watch(visit(width=PHONE, language=tongue.tag).new_page())
    asked = urlencode({"product": EVIL_TEA, "store": "一店"})
    clerk.page.goto(f"{care.console.root}/complaints/links?{asked}")
    clerk.fits()
    link = clerk.page.locator("code.secret").inner_text()
    of = TONGUES.index(tongue)
    phone = f"1380013{int(care.cases[-1 - of].person.key[1:]):04d}"

    page = guest(browser, tongue.tag, scripts=tongue.tag != "zh-Hans")
    page.goto(link)
    assert page.locator("[name=product]").input_value() == EVIL_TEA
    written_by_keyboard(page, f"盒子压坏了 {EVIL}", phone)
    page.wait_for_url(re.compile(r"/p/complaint/[\w-]{43}"))
    assert page.locator("h1").inner_text() == tongue.kept
    number = page.locator(".big").inner_text()
    assert re.fullmatch(r"\w{4}-\w{4}", number)
    assert EVIL in page.locator(".said").inner_text()

    care.shop.letterbox.carry()
    clerk.page.goto(f"{care.console.root}/complaints")
    clerk.fits()
    row = clerk.page.locator("tbody tr", has_text=number)
    assert row.locator(".pill").inner_text()  # the time that is left
    assert "¥" in row.locator("td.number").inner_text()  # what they are still worth
    row.get_by_role("link", name=number).click()
    clerk.page.wait_for_url(f"**/complaints/{number}")
    taps(clerk.page, "/assign")
    clerk.page.locator("form[action$='/reply'] [name=words]").fill(f"新的一盒今天发出 {EVIL}")
    clerk.page.locator("details.rest summary").click()
    clerk.page.locator("#note").fill(EVIL)
    clerk.page.locator("form[action$='/reply'] [name=words]").fill(f"新的一盒今天发出 {EVIL}")
    taps(clerk.page, "/reply")
    taps(clerk.page, "/resolve")
    clerk.page.locator("details.rest summary").click()
    clerk.page.locator("#note").fill(EVIL)
    taps(clerk.page, "/note")
    clerk.fits()
    assert EVIL in clerk.page.locator(".as-said").last.inner_text()
    assert care.shop.complaints.one(number).row.state == "resolved"

    page.reload()
    assert page.locator("h1").inner_text() == tongue.settled
    assert "新的一盒今天发出" in page.locator(".said .ours").inner_text()
    page.locator(".star[value='4']").press("Enter")
    assert page.get_by_role("status").inner_text() == tongue.stars
    care.shop.letterbox.carry()
    assert care.shop.complaints.one(number).csat == 4
    page.context.close()
    assert not clerk.found


@three
def test_an_exit_interview_is_answered_once_within_a_minute(
    care: Care, browser: Browser, tongue: Tongue
) -> None:
    link, phone = care.interview(), guest(browser, tongue.tag)
    watch, begun = Watch(phone), time.monotonic()
    phone.goto(link)
    assert phone.locator("h1").inner_text() == tongue.asked
    phone.locator("details.branch summary").first.press("Enter")
    phone.locator("details[open] input[name=why]").first.check()
    phone.locator("#where").fill(EVIL)
    watch.fits()
    taps(phone, "/leaving/", TWO)
    assert phone.locator("h1").inner_text() == tongue.thanks
    assert time.monotonic() - begun < 60
    phone.goto(link)
    watch.fits()
    assert phone.locator("h1").inner_text() == tongue.thanks
    assert phone.locator("fieldset").count() == 0  # asked once, and never again

    phone.goto(care.interview())
    taps(phone, "/alone")
    assert phone.locator("h1").inner_text() == tongue.alone
    watch.fits()
    phone.context.close()
    assert not watch.found


@three
def test_a_case_from_the_board_to_its_lesson(care: Care, visit: Window, tongue: Tongue) -> None:
    case = care.case()
    watch = Watch(visit(width=PHONE, language=tongue.tag).new_page())
    page = watch.page
    page.goto(f"{care.console.root}/cases")
    watch.fits()
    page.locator(f"a.case-open[href='/cases/{case.id}']").press("Enter")
    page.wait_for_url(f"**/cases/{case.id}")
    taps(page, "/assign")
    assert care.shop.casefiles.file(case.id).line.owner == "owner"
    for kind, words, cause in (
        ("call", EVIL, ""),
        ("found", "隔壁开了新店", "competitor"),
        ("lesson", f"先问口味 {tongue.tag} {EVIL}", "competitor"),
    ):
        page.locator(f"input[name=kind][value={kind}]").check(force=True)
        page.locator("#note-words").fill(words)
        page.locator("#minutes").fill("3")
        page.locator("#cause").select_option(cause)
        taps(page, "/note")
        watch.fits()
    file = care.shop.casefiles.file(case.id)
    assert [each.kind for each in file.notes][-3:] == ["call", "found", "lesson"]
    assert file.line.spent.minutes == 9
    page.goto(f"{care.console.root}/cases/lessons")
    watch.fits()
    assert f"先问口味 {tongue.tag} {EVIL}" in page.locator("main").inner_text()
    assert not watch.found


@three
def test_a_clerks_day_of_calls(care: Care, visit: Window, tongue: Tongue) -> None:
    case = care.case()
    care.shop.casefiles.assign(case.id, "owner")
    care.shop.calls.draw()
    watch = Watch(visit(width=PHONE, language=tongue.tag).new_page())
    page = watch.page
    page.goto(f"{care.console.root}/calls")
    watch.fits()
    card = page.locator(".call-card").filter(
        has=page.locator(f"a[href='/customers/{case.person_id}']")
    )
    assert re.fullmatch(r"tel:\+861380013\d{4}", str(card.locator(".dial").get_attribute("href")))
    card.locator("summary").first.press("Enter")
    assert card.locator(f"[lang={tongue.tag}] .quote").first.text_content()
    watch.fits()
    call = str(card.get_attribute("id")).removeprefix("call-")
    back = card.locator("details.wide", has=page.locator("[name=next_day][type=hidden]"))
    back.locator("summary").click()  # the first tap
    with page.expect_navigation():
        back.locator("button").first.click()  # and the second
    told = care.shop.calls.written(call)
    assert told.next_day == care.shop.calls.today().day + timedelta(days=1)
    assert page.get_by_role("status").is_visible()
    watch.fits()
    assert not watch.found


@three
def test_the_report_of_the_week_is_read_and_printed(
    care: Care, visit: Window, tongue: Tongue, tmp_path: Path
) -> None:
    window = visit(width=PHONE, language=tongue.tag)
    watch = Watch(window.new_page())
    watch.page.goto(f"{care.console.root}/report")
    watch.fits()
    assert watch.page.locator(".report-part").count() >= 5
    printed = window.request.get(
        care.console.root + str(watch.page.locator("a[href^='/report.pdf']").get_attribute("href"))
    )
    paper = tmp_path / "report.pdf"
    paper.write_bytes(printed.body())
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.body().startswith(b"%PDF-")
    assert not watch.found
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext: no pdftotext on this machine to read the report with")
    told = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    assert 1 <= told.count("\f") <= 3
    for words in tongue.questions:
        assert words in told


@pytest.fixture(scope="module")
def full(care: Care) -> Iterator[tuple[str, ...]]:
    """Addresses of all pages of the console that care for somebody, each with something on it."""
    shop, case = care.shop, care.cases[-4]
    told = {"name": EVIL, "phone": "13900000000", "product": EVIL_TEA}
    number = shop.complaints.new(EVIL, by="owner", kind="product", **told).number
    shop.complaints.note(number, EVIL, "owner")
    shop.casefiles.assign(case.id, "owner")
    shop.casefiles.write(case.id, Note("lesson", EVIL, 5, 200, "price"), "owner")
    shop.calls.draw()
    today = shop.happenings.today
    shop.happenings.tell("competitor_opened", today, by="owner", store="一店", words=EVIL)
    made = Fix("price", EVIL, "owner", shop.answers().as_of - timedelta(days=40))
    shop.fixes.enter(made, "owner")
    yield (
        "/complaints",
        "/complaints?show=resolved",
        f"/complaints/{number}",
        "/complaints/new",
        f"/complaints/links?{urlencode({'product': EVIL_TEA})}",
        "/cases",
        f"/cases/{case.id}",
        "/cases/lessons",
        "/calls?clerk=",
        "/alarms",
        "/alarms/rules",
        "/fixes",
        "/interviews",
        "/interviews?state=answered",
        "/report",
        "/harm",
        "/happenings",
    )


@three
def test_every_page_of_care_lets_everybody_in(
    care: Care, full: tuple[str, ...], visit: Window, tongue: Tongue
) -> None:
    window = visit(width=PHONE, language=tongue.tag)
    watch = Watch(window.new_page())
    for path in full:
        watch.page.goto(care.console.root + path)
        _looked_at(watch, path, night=lambda on: watch.page.evaluate(NIGHT % on))
    assert not watch.found, "\n".join(watch.found)


@three
def test_every_page_of_a_customer_lets_them_in(
    care: Care, browser: Browser, tongue: Tongue
) -> None:
    page = guest(browser, tongue.tag)
    watch = Watch(page)

    def night(on: str) -> None:
        scheme: Any = "dark" if on == "true" else "light"
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def look(what: str) -> None:
        page.set_viewport_size({"width": PHONE, "height": 740})
        _looked_at(watch, what, night)

    page.goto(f"{care.console.root}/p/complaint?{urlencode({'product': EVIL_TEA})}")
    look("form")
    page.goto(care.interview())
    page.locator("details.branch summary").first.click()
    look("two questions")
    page.locator("details[open] input[name=why]").first.check()
    taps(page, "/leaving/", TWO)
    look("thanks")
    taps(page, "/alone")
    look("left alone")
    page.context.close()
    assert not watch.found


def _looked_at(watch: Watch, what: str, night: Callable[[str], Any]) -> None:
    """Both widths, by day and by night; by night only what colours can bar."""
    page = watch.page
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        watch.fits()
        watch.found += [f"{what} {width} {each}" for each in barriers(page)]
        night("true")
        contrast = barriers(page, ["color-contrast"])
        if contrast:
            # On a busy machine a colour may still be on its way: only one that stays bars anybody.
            page.wait_for_timeout(700)
            contrast = barriers(page, ["color-contrast"])
        watch.found += [f"{what} {width} by night {each}" for each in contrast]
        night("false")
