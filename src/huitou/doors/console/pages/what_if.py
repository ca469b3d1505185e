"""What if: four levers in a form, and what turning them would be worth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from huitou.doors.console.visit import Member
from huitou.ground.errors import HuitouError
from huitou.ground.languages import speaker
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.runs.desks.what_if import WhatIfView

routes = APIRouter()

Told = Annotated[str, Query(max_length=20)]
PROFIT, ACROSS = said("Profit"), said("Customers lost in a year, percent")
TODAY = said("Without the change")


@dataclass(frozen=True)
class WhatIfPage:
    """What the page shows; `wrong` where what was typed cannot be."""

    found: WhatIfView
    chart: str
    wrong: Sentence | str | None = None


@routes.get("/what-if")
def what_if(
    visit: Member,
    churn_from: Told = "",
    churn_to: Told = "",
    repeat_from: Told = "",
    repeat_to: Told = "",
    margin_from: Told = "",
    margin_to: Told = "",
    cost_from: Told = "",
    cost_to: Told = "",
    years: Told = "1",
) -> Response:
    """The page; without a change it shows today's figures."""
    pairs = {
        "churn": (churn_from, churn_to),
        "repeat": (repeat_from, repeat_to),
        "margin": (margin_from, margin_to),
        "cost": (cost_from, cost_to),
    }
    told = {name: _pair(*ends) for name, ends in pairs.items()}
    try:
        found = visit.shop.what_if(told, _years(years))
    except HuitouError as no:
        found = visit.shop.what_if({}, 1.0)
        return visit.page("what_if.html", WhatIfPage(found, "", no.spoken), 422)
    return visit.page("what_if.html", WhatIfPage(found, _chart(visit, found)))


def _pair(before: str, after: str) -> str:
    """What the form says of one lever; where only `to` is filled in, today's figure is meant."""
    if not after.strip():
        return ""
    return f"{before}:{after}" if before.strip() else after


def _years(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _chart(visit: Member, found: WhatIfView) -> str:
    if not found.by_churn:
        return ""
    says = speaker(visit.language).say
    drawn = {
        "across": [share for share, _ in found.by_churn],
        "series": [
            {"name": says(PROFIT), "values": [float(money.decimal) for _, money in found.by_churn]}
        ],
        "level": float(found.before.decimal),
        "unit": "money",
        "currency": found.before.currency,
        "close": True,
        "words": {"across": says(ACROSS), "level": says(TODAY)},
    }
    return json.dumps(drawn, ensure_ascii=False).replace("<", "\\u003c")
