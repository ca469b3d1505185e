"""One customer, whole: rhythm, value, history, and why this act."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.care.chase.rules import WHYS as CHASE_WHYS
from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.ground.ids import new_id
from huitou.ground.languages import speaker
from huitou.ground.money import Money
from huitou.runs.desks.packs import PackView
from huitou.runs.desks.points import PurseView
from huitou.runs.views import Cause, PersonView, TimelineEntry

if TYPE_CHECKING:
    from huitou.runs.desks.ladder.views import StandView
    from huitou.runs.desks.letting_go.views import NoticeView

routes = APIRouter()
WORTH_ASKING = 0.05
"""A suspicion below this share is not worth a question."""
SHOWN = 40
"""Entries of the time line that open with the page."""


@dataclass(frozen=True)
class Worth:
    """Where the past ends and the future stands, in percent of a line."""

    past: float
    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Customer:
    """What the page of one customer shows."""

    person: PersonView
    chart: str
    """The rhythm chart's data as JSON."""
    years: tuple[tuple[int, tuple[TimelineEntry, ...]], ...]

    horizon: int
    """Days that the chance to buy looks ahead."""
    stand: StandView | None = None
    """Where they stand on the ladder, while it is on."""
    purse: PurseView | None = None
    """What they earned."""
    packs: tuple[PackView, ...] = ()
    gives: int = 0
    """The most points a manager may give at once; 0 where none are given."""
    once: str = ""
    """Names one form of the page: sent twice, it counts once."""

    def coins(self, minor: int) -> Money:
        """Minor units as money."""
        return Money(minor, self.person.revenue.currency)

    @property
    def suspects(self) -> tuple[Cause, ...]:
        """Causes worth a question, the likeliest first."""
        likely = [cause for cause in self.person.causes if cause.confidence >= WORTH_ASKING]
        return tuple(sorted(likely, key=lambda cause: -cause.confidence)[:4])

    notice: NoticeView | None = None
    """What is to be known of a step that holds against them."""
    chase_whys = CHASE_WHYS

    @property
    def worth(self) -> Worth:
        """Profit so far and profit expected, on one line."""
        value, past = self.person.value, max(self.person.profit_so_far.minor, 0)
        whole = past + max(value.high.minor, 0)

        def place(minor: int) -> float:
            return drawing.share_width(past + minor, whole * 1.03)

        return Worth(
            place(0), place(value.low.minor), place(value.value.minor), place(value.high.minor)
        )


@routes.get("/customers/{key:path}")
def customer(visit: Member, key: str) -> Response:
    """The page of one customer, by id or by what the merchant knows them by."""
    person = visit.shop.person(key)
    told = (*person.timeline, *visit.shop.history(person.row.id))
    horizon = visit.shop.answers().lost.horizon_days
    stand = visit.shop.ladder.of(person.row.id, visit.language)
    points = visit.shop.points
    rules = points.rules
    page = Customer(
        person,
        chart(person, visit.language),
        years(told),
        horizon,
        stand if stand.on or stand.number else None,
        purse=points.of_person(person.row.id),
        packs=visit.shop.packs.of_person(person.row.id),
        gives=rules.gift_most if rules.on else 0,
        once=new_id(),
        notice=visit.shop.letting_go.notice_of(person.row.id),
    )
    return visit.page("person.html", page)


@routes.post("/customers/{key:path}/silence")
def silence(visit: Member, key: str, speak: Annotated[bool, Form()] = False) -> Response:
    """They asked to be left alone, or, with `speak`, to hear from the shop again."""
    visit.needs("manager", "clerk")
    told = visit.shop.speak_again if speak else visit.shop.leave_alone
    told(key, by=visit.member.name)
    return visit.to(f"/customers/{quote(key, safe='')}")


def chart(person: PersonView, language: str) -> str:
    """Purchases as dots, the chance to have bought again as a curve, the likely days as a band."""
    says = speaker(language).say
    spent = {entry.day: entry.amount.decimal for entry in person.timeline if entry.kind == "order"}
    today = person.row.last_day + timedelta(days=person.days_since_last)
    drawn = {
        "purchases": [[day.isoformat(), float(spent.get(day, 0))] for day in person.purchases],
        "curve": _curve(person),
        "today": today.isoformat(),
        "likely": [
            day.isoformat() if day else None
            for day in (person.next_low, person.row.next_day, person.next_high)
        ],
        "words": {
            "bought": says("Bought"),
            "chance": says("Chance to have bought again"),
            "today": says("Known until"),
            "likely": says("Likely to come back"),
        },
    }
    # `<` could end the script element that carries it.
    return json.dumps(drawn, ensure_ascii=False).replace("<", "\\u003c")


def _curve(person: PersonView) -> list[tuple[str, float]]:
    """The chance by day, as far as there is something to see."""
    likely = person.next_high or person.row.next_day
    points = [(day.isoformat(), round(chance, 4)) for day, chance in person.survival]
    if likely is None:
        return points
    near = [point for point in points if point[0] <= (likely + timedelta(days=60)).isoformat()]
    return near if len(near) > 2 else points


def years(
    entries: Sequence[TimelineEntry],
) -> tuple[tuple[int, tuple[TimelineEntry, ...]], ...]:
    """The time line by year, newest first."""
    grouped: dict[int, list[TimelineEntry]] = {}
    for entry in sorted(entries, key=lambda each: each.day, reverse=True)[:SHOWN]:
        grouped.setdefault(entry.day.year, []).append(entry)
    return tuple((year, tuple(those)) for year, those in grouped.items())
