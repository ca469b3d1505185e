"""The shop's own choices, and who works here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from huitou.doors.book import User
from huitou.doors.console.pages.plan import major_units
from huitou.doors.console.visit import SESSION, Member
from huitou.doors.tables import ROLES
from huitou.ground.errors import HuitouError
from huitou.ground.money import to_minor
from huitou.ground.settings import Settings

routes = APIRouter()


@dataclass(frozen=True)
class SettingsPage:
    """The shop's choices as the form shows them."""

    kept: Settings
    staff: tuple[User, ...]
    roles: tuple[str, ...]
    link: str | None
    """A fresh one-time link for a colleague; shown once."""
    saved: bool = False

    def major(self, name: str) -> Decimal | None:
        """An amount in major units."""
        return major_units(getattr(self.kept, name), self.kept.currency)

    def hundredths(self, name: str) -> str:
        """A share as a percentage, for a number field."""
        share = getattr(self.kept, name)
        return "" if share is None else f"{100 * share:g}"


@routes.get("/settings")
def settings(visit: Member, saved: bool = False) -> Response:
    """The page of settings."""
    return visit.page("settings.html", _page(visit, None, saved))


@routes.post("/settings")
async def change(visit: Member, request: Request) -> Response:
    """Change the shop's choices; each is checked before any is kept."""
    visit.needs()
    form = await request.form()
    typed = {name: str(value).strip() for name, value in form.items() if name != "csrf"}
    choices = {name: _read(name, text, visit.shop.settings) for name, text in typed.items()}
    visit.shop.change_settings(**choices)
    return visit.to("/settings?saved=true")


@routes.post("/settings/invite")
def invite(visit: Member, role: Annotated[str, Form()]) -> Response:
    """A one-time link for a colleague."""
    visit.needs()
    secret = visit.desk.staff.invite(role, visit.shop.clock.now())
    link = str(visit.request.base_url) + f"welcome/{secret}"
    return visit.page("settings.html", _page(visit, link))


@routes.post("/settings/staff/{user_id}/disable")
def disable(visit: Member, user_id: str) -> Response:
    """Let a colleague go; their sessions end at once."""
    visit.needs()
    if user_id == visit.member.id:
        raise HuitouError("you cannot lock yourself out")
    visit.desk.staff.disable(user_id, visit.shop.clock.now())
    return visit.to("/settings")


@routes.post("/settings/password")
def password(visit: Member, old: Annotated[str, Form()], new: Annotated[str, Form()]) -> Response:
    """Change the own password; all other sessions end."""
    now = visit.shop.clock.now()
    session = visit.desk.staff.change_password(visit.member, old, new, now)
    answer = visit.to("/settings?saved=true")
    secure = visit.request.url.scheme == "https"
    answer.set_cookie(SESSION, session, httponly=True, samesite="lax", secure=secure)
    return answer


def _page(visit: Member, link: str | None, saved: bool = False) -> SettingsPage:
    staff = visit.desk.staff.everyone()
    return SettingsPage(visit.shop.settings, staff, ROLES, link, saved)


def _read(name: str, text: str, kept: Settings) -> Any:
    reader = _READERS.get(name)
    if reader is None:
        raise HuitouError(f"there is no setting {name!r} here")
    try:
        return reader(text, kept)
    except (ValueError, ArithmeticError) as bad:
        raise HuitouError(f"{name}: {text!r} is not a number") from bad


def _words(text: str, _kept: Settings) -> str | None:
    return text or None


def _share(text: str, _kept: Settings) -> float | None:
    return float(Decimal(text) / 100) if text else None


def _days(text: str, _kept: Settings) -> int | None:
    return int(text) if text else None


def _hours(text: str, _kept: Settings) -> float:
    return float(text)


def _amount(text: str, kept: Settings) -> int | None:
    return to_minor(Decimal(text), kept.money) if text else None


_READERS: dict[str, Callable[[str, Settings], Any]] = {
    "name": _words,
    "language": _words,
    "margin": _share,
    "lost_line": _share,
    "holdout_share": _share,
    "share_of_value": _share,
    "horizon_days": _days,
    "value_days": _days,
    "budget": _amount,
    "staff_hours": _hours,
    "staff_hourly": _amount,
    "letter_cost": _amount,
    "smtp_host": _words,
    "smtp_port": _days,
    "smtp_user": _words,
    "smtp_from": _words,
}
