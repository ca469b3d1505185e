"""The whole web door of a real small shop, and a real Chromium to visit it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from tests.browser import orders

from huitou.doors.book import Staff
from huitou.doors.web import web
from huitou.runs.wiring import open_shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from huitou.runs.shop import Shop

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)


@dataclass
class Console:
    """A console that listens, and who has signed in to it."""

    root: str
    shop: Shop
    staff: Staff
    state: Path
    """Cookies of the owner's session, once there is one."""

    def link(self) -> str:
        """A one-time link for the first user."""
        return f"{self.root}/welcome/{self.staff.invite('owner', self.shop.clock.now())}"


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium of this machine, opened once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def orders_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export that is dropped on the console."""
    return orders.write(tmp_path_factory.mktemp("orders") / "茶铺订单.csv")


@pytest.fixture(scope="session")
def empty_console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console of a shop that has nothing yet; the first test fills it."""
    yield from listening(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="session")
def console(
    tmp_path_factory: pytest.TempPathFactory, orders_file: Path, browser: Browser
) -> Iterator[Console]:
    """A console of a shop that has its orders and one run, and an owner who is signed in."""
    from huitou.sources.contract import Declared

    for made in listening(tmp_path_factory.mktemp("shop")):
        declared = Declared(currency="CNY", timezone="Asia/Shanghai")
        made.shop.change_settings(name="茶铺", margin=0.45)
        made.shop.take(orders_file, declared, confirmed=True)
        made.shop.spending.take(orders.spent(orders_file.with_name("花费.csv")))
        made.shop.run()
        context = browser.new_context()
        come_in(context.new_page(), made)
        context.storage_state(path=str(made.state))
        context.close()
        yield made


@pytest.fixture
def visit(console: Console, browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens windows of the owner: `visit(width=360, language="zh-Hans", theme="dark")`."""
    yield from windows(console, browser)


def windows(console: Console, browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """What opens windows of the owner, and closes them in the end."""
    opened: list[BrowserContext] = []

    def window(width: int = 1280, language: str = "en", theme: str = "light") -> BrowserContext:
        context = browser.new_context(
            storage_state=str(console.state), viewport={"width": width, "height": 900}
        )
        chosen = {"huitou_language": language, "huitou_theme": theme}
        context.add_cookies(
            [{"name": name, "value": value, "url": console.root} for name, value in chosen.items()]
        )
        opened.append(context)
        return context

    yield window
    for context in opened:
        context.close()


def come_in(page: Page, console: Console) -> None:
    """Use a one-time link: choose a name and a password."""
    page.goto(console.link())
    page.get_by_label("Your name").fill("owner")
    page.get_by_label("Password").fill("a long enough one")
    page.get_by_role("button", name="Open the shop").click()
    page.wait_for_url(f"{console.root}/")


def listening(home: Path) -> Iterator[Console]:
    """The console of the shop in a folder, while a test looks at it."""
    shop = open_shop(home)
    staff = Staff(shop.books)
    shop.letterbox.carrier.start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(web(shop, staff), port=port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Console(f"http://127.0.0.1:{port}", shop, staff, home / "owner.json")
    server.should_exit = True
    thread.join(10)
    shop.letterbox.carrier.stop()
