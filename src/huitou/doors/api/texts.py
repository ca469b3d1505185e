"""What texts are about, for programs; and teaching."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Asker, Reader
from huitou.doors.api.shapes import answers_of
from huitou.runs.desks.lessons import LONGEST, MOST, SortedText

routes = APIRouter(prefix="/texts", tags=["texts"])

Text = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class Texts(BaseModel):
    """What is to be sorted."""

    texts: list[Text] = Field(min_length=1, max_length=MOST)


class Lesson(BaseModel):
    """A text and the cause a person named for it."""

    text: Text
    cause: str = Field(max_length=40)


@routes.post("/sort", responses=answers_of(SortedText))
def sort(caller: Reader, told: Texts) -> Any:
    """The cause of each text with its share, and the product it speaks of; nothing is kept."""
    return caller.write(caller.shop.lessons.sort(told.texts))


@routes.post("/teach")
def teach(caller: Asker, lesson: Lesson) -> Any:
    """Name the cause of a text; the latest word about a text counts."""
    new = caller.shop.lessons.teach(lesson.text, lesson.cause, caller.by)
    return caller.write({"cause": lesson.cause, "new": new})
