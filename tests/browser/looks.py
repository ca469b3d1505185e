"""Looking at a page: what keeps somebody out of it, and what is wider than the screen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
PHONE, DESK = 360, 1280
ASK = """async (only) => (await axe.run(document, {preload: false, resultTypes: ["violations"],
  ...(only ? {runOnly: only} : {})})).violations.map(
  (found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(" | ")}`)"""
_looking: WeakSet[BrowserContext] = WeakSet()
"""Windows that were looked at, and may be again on their next page."""
_bringing: WeakSet[BrowserContext] = WeakSet()
"""Windows that bring axe along to every page."""


def barriers(page: Page, only: Sequence[str] | None = None) -> list[str]:
    """What keeps somebody out of the page as it stands, by all rules or by `only` these."""
    if not page.evaluate("'axe' in window"):
        _bring(page)
    found: list[str] = page.evaluate(ASK, only)
    return found


def too_wide(page: Page) -> int:
    """How many pixels of the page are beside the screen."""
    return max(0, int(page.evaluate("document.documentElement.scrollWidth - innerWidth")))


def lets_in(page: Page, name: str) -> None:
    """Nobody is kept out, and nothing is wider than the window."""
    if folder := os.environ.get("HUITOU_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert barriers(page) == []
    assert too_wide(page) == 0


def lets_in_on_every_screen(page: Page, name: str) -> None:
    """The page as it was loaded on a phone, and then on a screen as wide as a desk's."""
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 900})
        lets_in(page, f"{name}-{width}")
    page.set_viewport_size({"width": PHONE, "height": 900})


def _bring(page: Page) -> None:
    window = page.context
    # Through the debugger: the page's own policy forbids to add a script, as it should.
    wire = window.new_cdp_session(page)
    wire.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    wire.detach()
    if window in _looking and window not in _bringing:
        window.add_init_script(path=AXE)  # half a megabyte, handed over once and not for each page
        _bringing.add(window)
    _looking.add(window)
