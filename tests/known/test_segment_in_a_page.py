"""Segment's own library for browsers, unchanged, in a real Chromium: what a page tells a huitou."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlencode, urlsplit

import pytest
from tools.bench_sources._house import free_port, listening

import huitou
from huitou.runs.shop import Shop

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Response

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ROOT / ".peers" / "segment"
LIBRARIES = INSTALLED / "node_modules/@segment/analytics-next/dist/umd"
LIBRARY, BUILT_IN = LIBRARIES / "standalone.js", LIBRARIES / "index.js"
PAGE = ROOT / "tools" / "peers" / "segment" / "page.html"

LOAD = """async ([address, key]) => {
    const [analytics] = await AnalyticsNext.AnalyticsBrowser.load(
        { writeKey: key, cdnURL: address })
    analytics.setAnonymousId('built-in')
    await analytics.page('Shop', 'Built in')
}"""
PREFLIGHT = """async ([address, key]) => {
    const answer = await fetch(`${address}/v1/page`, {
        method: 'POST',
        headers: {
            'Content-Type': 'application/json', 'X-Retry-Count': '1',
            Authorization: `Basic ${btoa(key + ':')}`,
        },
        body: JSON.stringify({ anonymousId: 'by-hand', messageId: 'by-hand-1', name: 'Again' }),
    })
    return answer.status
}"""


@dataclass
class Told:
    """A shop that pages told, and what the pages asked for."""

    shop: Shop
    asked: list[str] = field(default_factory=list)
    """The address of everything that the pages asked for, answered or not."""
    refused: list[tuple[str, int]] = field(default_factory=list)
    """(address, status) of what was answered with an error."""
    preflight: int = 0

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.shop._house.lake.writing("look") as lake:
            return lake.execute(query).fetchall()


class Site(BaseHTTPRequestHandler):
    """A shop's own site, elsewhere than its huitou: a page, and the library beside it."""

    def do_GET(self) -> None:
        script = self.path == "/standalone.js"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.end_headers()
        if self.path != "/empty":
            self.wfile.write((LIBRARY if script else PAGE).read_bytes())

    def log_message(self, *_told: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory,
    missing: Callable[[str, str], NoReturn],
    chromium: str,
    site: str,
) -> Iterator[Told]:
    if not LIBRARY.exists():
        missing("segment", "its libraries are not installed (make segment)")
    from playwright.sync_api import sync_playwright

    home = tmp_path_factory.mktemp("page") / "shop"
    shop = huitou.open(home)
    shop.change_settings(currency="EUR", timezone="Europe/Berlin")
    trusted, page_key = (
        shop.connections.make(kind, name, "mei", source="web").write_key
        for kind, name in (("server", "the till"), ("browser", "our pages"))
    )
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    found = Told(shop)
    with listening(home, port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for who, key in (("till", trusted), ("page", page_key)):
            page = browser.new_page()
            page.on("request", partial(_asked, found))
            page.on("response", partial(_answered, found))
            _tell(page, site, address=address, key=key, who=who)
        page.clock.install()
        page.goto(f"{site}/empty")
        page.add_script_tag(path=BUILT_IN)
        page.evaluate(LOAD, [address, page_key])
        # Within a minute the library would have told its maker how it fares.
        page.clock.fast_forward("01:00")
        found.preflight = page.evaluate(PREFLIGHT, [address, page_key])
        browser.close()
        assert shop.connections.listen() > 0
        yield found


def _asked(found: Told, request: Request) -> None:
    found.asked.append(request.url)


def _answered(found: Told, response: Response) -> None:
    if response.status >= 400:
        found.refused.append((response.url, response.status))


def _tell(page: Page, site: str, **asked: str | None) -> None:
    page.goto(f"{site}/?{urlencode(asked)}")
    page.wait_for_function("document.title === 'told'", timeout=60_000)


def test_nobody_but_huitou_was_asked_and_it_refused_nothing(told: Told, site: str) -> None:
    assert not told.refused
    there = [urlsplit(url) for url in told.asked if not url.startswith(site)]
    assert len({each.netloc for each in there}) == 1
    asked = {each.path.rpartition("/")[2] for each in there}
    assert asked == {"settings", "i", "p", "t", "page"}


def test_a_library_that_tries_again_passes_the_browsers_own_question(told: Told) -> None:
    assert told.preflight == 200
    assert told.rows("SELECT name FROM visits WHERE visitor = 'by-hand'") == [("Again",)]


def test_an_order_of_a_visitor_and_its_return_are_theirs(told: Told) -> None:
    assert told.rows(
        """SELECT order_id, product, amount, member_no, day::VARCHAR FROM lines
        ORDER BY order_id, amount DESC"""
    ) == [
        ("till-3001", "Chess", 4000, "till-1", "2026-03-02"),
        ("till-3001", "shipping", 450, "till-1", "2026-03-02"),
        ("till-3001/refund", "shipping", -450, "till-1", "2026-03-09"),
        ("till-3001/refund", "Chess", -4000, "till-1", "2026-03-09"),
    ]  # fmt: skip


def test_a_person_is_known_by_what_they_said(told: Told) -> None:
    profiles = told.rows("SELECT key, email, name FROM profiles WHERE key = 'member:till-1'")
    assert profiles == [("member:till-1", "till@example.com", "Cy Cook")]
    told.shop.run()
    edition = told.shop._house.lake.current()
    assert edition is not None
    lines = edition.table("lines", ["person_id", "name"]).to_pylist()
    assert {row["name"] for row in lines} == {"Cy Cook"}
    assert len({row["person_id"] for row in lines}) == 1


@pytest.mark.parametrize("who", ["till", "page"])
def test_visits_are_kept_with_what_was_seen(told: Told, who: str) -> None:
    assert told.rows(
        f"""SELECT kind, name, sku FROM visits
        WHERE visitor = '{who}-device' AND name IS DISTINCT FROM 'Order Completed'
        AND name IS DISTINCT FROM 'Order Refunded' ORDER BY kind, name"""
    ) == [("identify", None, None), ("page", "Home", None), ("track", "Product Viewed", "9")]


def test_a_library_within_another_script_tells_the_same(told: Told) -> None:
    built_in = "SELECT kind, name FROM visits WHERE visitor = 'built-in'"
    assert told.rows(built_in) == [("page", "Built in")]


def test_a_key_that_anybody_can_read_tells_no_orders_and_is_told_why(told: Told) -> None:
    assert not told.rows("SELECT 1 FROM lines WHERE order_id LIKE 'page-%'")
    refused = told.shop.connections.rejected()
    assert sorted(row.name for row in refused) == ["Order Completed", "Order Refunded"]
    assert {str(row.reason) for row in refused} == {
        "a key that stands in a page tells no orders: send them from the server"
    }
