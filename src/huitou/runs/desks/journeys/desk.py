"""Journeys as staff keep them: written, tried on the past, started, paused, stopped, looked at."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from huitou.ground import marks
from huitou.ground.errors import HuitouError, Refused
from huitou.ground.money import digits as digits_of
from huitou.ground.progress import Progress, silently
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys.paths import book
from huitou.journeys.paths import journey as j
from huitou.journeys.paths.playbooks import shipped as playbooks
from huitou.journeys.paths.writing import read
from huitou.runs.desks.journeys import editing, wording
from huitou.runs.desks.journeys.editing import NodeForm
from huitou.runs.desks.journeys.views import (
    Count,
    FlowView,
    JourneyView,
    NodeView,
    PlaybookView,
    SimulationView,
    VersionView,
    WalkerView,
    WayView,
)
from huitou.runs.walking import moving
from huitou.runs.walking.giving import GIVERS

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row


class JourneyDesk:
    """The journeys of one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    # -- looking

    def listed(self, language: str = "en") -> tuple[JourneyView, ...]:
        """Every journey, those that run first."""
        with self._house.books.reading() as unit:
            kept = book.listed(unit)
            inside, came = book.inside(unit), book.entered(unit)
        places = list(wording.STATES)
        rows = [self._row(one, inside, came, language) for one in kept]
        return tuple(sorted(rows, key=lambda row: ((places.index(row.state) + 3) % 4, row.name)))

    def playbooks(self, language: str = "en") -> tuple[PlaybookView, ...]:
        """The journeys that are shipped, to be taken and changed."""
        with self._house.books.reading() as unit:
            known = {one.name for one in book.listed(unit)}
        found = []
        for name in playbooks.names():
            made = self.check(playbooks.text(name))
            ready = not made.gifts - set(GIVERS)
            view = PlaybookView(
                name, made.title_in(language), wording.begins(made.trigger, self._digits),
                len(made.nodes), name in known, ready,
            )  # fmt: skip
            found.append(view)
        return tuple(found)

    def check(self, text: str, where: str = "journey") -> j.Journey:
        """What a text means; an error in words, with its line, where it means nothing."""
        return read(text, where, digits=self._digits)

    def drawn(self, text: str, language: str = "en") -> FlowView:
        """A text that was not kept, drawn."""
        made = self.check(text)
        return self._flow(made, text, "draft", 0, (), (), (), language)

    def shown(self, name: str, number: int | None = None, language: str = "en") -> FlowView:
        """A journey drawn, with who stands where; by the version that runs, or by another."""
        with self._house.books.reading() as unit:
            versions = book.versions(unit, name)
            standing, taken = book.standing(unit, name), book.taken(unit, name)
        one = next(
            (
                each
                for each in versions
                if each.number == number or (not number and each.is_current)
            ),
            None,
        )
        if one is None:
            raise HuitouError(
                f"{name} has no version {number}", to_try=f"huitou journey show {name}"
            )
        rows = tuple(
            VersionView(
                each.number, each.digest, each.by, each.at, each.is_current,
                sum(row["n"] for row in standing
                    if row["version"] == each.id and row["left_because"] is None),
            )
            for each in versions
        )  # fmt: skip
        mine = [row for row in standing if row["version"] == one.id]
        ways = [row for row in taken if row["version"] == one.id]
        made = one.read(self._digits)
        return self._flow(made, one.text, one.state, one.number, mine, ways, rows, language)

    def people(
        self, name: str, *, node: str | None = None, after: str | None = None, limit: int = 50
    ) -> tuple[WalkerView, ...]:
        """Who is inside a journey, at one node or at any."""
        seen = marks.read(after) if after else None
        begin = (str(seen[0]), str(seen[1])) if seen else None
        with self._house.books.reading() as unit:
            book.versions(unit, name)
            rows = book.people(unit, name, node=node, after=begin, limit=limit)
        return tuple(self._walker(row, name) for row in rows)

    def of_person(self, person_id: str) -> tuple[WalkerView, ...]:
        """Every walk of one person, the newest first."""
        with self._house.books.reading() as unit:
            rows = book.of_person(unit, person_id)
        return tuple(self._walker(row, row["name"]) for row in rows)

    # -- changing

    def keep(self, text: str, by: str) -> FlowView:
        """Keep a journey as it is written: a draft, or a new version of one that is there."""
        with self._house.books.unit() as unit:
            kept = book.keep(unit, text, by, self._house.clock.now(), digits=self._digits)
        return self.shown(kept.name, kept.number)

    def fields(self, text: str) -> tuple[NodeForm, ...]:
        """The nodes of a journey as a form may change them."""
        return editing.fields(text)

    def changed(self, name: str, told: Mapping[str, str], by: str) -> FlowView:
        """Keep a new version in which fields of nodes say something else: `node.field` -> text."""
        with self._house.books.reading() as unit:
            text = book.versions(unit, name)[0].text
        return self.keep(editing.changed(text, told), by)

    def take(self, playbook: str, by: str) -> FlowView:
        """Take a shipped journey as a draft of one's own."""
        return self.keep(playbooks.text(playbook), by)

    def start(self, name: str, by: str) -> FlowView:
        """People come in by the newest version from now on."""
        with self._house.books.unit() as unit:
            newest = book.versions(unit, name)[0]
            if missing := newest.read(self._digits).gifts - set(GIVERS):
                raise Refused(
                    f"{name} gives {', '.join(sorted(missing))}, and nothing here gives that",
                    to_try=f"take the gift out of {name}",
                )
            book.start(unit, name, by, self._house.clock.now())
        return self.shown(name)

    def pause(self, name: str, by: str) -> FlowView:
        """Nobody comes in and nobody moves until it is started again."""
        with self._house.books.unit() as unit:
            book.pause(unit, name, by, self._house.clock.now())
        return self.shown(name)

    def stop(self, name: str, by: str) -> FlowView:
        """Nobody comes in, whoever is inside leaves, and messages that wait are taken back."""
        with self._house.books.unit() as unit:
            book.stop(unit, name, by, self._house.clock.now())
        moving.tick(self._house, self._settings)
        return self.shown(name)

    def move_on(self, name: str, by: str) -> int:
        """Those inside by an older version walk on by the one that runs; how many."""
        with self._house.books.unit() as unit:
            return book.move_on(unit, name, by, self._house.clock.now())

    def tick(self, rest: Callable[[float], None] = time.sleep) -> dict[str, int]:
        """What is due now; how much was done."""
        return moving.tick(self._house, self._settings, rest)

    def simulate(
        self,
        name_or_text: str,
        weeks: int = 8,
        progress: Progress | None = None,
        language: str = "en",
    ) -> SimulationView:
        """What a journey would have done in the last weeks; nothing is kept and nothing is sent."""
        from huitou.runs.desks.journeys import simulating

        text = name_or_text
        if "\n" not in text:
            with self._house.books.reading() as unit:
                text = book.versions(unit, name_or_text)[0].text
        made = self.check(text)
        seen = simulating.simulate(self._house, self._settings, made, weeks, progress or silently)
        flow = self._flow(made, text, "draft", 0, seen.standing, seen.taken, (), language)
        return SimulationView(
            flow, seen.days[0].isoformat(), seen.days[-1].isoformat(), len(seen.days),
            seen.weekly, sum(seen.weekly), seen.messages, seen.held_out, seen.unknown,
        )  # fmt: skip

    # -- inside

    @property
    def _digits(self) -> int:
        return digits_of(self._settings.currency) if self._settings.currency else 2

    def _row(
        self,
        one: book.Kept,
        inside: Mapping[str, int],
        came: Mapping[str, int],
        language: str,
    ) -> JourneyView:
        made = one.read(self._digits)
        return JourneyView(
            one.name, made.title_in(language), one.state,
            wording.begins(made.trigger, self._digits), one.number, len(made.nodes),
            inside.get(one.name, 0), came.get(one.name, 0), one.name in playbooks.names(),
        )  # fmt: skip

    def _walker(self, row: Row, name: str) -> WalkerView:
        known = self._house.shelf.find(row["who"])
        return WalkerView(
            person=row["who"], key=known["key"] if known else None, journey=name,
            node=row["node"], arm=row["arm"], since=row["since"], wake_at=row["wake_at"],
            left=row["left_because"], mark=marks.mark(row["person_id"], row["entry"]),
        )  # fmt: skip

    def _flow(
        self,
        made: j.Journey,
        text: str,
        state: str,
        number: int,
        standing: Sequence[Mapping[str, Any]],
        taken: Sequence[Mapping[str, Any]],
        versions: tuple[VersionView, ...],
        language: str,
    ) -> FlowView:
        layers = _layers(made)
        inside = sum(row["n"] for row in standing if row["left_because"] is None)
        return FlowView(
            name=made.name,
            title=made.title_in(language),
            state=state,
            number=number,
            text=text,
            begins=wording.begins(made.trigger, self._digits),
            who=wording.condition(made.who, self._digits),
            again=wording.again(made.again),
            control=made.control,
            nodes=tuple(
                _node(made, name, layers[name], standing, taken, language, self._digits)
                for name in sorted(layers, key=lambda each: (layers[each], _place(made, each)))
            ),
            exits=tuple(
                Count(name, words, n)
                for name, words in j.EXITS.items()
                if (n := sum(row["n"] for row in standing if row["left_because"] == name))
            ),
            arms=tuple(
                Count(arm, words, n)
                for arm, words in wording.ARMS.items()
                if (n := sum(row["n"] for row in standing if row["arm"] == arm))
            ),
            versions=versions,
            inside=inside,
            came_in=sum(row["n"] for row in standing),
            needs=_needs(made),
        )


def _needs(made: j.Journey) -> tuple[Sentence, ...]:
    missing = sorted(made.gifts - set(GIVERS))
    return tuple(
        said("It gives something nothing here gives yet: {gift}", gift=wording.GIFTS[gift])
        for gift in missing
    )


def _place(made: j.Journey, name: str) -> int:
    return list(made.nodes).index(name)


def _layers(made: j.Journey) -> dict[str, int]:
    """Node -> how many nodes lie at most between it and the start."""
    layers = dict.fromkeys([made.start], 0)
    for name in made.order:
        for to in made.leads_to(name):
            layers[to] = max(layers.get(to, 0), layers[name] + 1)
    return layers


def _node(
    made: j.Journey,
    name: str,
    layer: int,
    standing: Sequence[Mapping[str, Any]],
    taken: Sequence[Mapping[str, Any]],
    language: str,
    digits: int,
) -> NodeView:
    node = made.nodes[name]
    mine = [row for row in taken if row["node"] == name]
    ends = isinstance(node, j.End)
    here = sum(
        row["n"] for row in standing
        if row["node"] == name and row["left_because"] == ("end" if ends else None)
    )  # fmt: skip
    ways = tuple(_way(node, way, mine, digits) for way in node.ways)
    titles = made.titles.get(name, {})
    return NodeView(
        name=name,
        kind=wording.KINDS[type(node)],
        title=titles.get(language) or titles.get("en") or wording.subject(node, language),
        words=wording.node(node, digits),
        layer=layer,
        ways=ways,
        here=here,
        passed=sum(row["n"] for row in mine) if not ends else here,
        messages=sum(row["messages"] for row in mine),
    )


def _way(node: Any, way: str, mine: Sequence[Mapping[str, Any]], digits: int) -> WayView:
    arms: dict[str, int] = {}
    for row in mine:
        if row["way"] == way:
            arms[row["arm"]] = arms.get(row["arm"], 0) + row["n"]
    return WayView(way, wording.way(node, way, digits), node.after(way), sum(arms.values()), arms)
