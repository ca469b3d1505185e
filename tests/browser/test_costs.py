"""Costs, who leaves together, one metric, what if, and sources: three languages, two widths."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from tests.browser.looks import lets_in
from tests.unit.console.fake_exodus import group

from huitou.ground.errors import HuitouError
from huitou.runs.desks.exodus import AwayView, ExodusView, _words
from huitou.sources.contract import Declared

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, FilePayload, Page
    from tests.browser.conftest import Console

pytestmark = pytest.mark.browser

Window = Callable[..., "BrowserContext"]
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
EVERYWHERE = [(width, language) for width in (360, 1280) for language in LANGUAGES]
QUERY = "SELECT id AS order_id, who AS customer_id, day AS order_date, paid AS amount FROM sold"
VARIABLE = "HUITOU_SOURCE_PASSWORD"
EVIL = "<b>北区</b>" + "W" * 60


def opened(page: Page, console: Console, path: str, title: str, language: str) -> None:
    """Go to a page, and see that it speaks the language."""
    page.goto(f"{console.root}/{path}")
    page.get_by_role("heading", level=1, name=title).wait_for()
    assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_what_a_customer_costs(console: Console, visit: Window, width: int, language: str) -> None:
    titles = dict(
        zip(LANGUAGES, ("What a customer costs", "一位顾客的成本", "一位顧客的成本"), strict=True)
    )
    page = visit(width, language).new_page()
    opened(page, console, "winning", titles[language], language)
    page.locator("[data-chart=lines] canvas").wait_for()
    fold = page.locator("details:has(table) summary")
    fold.press("Enter")  # the figures of the drawing, for who cannot see it
    page.locator("details[open] tbody tr").first.wait_for()
    lets_in(page, f"winning-{width}-{language}")
    page.locator("#by").select_option("store")
    page.locator("#by").press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/winning?by=store")
    assert page.get_by_role("cell", name="一店").first.is_visible()


def test_a_file_of_spending_is_taken_and_told(console: Console, visit: Window) -> None:
    page = visit(360).new_page()
    page.goto(f"{console.root}/winning")
    rows = f"day,channel,amount,purpose\n2023-10,{EVIL},70,new\n2023-10,web,many,new\n"
    sent: FilePayload = {
        "name": "spend.csv",
        "mimeType": "text/csv",
        "buffer": rows.encode(),
    }
    page.get_by_label("A file of spending").set_input_files(sent)
    page.get_by_role("button", name="Take it in").press("Enter")
    page.get_by_role("status").wait_for()
    assert page.get_by_text("row 3").is_visible()
    assert page.get_by_text(EVIL).is_visible()
    lets_in(page, "winning-taken-360")
    sent["buffer"] = "day,channel,amount\n2023-10,網路廣告,70\n".encode("cp950")
    page.get_by_label("A file of spending").set_input_files(sent)
    page.get_by_role("button", name="Take it in").press("Enter")
    page.get_by_role("alert").get_by_text("網路廣告").wait_for()
    lets_in(page, "winning-letters-360")
    page.get_by_label("How it is to be read").select_option("cp950")
    page.get_by_label("A file of spending").set_input_files(sent)
    page.get_by_role("button", name="Take it in").press("Enter")
    page.get_by_role("status").wait_for()


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_who_leaves_together(
    console: Console,
    visit: Window,
    width: int,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    titles = dict(
        zip(LANGUAGES, ("Who leaves together", "谁在成群离开", "誰在成群離開"), strict=True)
    )
    page = visit(width, language).new_page()
    opened(page, console, "exodus", titles[language], language)
    lets_in(page, f"exodus-quiet-{width}-{language}")

    shop = console.shop
    named, others = (group(EVIL, named=True),), (group("south", named=False),)
    found = ExodusView(named[0].end, 40, 112, named, others, _words(40, 1))
    who = tuple(shop.people(limit=2).rows)
    monkeypatch.setattr(shop, "exodus", lambda: found)
    monkeypatch.setattr(shop, "exodus_people", lambda kind, part: AwayView(kind, part, 40, who))
    page.reload()
    page.get_by_role("link", name=EVIL).press("Enter")
    page.locator("#away tbody tr").first.wait_for()
    assert page.locator("#away tbody tr").count() == 2
    lets_in(page, f"exodus-named-{width}-{language}")


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_a_metric_as_it_was_known(
    console: Console, visit: Window, width: int, language: str
) -> None:
    titles = dict(zip(LANGUAGES, ("Customers", "顾客", "顧客"), strict=True))
    page = visit(width, language).new_page()
    opened(page, console, "metrics/customers", titles[language], language)
    assert page.get_by_role("cell", name="260").first.is_visible()
    lets_in(page, f"metric-{width}-{language}")
    page.locator("#known").fill("2020-01-01")  # before the file came
    page.locator("#known").press("Enter")
    page.wait_for_url("**/metrics/customers?*known=2020-01-01")
    assert page.get_by_role("cell", name="260").count() == 0
    page.locator("#other").select_option("cohort_retention")
    page.locator("#other").press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/metrics/cohort_retention")
    lets_in(page, f"metric-table-{width}-{language}")


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_what_if(console: Console, visit: Window, width: int, language: str) -> None:
    titles = dict(zip(LANGUAGES, ("What if", "假如", "假如"), strict=True))
    page = visit(width, language).new_page()
    opened(page, console, "what-if", titles[language], language)
    lets_in(page, f"what-if-today-{width}-{language}")
    page.locator("#churn_from").fill("20")
    page.locator("#churn_to").fill("10")
    page.locator("#churn_to").press("Enter")
    page.wait_for_url("**/what-if?*churn_to=10*")
    page.locator("[data-chart=lines] canvas").wait_for()
    page.locator("details:has(table) summary").press("Enter")
    page.locator("details[open] tbody tr").first.wait_for()
    lets_in(page, f"what-if-{width}-{language}")


def test_what_cannot_be_is_said_on_the_page(console: Console, visit: Window) -> None:
    page = visit(360, "zh-Hant").new_page()
    page.goto(f"{console.root}/what-if?churn_from=ten&churn_to=5")
    page.get_by_role("alert").wait_for()
    lets_in(page, "what-if-wrong-360")


@pytest.fixture(scope="module")
def asked(console: Console, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A database that nobody asked yet, and a folder with a file like none, gone since."""
    folder: Path = tmp_path_factory.mktemp("asked")
    with sqlite3.connect(folder / "till.db") as con:
        con.execute("CREATE TABLE sold (id INTEGER, who TEXT, day TEXT, paid REAL)")
        con.execute("INSERT INTO sold VALUES (1, 'a', '2026-05-01', 5.2)")
    con.close()
    (folder / "exports").mkdir()
    (folder / "exports" / f"{'长' * 30}.csv").write_text("a,b\n1,2\n")
    desk = console.shop.sources
    with pytest.MonkeyPatch.context() as once:
        once.setenv(VARIABLE, "unused")
        desk.add_database(
            "till", f"sqlite:///{folder}/till.db", QUERY, "order_id", "owner",
            secret_env=VARIABLE, declared=Declared(),
        )  # fmt: skip
    desk.add_folder("exports", str(folder / "exports"), "owner")
    desk.pull("exports")
    (folder / "exports").rename(folder / "elsewhere")
    with pytest.raises(HuitouError, match="no folder"):
        desk.pull("exports")
    yield console
    for each in desk.listed():
        desk.remove(each.id)


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_sources(asked: Console, visit: Window, width: int, language: str) -> None:
    titles = dict(zip(LANGUAGES, ("Sources", "数据来源", "資料來源"), strict=True))
    page = visit(width, language).new_page()
    opened(page, asked, "sources", titles[language], language)
    for each in page.locator("article details summary").all():
        each.press("Enter")
    page.locator("#fresh-till, [name=fresh_hours]").first.wait_for()
    lets_in(page, f"sources-{width}-{language}")
