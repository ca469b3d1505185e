"""Work under way: its steps as they pass, and where it leads."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import names
from huitou.doors.console.visit import Member
from huitou.ground.errors import HuitouError
from huitou.ground.words import said

routes = APIRouter()


@routes.get("/work/{errand_id}")
def work(visit: Member, errand_id: str) -> Response:
    """How far an errand is; the page asks again by itself until it is done."""
    errand = visit.desk.errands.get(errand_id)
    if errand is None:
        raise HuitouError("this work is not known any more", to_try="/")
    if errand.done and errand.failed is None and visit.is_fragment:
        return visit.to(errand.then)
    steps = [names.STEPS.get(step, said("{name}", name=step)) for step in errand.steps]
    template = "parts/progress.html" if visit.is_fragment else "work.html"
    return visit.page(template, {"errand": errand, "steps": steps})


@routes.post("/work/run")
def run(visit: Member) -> Response:
    """Do the day's work anew."""
    visit.needs("manager")
    errand = visit.desk.errands.start("run", "/", lambda tell: visit.shop.run(progress=tell))
    return visit.to(f"/work/{errand.id}")


@routes.post("/work/demo")
def demo(visit: Member) -> Response:
    """Fill an empty shop with the demo's orders."""
    visit.needs("manager")
    fill = visit.desk.demo
    if fill is None or not visit.shop.is_empty():
        raise HuitouError("the demo shop opens only in an empty shop")
    errand = visit.desk.errands.start("demo", "/questions", fill)
    return visit.to(f"/work/{errand.id}")
