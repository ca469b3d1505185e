"""The shop's own choices, and who works here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from huitou.doors.book import User
from huitou.doors.console.choices import DAYS, read
from huitou.doors.console.pages.plan import major_units
from huitou.doors.console.visit import SESSION, Member, Visit
from huitou.doors.tables import ROLES
from huitou.ground.errors import HuitouError
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence

routes = APIRouter()


@dataclass(frozen=True)
class SettingsPage:
    """The shop's choices as the form shows them."""

    kept: Settings
    staff: tuple[User, ...]
    roles: tuple[str, ...]
    link: str | None
    """A fresh one-time link for a colleague; shown once."""
    form: str
    """Where customers complain."""
    days: Mapping[str, Sentence]
    saved: bool
    typed: Mapping[str, str]
    """What was typed and could not be kept."""
    faults: Mapping[str, Sentence]
    """Setting -> what is wrong with what was typed."""

    def plain(self, name: str) -> Any:
        """A setting as it is kept, or as it was typed."""
        return self.typed.get(name, getattr(self.kept, name))

    def yes(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.typed[name] == "yes" if name in self.typed else bool(getattr(self.kept, name))

    def major(self, name: str) -> Decimal | str | None:
        """An amount in major units."""
        if name in self.typed:
            return self.typed[name]
        return major_units(getattr(self.kept, name), self.kept.currency)

    def hundredths(self, name: str) -> str:
        """A share as a percentage, for a number field."""
        share = getattr(self.kept, name)
        return self.typed.get(name, "" if share is None else f"{100 * share:g}")


@routes.get("/settings")
def settings(visit: Member, saved: bool = False) -> Response:
    """The page of settings."""
    return visit.page("settings.html", _page(visit, saved=saved))


@routes.post("/settings")
async def change(visit: Member, request: Request) -> Response:
    """Change the shop's choices: all of them, or none and what is wrong beside each."""
    visit.needs()
    form = await request.form()
    typed = {name: str(value).strip() for name, value in form.items() if name != "csrf"}
    found = read(typed, visit.shop.settings)
    if found.faults:
        page = _page(visit, typed=typed, faults=found.faults)
        return visit.page("settings.html", page, status=400)
    visit.shop.change_settings(**found.choices)
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


def _page(
    visit: Visit,
    link: str | None = None,
    saved: bool = False,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, Sentence] | None = None,
) -> SettingsPage:
    staff = visit.desk.staff.everyone()
    kept = visit.shop.settings
    form = f"{visit.public_root}/p/complaint"
    return SettingsPage(kept, staff, ROLES, link, form, DAYS, saved, typed or {}, faults or {})
