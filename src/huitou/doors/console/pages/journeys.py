"""Journeys: the list, one drawn with the people in it, its form and its text, and its past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from huitou.doors.console.visit import Member, Visit
from huitou.ground.errors import HuitouError
from huitou.runs.desks.journeys.editing import NodeForm
from huitou.runs.desks.journeys.views import (
    FlowView,
    JourneyView,
    NodeView,
    PlaybookView,
    SimulationView,
    WalkerView,
)

routes = APIRouter()

WIDTH, HEIGHT = 184, 62
"""Of a node as it is drawn."""
ACROSS, DOWN = 204, 108
"""From one node to the next."""
MOST_TEXT = 64 * 1024


@dataclass(frozen=True)
class Box:
    """A node on the drawing."""

    node: NodeView
    x: int
    y: int


@dataclass(frozen=True)
class Line:
    """A way on the drawing, thicker where more people took it."""

    path: str
    weight: float
    n: int
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    """A journey as it is drawn: boxes in layers, lines between them."""

    width: int
    height: int
    boxes: Sequence[Box]
    lines: Sequence[Line]


@dataclass(frozen=True)
class ListPage:
    """All journeys, and those to take."""

    journeys: Sequence[JourneyView]
    playbooks: Sequence[PlaybookView]


@dataclass(frozen=True)
class FlowPage:
    """One journey."""

    flow: FlowView
    drawing: Drawing
    simulated: SimulationView | None = None
    widest: int = 1


@dataclass(frozen=True)
class EditPage:
    """A journey to be changed: its nodes as a form, and its text."""

    name: str
    text: str
    nodes: Sequence[NodeForm] = ()
    is_new: bool = False


@dataclass(frozen=True)
class CheckedPage:
    """What a text means, or what is wrong with it."""

    flow: FlowView | None = None
    drawing: Drawing | None = None
    trouble: HuitouError | None = None
    line: int | None = None


@dataclass(frozen=True)
class PeoplePage:
    """Who is inside."""

    flow: FlowView
    node: str
    rows: Sequence[WalkerView]
    after: str = ""
    titles: Mapping[str, NodeView] = field(default_factory=dict)


def drawn(flow: FlowView) -> Drawing:
    """Where everything stands: the start above, what follows below it, layer by layer."""
    layers: dict[int, list[NodeView]] = {}
    for node in flow.nodes:
        layers.setdefault(node.layer, []).append(node)
    across = max(len(nodes) for nodes in layers.values())
    width = across * ACROSS + 20
    boxes: dict[str, Box] = {}
    for layer, nodes in layers.items():
        left = (width - len(nodes) * ACROSS + (ACROSS - WIDTH)) // 2
        for place, node in enumerate(nodes):
            boxes[node.name] = Box(node, left + place * ACROSS, 10 + layer * DOWN)
    most = max((way.n for node in flow.nodes for way in node.ways), default=0) or 1
    lines = [
        _line(boxes[node.name], boxes[way.to], way.n, most, place, len(node.ways))
        for node in flow.nodes
        for place, way in enumerate(node.ways)
        if way.name in ("over", "asked", "given") or node.kind not in ("wait", "message", "gift")
    ]
    return Drawing(width, max(layers) * DOWN + HEIGHT + 20, list(boxes.values()), lines)


def _line(begin: Box, end: Box, n: int, most: int, place: int, ways: int) -> Line:
    x = begin.x + WIDTH * (place + 1) // (ways + 1)
    y, to_x, to_y = begin.y + HEIGHT, end.x + WIDTH // 2, end.y
    bend = max(24, (to_y - y) // 2)
    path = f"M{x} {y}C{x} {y + bend} {to_x} {to_y - bend} {to_x} {to_y}"
    return Line(path, round(1.5 + 5 * n / most, 1), n, (x + to_x) // 2, (y + to_y) // 2)


@routes.get("/journeys")
def journeys(visit: Member) -> Response:
    """The list."""
    desk = visit.shop.journeys
    page = ListPage(desk.listed(visit.language), desk.playbooks(visit.language))
    return visit.page("journeys.html", page)


@routes.get("/journeys/new")
def new(visit: Member) -> Response:
    """An empty sheet, with an example."""
    visit.needs("manager")
    return visit.page("journey_edit.html", EditPage("", EXAMPLE, is_new=True))


EXAMPLE = """name: my_journey
title: {en: My journey}
on: {stage: slipping}
who: {value: {at_least: 20}}
nodes:
  morning: {wait: {until: tuesday, at: "10:00"}}
  hello: {message: slipping_thanks, channel: [email, sms, paper]}
  listen: {wait_for: order, at_most: 14 days, happened: back}
  told: {end: told}
  back: {end: bought}
"""


@routes.post("/journeys")
def keep(visit: Member, text: Annotated[str, Form(max_length=MOST_TEXT)]) -> Response:
    """Keep a journey as it is written."""
    visit.needs("manager")
    kept = visit.shop.journeys.keep(text.replace("\r\n", "\n"), visit.member.name)
    return visit.to(f"/journeys/{kept.name}")


@routes.post("/journeys/check")
def check(visit: Member, text: Annotated[str, Form(max_length=MOST_TEXT)]) -> Response:
    """What a text means while it is written; nothing is kept."""
    try:
        flow = visit.shop.journeys.drawn(text.replace("\r\n", "\n"), visit.language)
    except HuitouError as trouble:
        line = getattr(trouble, "row", None)
        return visit.page("parts/journey_checked.html", CheckedPage(trouble=trouble, line=line))
    return visit.page("parts/journey_checked.html", CheckedPage(flow, drawn(flow)))


@routes.post("/journeys/take/{playbook}")
def take(visit: Member, playbook: str) -> Response:
    """Take a playbook as a draft."""
    visit.needs("manager")
    kept = visit.shop.journeys.take(playbook, visit.member.name)
    return visit.to(f"/journeys/{kept.name}")


@routes.get("/journeys/{name}")
def one(visit: Member, name: str, version: int | None = None) -> Response:
    """One journey, drawn, with who stands where."""
    return _shown(visit, visit.shop.journeys.shown(name, version, visit.language))


@routes.get("/journeys/{name}/edit")
def edit(visit: Member, name: str) -> Response:
    """Its nodes as a form, and its text."""
    visit.needs("manager")
    desk = visit.shop.journeys
    newest = desk.shown(name, desk.shown(name).versions[0].number, visit.language)
    page = EditPage(name, newest.text, desk.fields(newest.text))
    return visit.page("journey_edit.html", page)


@routes.post("/journeys/{name}/nodes")
async def nodes(visit: Member, name: str, request: Request) -> Response:
    """Keep a new version in which fields of nodes say something else."""
    visit.needs("manager")
    form = await request.form()
    told = {key: str(value)[:200] for key, value in form.items() if "." in key}
    visit.shop.journeys.changed(name, told, visit.member.name)
    return visit.to(f"/journeys/{name}")


@routes.post("/journeys/{name}/{deed}")
def turn(
    visit: Member, name: str, deed: str, weeks: Annotated[int, Form(ge=1, le=26)] = 8
) -> Response:
    """Start, pause, stop, move on, or try on the past."""
    visit.needs("manager")
    desk, by = visit.shop.journeys, visit.member.name
    if deed == "simulate":
        return _simulate(visit, name, weeks)
    deeds = {"start": desk.start, "pause": desk.pause, "stop": desk.stop, "move": desk.move_on}
    if deed not in deeds:
        raise HuitouError(f"nothing is called {deed!r}", to_try=f"/journeys/{name}")
    deeds[deed](name, by)
    return visit.to(f"/journeys/{name}")


@routes.get("/journeys/{name}/people")
def people(visit: Member, name: str, node: str = "", after: str = "") -> Response:
    """Who is inside, at one node or at any."""
    desk = visit.shop.journeys
    flow = desk.shown(name, None, visit.language)
    rows = desk.people(name, node=node or None, after=after or None, limit=50)
    more = rows[-1].mark if len(rows) == 50 else ""
    titles = {each.name: each for each in flow.nodes}
    return visit.page("journey_people.html", PeoplePage(flow, node, rows, more, titles))


@routes.get("/journeys/{name}/past/{errand_id}")
def past(visit: Member, name: str, errand_id: str) -> Response:
    """What it would have done, drawn."""
    errand = visit.desk.errands.get(errand_id)
    if errand is None or not isinstance(errand.result, SimulationView):
        raise HuitouError("this try is not known any more", to_try=f"/journeys/{name}")
    return _shown(visit, errand.result.flow, errand.result)


def _simulate(visit: Visit, name: str, weeks: int) -> Response:
    desk, language = visit.shop.journeys, visit.language
    errand = visit.desk.errands.start(
        "simulate",
        f"/journeys/{name}",
        lambda tell: desk.simulate(name, weeks, tell, language),
    )
    errand.then = f"/journeys/{name}/past/{errand.id}"
    return visit.to(f"/work/{errand.id}")


def _shown(visit: Visit, flow: FlowView, simulated: SimulationView | None = None) -> Response:
    weekly = simulated.weekly if simulated else ()
    page = FlowPage(flow, drawn(flow), simulated, max((*weekly, 1)))
    return visit.page("journey.html", page)
