"""One customer at the door: which language they read, and how a page is drawn for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment

from huitou.doors import pages
from huitou.ground.languages import LANGUAGES, speaker

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
BASE = "/p"
"""Where the web door mounts these pages."""


@dataclass(frozen=True)
class Guest:
    """One request of a customer."""

    request: Request
    shop: Shop
    language: str

    @property
    def here(self) -> str:
        """This page's own address, without a language."""
        return BASE + self.request.url.path.removeprefix(BASE)

    def here_in(self, language: str) -> str:
        """This page's address in another language, with what else its address says."""
        asked = {name: told for name, told in self.request.query_params.items() if name != "lang"}
        return f"{self.here}?{urlencode({**asked, 'lang': language})}"

    def day(self, moment: datetime) -> date:
        """The day of a moment where the shop is."""
        named = self.shop.settings.timezone
        return moment.astimezone(ZoneInfo(named) if named else UTC).date()

    def page(self, template: str, page: Any = None, status: int = 200) -> HTMLResponse:
        """Draw a template with its typed context."""
        drawn = environment(self.language).get_template(template).render(guest=self, page=page)
        return HTMLResponse(drawn, status, {"X-Robots-Tag": "noindex"})

    def to(self, path: str) -> Response:
        """Send the browser on after a change, in the language they chose."""
        return RedirectResponse(f"{BASE}{path}?lang={self.language}", status_code=303)


def guest(request: Request) -> Guest:
    """Who knocks, and in which language: the one they chose, their browser's, or the shop's."""
    shop: Shop = request.app.state.shop
    chosen = request.query_params.get("lang", "")
    told = (
        chosen
        if chosen in LANGUAGES
        else pages.preferred(request.headers.get("accept-language", ""))
    )
    return Guest(request, shop, told or shop.settings.language)


async def _arriving(request: Request) -> Guest:
    # Asynchronous, so that no thread is waited for: there is nothing to wait for.
    return guest(request)


AtTheDoor = Annotated[Guest, Depends(_arriving)]


@lru_cache(maxsize=len(LANGUAGES))
def environment(language: str) -> Environment:
    """Templates that speak `language`."""
    says = speaker(language)
    words: dict[str, Any] = {
        "t": says.say,
        "shown": says.shown,
        "percent": lambda share: says.percent(share, 0),
        "day": lambda day: format_date(day, "medium", locale=says.locale),
        "base": BASE,
        "style": _style(),
        "languages": LANGUAGES,
    }
    return pages.environment(TEMPLATES, words)


def _style() -> str:
    """The address of the style sheet; it changes when the sheet does."""
    mark = sha256((STATIC / "public.css").read_bytes()).hexdigest()[:12]
    return f"{BASE}/static/public.css?{mark}"
