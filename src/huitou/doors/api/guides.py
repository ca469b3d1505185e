"""Guides to products, for programs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.care.guides.pages import Guide, Said
from huitou.doors.api.caller import Asker, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.guides import GuideView

routes = APIRouter(prefix="/guides", tags=["guides"])


class Words(BaseModel):
    """A guide in one language."""

    title: str = Field(min_length=1, max_length=120)
    steps: list[str] = Field(default_factory=list, max_length=60)


class Told(BaseModel):
    """A guide to one product."""

    slug: str = Field(min_length=1, max_length=60)
    product: str = Field(min_length=1, max_length=200)
    told: dict[str, Words] = Field(description="Language -> what it says.")
    video: str | None = Field(None, max_length=500)


@routes.get("", responses=answers_of(GuideView))
def listed(caller: Reader) -> Any:
    """All guides, the most opened first."""
    return caller.write(caller.shop.guides.listed())


@routes.post("", responses=answer_of(GuideView))
def keep(caller: Asker, told: Told) -> Any:
    """Keep a guide, anew or in the place of the one with its slug."""
    words = {tag: Said(each.title, tuple(each.steps)) for tag, each in told.told.items()}
    made = Guide(told.slug, told.product, words, told.video)
    return caller.write(caller.shop.guides.keep(made, caller.by))


@routes.delete("/{slug}")
def remove(caller: Asker, slug: str) -> Any:
    """Take a guide away."""
    caller.shop.guides.remove(slug)
    return {"removed": slug}
