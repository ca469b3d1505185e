"""The rules of every room for programs: read, kept when they can stand, switched on and off."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AliasChoices, BaseModel, Field

from huitou.doors.api.caller import Caller, Reader, may
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.errors import BadInput
from huitou.ground.rules import LARGEST
from huitou.ground.words import said
from huitou.runs.desks.rulebook.desk import RulesView
from huitou.runs.desks.rulebook.rooms import ROOMS

if TYPE_CHECKING:
    from huitou.runs.desks.rulebook.rooms import Room

routes = APIRouter()

ONCE: Mapping[str, str] = {
    "points": "toml", "membership": "rules", "reminders": "rules", "machines": "rules",
}  # fmt: skip
"""Room -> what its text was called before every room had one name for it; still told so."""


class Told(BaseModel):
    """Other rules, or a switch, or both."""

    text: str | None = Field(
        None,
        max_length=LARGEST,
        validation_alias=AliasChoices("text", *dict.fromkeys(ONCE.values())),
        description="All of the rules, as TOML.",
    )
    on: bool | None = Field(None, description="Switch the room on or off; all else stays.")


@routes.get("/rules", tags=["rules"], responses=answers_of(RulesView))
def every(caller: Reader) -> Any:
    """The rules of every room, as they are written."""
    return caller.write([caller.shop.rules(room).view() for room in ROOMS])


def _mount(room: Room) -> None:
    writer = Annotated[Caller, Depends(may(room.scope))]

    def read(caller: Reader) -> Any:
        return _answer(caller, room)

    def keep(caller: Caller, told: Told) -> Any:
        text = _told(caller, room, told)
        if text is None:
            words = said("Tell the text of the rules, or whether they are on.")
            raise BadInput(words, to_try='{"text": "…"}')
        caller.shop.rules(room.name).write(text, caller.by)
        return _answer(caller, room)

    def tried(caller: Caller, told: Told) -> Any:
        book = caller.shop.rules(room.name)
        text = _told(caller, room, told)
        return caller.write(book.tried(book.text if text is None else text, caller.language))

    # Who may is known only here: a room says it.
    for each in (keep, tried):
        each.__annotations__["caller"] = writer
    at, title = room.address, room.title
    tags: list[str | Enum] = [at.split("/")[1]]
    shape = answer_of(RulesView)
    kept = f"{title}: keep others, or switch them; 422 with the line that cannot stand."
    routes.get(at, tags=tags, responses=shape, description=f"{title}: as they are written.")(read)
    routes.put(at, tags=tags, responses=shape, description=kept)(keep)
    trial = f"{title}: what would come of others; nothing is kept."
    routes.post(f"{at}/try", tags=tags, description=trial)(tried)


def _told(caller: Caller, room: Room, told: Told) -> str | None:
    """The text that was meant: what was told, switched where that was told as well."""
    if told.on is None:
        return told.text
    book = caller.shop.rules(room.name)
    return book.turned(book.text if told.text is None else told.text, told.on)


def _answer(caller: Caller, room: Room) -> dict[str, Any]:
    found = dict(caller.write(caller.shop.rules(room.name).whole()))
    return found | ({ONCE[room.name]: found["text"]} if room.name in ONCE else {})


for _room in ROOMS.values():
    _mount(_room)
