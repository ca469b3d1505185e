"""Stages of the customer's life: how many stand where, and who moved."""

from __future__ import annotations

import json
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing, names
from huitou.doors.console.visit import Member
from huitou.facts.life import STAGE_NAMES
from huitou.ground.languages import speaker
from huitou.ground.words import Sentence
from huitou.runs.desks.winning import LossesView
from huitou.runs.views import StageFlow

routes = APIRouter()


@dataclass(frozen=True)
class Stages:
    """Who stands in which stage, who moved, and how it was before."""

    now: tuple[drawing.Stack, ...]
    counts: dict[str, int]
    meanings: dict[str, Sentence]
    movement: drawing.Movement | None
    flows: tuple[StageFlow, ...]
    chart: str
    losses: LossesView | None

    @property
    def everyone(self) -> int:
        """All customers."""
        return sum(self.counts.values())

    @property
    def moved(self) -> tuple[StageFlow, ...]:
        """Movements from one stage to another, the largest first."""
        changed = [flow for flow in self.flows if flow.before != flow.after and flow.people]
        return tuple(sorted(changed, key=lambda flow: -flow.people)[:12])


@routes.get("/stages")
def stages(visit: Member) -> Response:
    """The page of stages and movement."""
    shop = visit.shop
    counts = dict(shop.answers().stages)
    flows = tuple(shop.flows())
    page = Stages(
        drawing.stacked(counts),
        counts,
        dict(names.STAGE_MEANINGS),
        drawing.movement(flows) if flows else None,
        flows,
        _history(visit),
        shop.losses(),
    )
    return visit.page("stages.html", page)


def _history(visit: Member) -> str:
    history = visit.shop.stage_history()
    says = speaker(visit.language).say
    drawn = {
        "days": [day.isoformat() for day, _ in history],
        "series": [
            {"code": code, "name": says(name), "values": [row.get(code, 0) for _, row in history]}
            for code, name in STAGE_NAMES.items()
        ],
    }
    return json.dumps(drawn, ensure_ascii=False).replace("<", "\\u003c") if history else ""
