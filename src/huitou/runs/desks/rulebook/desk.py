"""The desk of rules: those of one room are read, written, tried and switched here.

shop.rules("points").text                  as they are written
shop.rules("points").write(text, "mei")    kept whole, once they are read through
shop.rules("points").switch(True, "mei")   on, and all else as it was
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import HuitouError, NotYet, Refused
from huitou.ground.rules import switched
from huitou.ground.words import Sentence, said
from huitou.runs.desks.rulebook.rooms import Room

if TYPE_CHECKING:
    from huitou.ground.settings import Settings
    from huitou.runs.wiring import House


@dataclass(frozen=True)
class RulesView:
    """The rules of one room."""

    room: str
    title: Sentence
    about: Sentence
    file: str
    """Within the shop's folder."""
    is_own: bool
    """Whether the shop has such a file; else what is shipped counts."""
    on: bool | None
    """None where they have no switch, or cannot be read."""
    text: str
    wrong: str | None
    """Why the file cannot be read, in words."""


@dataclass(frozen=True)
class Stands:
    """What would come of a text that can stand."""

    room: str
    on: bool | None

    @property
    def lines(self) -> tuple[str, ...]:
        """The same for a terminal."""
        return ("These rules can stand.",)


class Rulebook:
    """The rules of one room of a shop."""

    def __init__(self, house: House, settings: Settings, room: Room) -> None:
        self._house, self._settings, self.room = house, settings, room

    @property
    def text(self) -> str:
        """As they are written."""
        return self.room.file.text(self._house.home)

    def view(self) -> RulesView:
        """How they stand; also where somebody has broken the file by hand."""
        room, text, wrong, on = self.room, "", None, None
        try:
            text = self.text
            on = self._on(room.file.understood(text, *self._around))
        except NotYet:
            pass  # A shop without a currency or a clock: nothing is wrong with the file.
        except HuitouError as bad:
            wrong = str(bad)
        own = room.file.is_own(self._house.home)
        return RulesView(room.name, room.title, room.about, room.file.file, own, on, text, wrong)

    def whole(self) -> Mapping[str, Any]:
        """How they stand and what else there is to say of them, as programs are answered."""
        more = self.room.more(self._house, self._settings) if self.room.more else None
        return {**(vars(more) if more is not None else {}), **vars(self.view())}

    def write(self, told: str, by: str = "huitou") -> RulesView:
        """Keep other rules, whole or not at all. Raises `BadRule` with the line to mend."""
        told = told.replace("\r\n", "\n")
        self._through(told)
        self.room.file.write(self._house.home, told)
        self.room.kept(self._house, self._settings, by)
        return self.view()

    def tried(self, told: str, language: str = "en") -> Any:
        """What would come of other rules; nothing is kept."""
        told = told.replace("\r\n", "\n")
        read = self._through(told)
        if self.room.tried is None:
            return Stands(self.room.name, self._on(read))
        return self.room.tried(self._house, self._settings, told, language)

    def switch(self, on: bool, by: str = "huitou") -> RulesView:
        """Switch the room on or off; all else stays as it is written."""
        return self.write(self.turned(self.text, on), by)

    def turned(self, told: str, on: bool) -> str:
        """A text with the room on or off; who is switched on for the first time begins today."""
        if not self.room.has_switch:
            words = said("there is nothing to switch on or off in {file}", file=self.room.file.file)
            raise Refused(words)
        since = None
        if on and self.room.dated and self.room.file.understood(told, *self._around).since is None:
            since = self._house.clock.now().astimezone(self._settings.zone).date()
        return switched(told, on=on, since=since)

    def _through(self, told: str) -> Any:
        read = self.room.file.understood(told, *self._around)
        self.room.may(self._house, self._settings, read)
        return read

    def _on(self, read: Any) -> bool | None:
        return bool(read.on) if self.room.has_switch else None

    @property
    def _around(self) -> tuple[Any, ...]:
        return self.room.around(self._settings)
