"""What a journey would have done on the shop's own past, week by week, each seen from its evening.

Facts, forecasts and stages are worked out anew as of every evening: nothing knows what came later.
People then walk as the walker says and act as they really did, for nobody wrote to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from huitou.care import book as care
from huitou.care.complaints import book as complaints
from huitou.facts.customers import customers
from huitou.facts.stages import stages
from huitou.ground.channels import ANY, PEOPLE
from huitou.ground.errors import NotYet
from huitou.ground.progress import Progress
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys.paths import walk
from huitou.journeys.paths.filters import FIELDS, Among, Asked, Filter, Heard, Not, Some
from huitou.journeys.paths.filters import All as Every
from huitou.journeys.paths.journey import Act, Branch, Journey
from huitou.models.score import Choice, score
from huitou.runs.desks.journeys import wording
from huitou.runs.moment import Moment
from huitou.runs.walking import entering, knowing
from huitou.runs.work import tables_of

if TYPE_CHECKING:
    from huitou.runs.walking.rooms import House
    from huitou.store.lake import Edition

WEEK = timedelta(days=7)
MOST_WEEKS = 26
MOST_PEOPLE = 300_000
"""Above this many customers every evening takes minutes, and there are many of them."""
ORDERS = """
    SELECT person_id, min(ordered_at) AS moment FROM lines
    WHERE person_id IS NOT NULL AND NOT is_return AND ordered_at >= ?
    GROUP BY person_id, source, order_id ORDER BY moment"""


@dataclass(frozen=True)
class Evening:
    """One evening of the past, as it was known then."""

    day: date
    table: pa.Table
    foreseen: bool


@dataclass
class Seen:
    """What would have been."""

    days: list[date]
    weekly: tuple[int, ...] = ()
    standing: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    messages: int = 0
    held_out: int = 0
    unknown: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Lives:
    """What people really did, and when."""

    heard: Mapping[str, list[Heard]]
    silent: Mapping[str, list[datetime]]
    complaining: Mapping[str, list[tuple[datetime, datetime | None]]]
    never: frozenset[str]

    def person(self, row: Mapping[str, Any], now: datetime) -> walk.Person:
        """One of them as they were at a moment."""
        who = row["person_id"]
        return walk.Person(
            facts=row,
            heard=[each for each in self.heard.get(who, ()) if each.at <= now],
            silent=frozenset({ANY, *PEOPLE})
            if any(at <= now for at in self.silent.get(who, ()))
            else frozenset(),
            complaining=any(
                begun <= now and (over is None or over > now)
                for begun, over in self.complaining.get(who, ())
            ),
            never=who in self.never,
            held=row["held"],
            hold_key=row["hold_key"],
        )

    def moments(self, who: str) -> list[datetime]:
        """When something happened to them."""
        times = [each.at for each in self.heard.get(who, ())]
        times += self.silent.get(who, [])
        return times + [begun for begun, _ in self.complaining.get(who, ())]


def simulate(
    house: House, settings: Settings, journey: Journey, weeks: int, progress: Progress
) -> Seen:
    """Let everybody who would have come in walk, from `weeks` ago until the last day known."""
    edition = house.lake.current()
    if edition is None:
        raise NotYet("nothing is known of the past yet", to_try="huitou run")
    weeks = max(1, min(weeks, MOST_WEEKS))
    evenings = _evenings(house, settings, edition, weeks, progress)
    lives = _lives(house, settings, edition, evenings[0].day, journey)
    walking = walk.Walking(journey, settings.zone, settings.salt)
    days = [each.day for each in evenings[1:]]
    made, inside = Seen(days), _Inside(journey)
    until = entering.evening(days[-1], settings)
    rows = {each.day: _rows(each, settings) for each in evenings}
    weekly: list[int] = []
    for before, now in pairwise(evenings):
        comers = _comers(journey, settings, now, before, lives, rows)
        came = 0
        for row, moment in comers:
            if inside.may(row["person_id"], moment):
                came += 1
                _one(made, walking, row, moment, until, lives, rows, settings, inside)
        weekly.append(came)
    made.weekly = tuple(weekly)
    made.unknown = tuple(_unknown(journey, evenings))
    _summed(made)
    return made


def _evenings(
    house: House, settings: Settings, edition: Edition, weeks: int, progress: Progress
) -> list[Evening]:
    """The evenings, a week apart, and one before them to compare the first with."""
    moment = Moment.read(edition.noted("moment"))
    holders = edition.table("holders")
    if holders.num_rows > MOST_PEOPLE:
        raise NotYet(
            f"trying out the past takes too long for more than {MOST_PEOPLE:,} customers",
            to_try="start it with `most_a_day`, and look",
        )
    suspects = edition.table("people", ["person_id", "cause"]) if edition.has("people") else None
    found: list[Evening] = []
    told: list[pa.Table] = []
    with house.lake.reading(edition) as connection:
        tables = tables_of(connection, settings)
        for back in range(weeks, -1, -1):
            day = moment.day - back * WEEK
            progress("evenings", (weeks - back) / (weeks + 1))
            people = customers(tables, moment.evening(day)).to_pyarrow()
            if not people.num_rows:
                continue
            people, foreseen = _foreseen(people, day, moment, settings, told)
            people = people.join(holders, "person_id", join_type="left outer")
            if suspects is not None:
                people = people.join(suspects, "person_id", join_type="left outer")
            shaped = knowing.shaped(people.sort_by("person_id"), day, settings)
            found.append(Evening(day, shaped, foreseen))
    if len(found) < 2:
        raise NotYet("there is no past to try it on yet", to_try="huitou journey start")
    return found


def _foreseen(
    people: pa.Table, day: date, moment: Moment, settings: Settings, told: list[pa.Table]
) -> tuple[pa.Table, bool]:
    """With chances, value and stage as of that evening, where there were customers enough."""
    import ibis

    choice = Choice(day + timedelta(days=1), moment.horizon_days, settings.value_days)
    try:
        scores, _ = score(people, [], choice)
    except NotYet:
        return people, False
    standing = stages(
        ibis.memtable(people), ibis.memtable(scores), settings.lost_line,
        ibis.memtable(pa.concat_tables(told)) if told else None,
        at=day, horizon_days=moment.horizon_days,
    ).to_pyarrow()  # fmt: skip
    told.append(standing)
    known = scores.select(["person_id", "p_buy", "p_alive", "value"])
    joined = people.join(known, "person_id", join_type="left outer")
    return joined.join(standing.select(["person_id", "stage"]), "person_id", "person_id"), True


def _rows(evening: Evening, settings: Settings) -> dict[str, dict[str, Any]]:
    rows = knowing.rows_of(evening.table, settings, evening.day)
    return {row["person_id"]: row for row in rows}


def _lives(
    house: House, settings: Settings, edition: Edition, first: date, journey: Journey
) -> Lives:
    since = entering.evening(first, settings)
    heard: dict[str, list[Heard]] = {}
    with house.lake.reading(edition) as lake:
        naive = since.replace(tzinfo=None)
        for person, at in lake.execute(ORDERS, [naive]).fetchall():
            moment = at.replace(tzinfo=UTC)
            heard.setdefault(person, []).append(Heard("order", moment, moment))
    with house.books.reading() as unit:
        silent = care.silences(unit)
        never = frozenset(person for person, _ in care.silent(unit) if person not in silent)
        complaining: dict[str, list[tuple[datetime, datetime | None]]] = {}
        for row in complaints.told(unit):
            if row["person_id"]:
                span = (row["received_at"], row["resolved_at"])
                complaining.setdefault(row["person_id"], []).append(span)
    _hear_complaints(heard, complaining)
    return Lives(heard, silent, complaining, never)


def _hear_complaints(
    heard: dict[str, list[Heard]],
    complaining: Mapping[str, Sequence[tuple[datetime, datetime | None]]],
) -> None:
    for person, spans in complaining.items():
        for begun, over in spans:
            heard.setdefault(person, []).append(Heard("complaint", begun, begun))
            if over is not None:
                heard[person].append(Heard("complaint_recovered", over, over))


KNOWN_EVENTS = ("order", "complaint", "complaint_recovered")
"""Events whose past is known day by day."""


def _comers(
    journey: Journey,
    settings: Settings,
    now: Evening,
    before: Evening,
    lives: Lives,
    rows: Mapping[date, Mapping[str, dict[str, Any]]],
) -> list[tuple[dict[str, Any], datetime]]:
    """Who would have come in within the week before this evening, and when."""
    known, at = rows[now.day], entering.evening(now.day, settings)
    trigger = journey.trigger
    if trigger.kind == "becomes":
        chosen, _ = entering.by_facts(journey, now.table, before.table, now.day)
        return [(known[person], at) for person in chosen["person_id"].to_pylist()]
    if trigger.kind == "date":
        return list(_by_day(journey, settings, now, before, known))
    begun = entering.evening(before.day, settings)
    found = [
        (known[person], each.at)
        for person, events in lives.heard.items()
        for each in events
        if each.name == trigger.name and begun < each.at <= at and person in known
        and journey.who.holds(Asked(known[person]))
    ]  # fmt: skip
    return sorted(found, key=lambda pair: (pair[1], pair[0]["person_id"]))


def _by_day(
    journey: Journey,
    settings: Settings,
    now: Evening,
    before: Evening,
    known: Mapping[str, dict[str, Any]],
) -> Any:
    name = journey.trigger.name
    if name not in ("first_order", "last_order"):
        return
    column = now.table["first_day" if name == "first_order" else "last_day"]
    days = dict(zip(now.table["person_id"].to_pylist(), column.to_pylist(), strict=True))
    fits = set(now.table.filter(journey.who.mask(now.table))["person_id"].to_pylist())
    for person, day in days.items():
        meant = day + timedelta(days=journey.trigger.days)
        if person in fits and before.day < meant <= now.day:
            yield known[person], entering.evening(meant, settings)


class _Inside:
    """Who came in when, and when they were out again."""

    def __init__(self, journey: Journey) -> None:
        self.again = journey.again
        self.last: dict[str, tuple[datetime, datetime]] = {}

    def may(self, person: str, now: datetime) -> bool:
        """Whether they may come in."""
        if person not in self.last or self.again.kind == "each":
            return True
        entered, out = self.last[person]
        if self.again.kind == "never" or now < out:
            return False
        return self.again.kind == "always" or now - entered >= timedelta(days=self.again.days)


def _one(
    made: Seen,
    walking: walk.Walking,
    row: dict[str, Any],
    moment: datetime,
    until: datetime,
    lives: Lives,
    rows: Mapping[date, Mapping[str, dict[str, Any]]],
    settings: Settings,
    inside: _Inside,
) -> None:
    """One walk, from the moment somebody comes in until they leave or the past is over."""
    who = row["person_id"]
    arm = walking.journey.arm(walking.salt, row["hold_key"], held=row["held"])
    here = walk.enter(walking, arm, moment, moment)
    times, now = sorted(lives.moments(who)), moment
    while True:
        person = lives.person(_known_then(rows, who, now, settings) or row, now)
        gone = walk.left_now(walking, here, person, now)
        walked = walk.walk(walking, here, person, now)
        steps = (gone,) if gone is not None else walked.steps
        here = gone.to if gone is not None else walked.position
        for step in steps:
            asked = step.channel is not None
            made.messages += asked
            made.taken.append({"node": step.node, "way": step.way, "arm": arm, "messages": asked})
        ahead = [at for at in (*times, here.wake_at) if at > now]
        if here.left is not None or not ahead or min(ahead) > until:
            break
        now = min(ahead)
        for each in lives.heard.get(who, ()):
            if each.at == now:
                here = walk.heard_now(walking, here, each, now)
    inside.last[who] = (moment, now if here.left is not None else datetime.max.replace(tzinfo=UTC))
    made.held_out += arm != "treated"
    made.standing.append({"node": here.node, "arm": arm, "left_because": here.left})


def _known_then(
    rows: Mapping[date, Mapping[str, dict[str, Any]]],
    who: str,
    now: datetime,
    settings: Settings,
) -> dict[str, Any] | None:
    evenings = [day for day in rows if entering.evening(day, settings) <= now]
    return rows[max(evenings)].get(who) if evenings else None


def _summed(made: Seen) -> None:
    """Rows as the books count them."""
    standing = Counter(tuple(row.values()) for row in made.standing)
    made.standing = [
        {"node": node, "arm": arm, "left_because": left, "n": n}
        for (node, arm, left), n in standing.items()
    ]
    taken = Counter((row["node"], row["way"], row["arm"]) for row in made.taken)
    asked = Counter((row["node"], row["way"], row["arm"]) for row in made.taken if row["messages"])
    made.taken = [
        {"node": node, "way": way, "arm": arm, "n": n, "messages": asked[node, way, arm]}
        for (node, way, arm), n in taken.items()
    ]


def _unknown(journey: Journey, evenings: Sequence[Evening]) -> list[Sentence]:
    found = [
        said(
            "Looked at on {n} evenings, a week apart: what came and went within a week is not"
            " seen.",
            n=len(evenings) - 1,
        ),
        said(
            "Nobody was written to then: people walk here as they did without you, so purchases"
            " that a message would have brought are not in it."
        ),
    ]
    trigger = journey.trigger
    if trigger.kind == "alarm":
        found.append(said("Alarms of the past are not rung again: nobody comes in by one here."))
    if trigger.kind == "date" and trigger.name not in ("first_order", "last_order"):
        found.append(said("Days that were told, such as birthdays, are not known for the past."))
    for name in sorted(journey.events - set(KNOWN_EVENTS)):
        found.append(
            said("Of this no past is kept, so it never happens: {event}", event=wording.event(name))
        )
    if "cause" in _asked(journey) or "why" in _asked(journey):
        found.append(said("Causes are those suspected today, not those suspected then."))
    if blind := sum(not each.foreseen for each in evenings[1:]):
        found.append(
            said("On {n} evenings there were too few customers for chances and stages.", n=blind)
        )
    if any(isinstance(node, Act) for node in journey.nodes.values()):
        found.append(said("Silence is taken as asked for on every channel from its day on."))
    return found


def _asked(journey: Journey) -> set[str]:
    trees: list[Filter] = [journey.who, journey.trigger.becomes]
    for node in journey.nodes.values():
        if isinstance(node, Branch):
            trees += [way.when for way in node.choices]
    found: set[str] = set()
    while trees:
        tree = trees.pop()
        if isinstance(tree, (Every, Some)):
            trees += tree.parts
        elif isinstance(tree, Not):
            trees.append(tree.part)
        elif isinstance(tree, Among) and tree.field in FIELDS:
            found.add(tree.field)
    return found
