"""One visit to a page: who asks, in which language, and how the answer is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from huitou.doors.book import Staff, User
from huitou.doors.console import speaking
from huitou.doors.console.errands import Errands
from huitou.doors.pages import preferred
from huitou.ground.errors import Refused
from huitou.ground.ids import fingerprint
from huitou.ground.languages import LANGUAGES
from huitou.ground.progress import Progress

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

SESSION = "huitou_session"
LANGUAGE = "huitou_language"
THEME = "huitou_theme"
THEMES = ("auto", "light", "dark")


class NotSignedIn(Exception):
    """The page is for staff, and nobody is signed in."""


@dataclass(frozen=True)
class Desk:
    """What every page works with: made once, when the console opens."""

    shop: Shop
    staff: Staff
    errands: Errands
    demo: Callable[[Progress], Any] | None
    """Fills the shop with the demo's orders; None where there is no demo."""


@dataclass(frozen=True)
class Visit:
    """One request, and what is known about who makes it."""

    request: Request
    desk: Desk
    language: str
    theme: str
    user: User | None
    csrf: str

    @property
    def shop(self) -> Shop:
        """The shop behind the door."""
        return self.desk.shop

    @property
    def path(self) -> str:
        """The address without its query."""
        return self.request.url.path

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def public_root(self) -> str:
        """Where customers reach the pages under /p: as the settings say, else as this page is seen.

        Without a slash at its end.
        """
        told = self.shop.settings.public_url or str(self.request.base_url)
        return told.rstrip("/")

    @property
    def member(self) -> User:
        """The user; for pages that only staff can reach."""
        if self.user is None:
            raise NotSignedIn
        return self.user

    def needs(self, *roles: str) -> None:
        """Refuse a user who has none of these roles."""
        if not self.member.may(*roles):
            raise Refused(f"this needs the role {' or '.join(roles or ('owner',))}")

    def page(self, template: str, page: Any = None, status: int = 200) -> HTMLResponse:
        """Draw a template with its typed context."""
        values = {"visit": self, "page": page}
        return HTMLResponse(speaking.page(self.language, template, values), status)

    def to(self, address: str) -> Response:
        """Send the browser on after a change."""
        if self.is_fragment:
            return Response(status_code=200, headers={"HX-Redirect": address})
        return RedirectResponse(address, status_code=303)


def desk_of(request: Request) -> Desk:
    """The desk that the console was opened with."""
    desk: Desk = request.app.state.desk
    return desk


def anybody(request: Request) -> Visit:
    """A visit, signed in or not."""
    desk = desk_of(request)
    session = request.cookies.get(SESSION, "")
    user = desk.staff.user_of(session, desk.shop.clock.now()) if session else None
    chosen = request.cookies.get(LANGUAGE, "")
    theme = request.cookies.get(THEME, "")
    return Visit(
        request,
        desk,
        chosen
        if chosen in LANGUAGES
        else preferred(request.headers.get("accept-language", "")) or "en",
        theme if theme in THEMES else "auto",
        user,
        token_for(session) if user else "",
    )


def staff_only(visit: Annotated[Visit, Depends(anybody)]) -> Visit:
    """A visit by somebody who is signed in."""
    if visit.user is None:
        raise NotSignedIn
    return visit


Anybody = Annotated[Visit, Depends(anybody)]
Member = Annotated[Visit, Depends(staff_only)]


def token_for(session: str) -> str:
    """The token that forms of this session carry: another site cannot know it."""
    return fingerprint("form token", session)


def safe_path(address: str) -> str:
    """An address within the console; anything else leads home."""
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return parts.path + (f"?{parts.query}" if parts.query else "") if inside else "/"
