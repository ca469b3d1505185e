"""What our own letters did harm: each campaign against its control, and what more letters do."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.runs.told import HarmLine, OurHarm

routes = APIRouter()


@dataclass(frozen=True)
class Harm:
    """What was measured, and where its drawings stand."""

    found: OurHarm

    def span(self, line: HarmLine) -> drawing.Span:
        """A difference on a line with room for it and for zero."""
        reach = max(abs(line.low), abs(line.high), 1e-9) * 1.1
        return drawing.span(line.low, line.difference, line.high, -reach, reach)

    @property
    def most(self) -> float:
        """Scale of the bars of the pressure curve."""
        shares = [s for step in self.found.pressure for s in (step.share, step.share_control)]
        return max(shares, default=0.0) or 1.0


@routes.get("/harm")
def harm(visit: Member) -> Response:
    """The page."""
    return visit.page("harm.html", Harm(visit.shop.harm.seen()))


@routes.post("/harm/{plan}/lift")
def lift(visit: Member, plan: str) -> Response:
    """Let a stopped campaign go on."""
    visit.needs("owner", "manager")
    visit.shop.harm.lift(plan, visit.member.name)
    return visit.to("/harm")


@routes.post("/harm/{plan}/stop")
def stop(visit: Member, plan: str) -> Response:
    """Hand over nothing more of a campaign."""
    visit.needs("owner", "manager")
    visit.shop.harm.stop(plan, visit.member.name)
    return visit.to("/harm")
