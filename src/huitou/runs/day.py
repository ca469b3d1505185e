"""One day of the shop: the steps in their order, each done once, whatever is killed when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import NotYet
from huitou.ground.ids import fingerprint
from huitou.ground.progress import Progress, silently
from huitou.ground.settings import Settings
from huitou.identity.alike import book as alike
from huitou.runs.book import Journal
from huitou.runs.desks.public.carrying import carry
from huitou.runs.listening import listen
from huitou.runs.steps import (
    alarms,
    asking,
    climb,
    complaints,
    contribution,
    days,
    decide,
    exodus,
    foresee,
    guard,
    hear,
    know,
    learn,
    letting_go,
    membership,
    mend,
    needs,
    places,
    prove,
    referral,
    report,
    returns,
    reward,
    show,
    spending,
    sticking,
    surprise,
    thresholds,
    tidy,
    walk,
)
from huitou.runs.views import RunView
from huitou.runs.work import Result, Work, where_foreseen
from huitou.sources.spending.book import mark as spending_told

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Unit
    from huitou.store.lake import Lake

IN_THE_LAKE: dict[str, Callable[[Work], Result]] = {
    "people": know.people,
    "lines": know.lines,
    "spending": spending.know,
    "facts": know.facts,
    "standing": climb.figures,
    "next": sticking.know_next,
    "needs": needs.know_needs,
    "forecast": foresee.forecast,
    "stages": where_foreseen(foresee.judge),
    "exodus": where_foreseen(exodus.look),
    "learn": where_foreseen(learn.learned),
    "signs": alarms.rehearse,
    "harm": where_foreseen(guard.measure),
}
"""Steps that leave tables in the edition; doing one twice writes the same files again."""

IN_THE_BOOKS: dict[str, Callable[[Work, Unit], Result]] = {
    "names": know.names,
    "members": climb.members,
    "ladder": climb.climb,
    "offers": tidy.end_offers,
    "letting_go": letting_go.end,
    "reward": reward.reward,
    "returns": returns.end,
    "membership": membership.look_after,
    "reminders": needs.remind,
    "complaints": complaints.look_after,
    "texts": hear.texts,
    "cases": where_foreseen(decide.open_cases),
    "interviews": where_foreseen(asking.open_interviews),
    "mended": where_foreseen(mend.whom_to_tell),
    "alarms": alarms.ring,
    "guard": where_foreseen(guard.act),
    "plan": where_foreseen(decide.draft_plan),
    "places": where_foreseen(places.find_out),
    "surprise": surprise.draw,
    "referral": referral.settle,
    "days": days.tell,
}
"""Steps whose effect is in the books: done exactly once, with their mark, in one transaction."""

AT_THE_END: dict[str, Callable[[Work], Result]] = {
    "contribution": contribution.weigh,
    "proof": where_foreseen(prove.prove),
    "promises": where_foreseen(learn.keep_promises),
    "fixes": where_foreseen(mend.weigh),
    "thresholds": thresholds.read_out,
    "surprises": surprise.read_out,
    "relapse": where_foreseen(returns.relapse),
    "let_go_paid": letting_go.read_out,
    "journeys": walk.journeys,
    "shelf": where_foreseen(show.shelve),
    "report": report.write,
    "publish": show.publish,
    "alerts": alarms.alert,
    "events": tidy.hand_on,
}


def run(
    house: House,
    settings: Settings,
    *,
    as_of: date | None = None,
    horizon_days: int | None = None,
    progress: Progress | None = None,
) -> RunView:
    """Do the day's work as of the evening of `as_of` (the last day in the data).

    One run at a time: `Busy` says who is at it. A run that was killed is found again by its choices
    and goes on after its last finished step, unless another run began meanwhile.
    """
    if horizon_days is not None:
        settings.changed(horizon_days=horizon_days)
    with house.lake.running("run"):
        # What customers have sent until now counts: an open complaint freezes what sells.
        carry(house, wait=True, again=True)
        listen(house, wait=True, again=True)
        return _run(house, settings, as_of, horizon_days, progress or silently)


def has_news(house: House) -> bool:
    """Whether anything has arrived that the last finished run did not know."""
    before = Journal(house.books, house.clock).latest()
    return before is None or before["choices"].get("arrived") != _arrived(house)[1]


def _run(
    house: House,
    settings: Settings,
    as_of: date | None,
    horizon_days: int | None,
    tell: Progress,
) -> RunView:
    last_day, arrived = _arrived(house)
    day = _evening(house, as_of) if as_of else last_day
    journal = Journal(house.books, house.clock)
    chosen = {"arrived": arrived, "horizon": horizon_days, "settings": _mark(settings)}
    run_id = _begun(journal, house.lake, day, chosen)
    work = Work(
        home=house.home,
        lake=house.lake,
        books=house.books,
        shelf=house.shelf,
        settings=settings,
        run_id=run_id,
        now=house.clock.now(),
        day=day,
        horizon_days=horizon_days or settings.horizon_days,
    )
    _all_steps(journal, work, tell)
    journal.finish(run_id)
    tell("done", 1.0)
    return RunView(run_id=run_id, as_of=day, steps=journal.steps(run_id))


def _begun(journal: Journal, lake: Lake, day: date, chosen: dict[str, Any]) -> str:
    """The run to do: the one that was killed, where its work is still there, or a new one.

    Nobody else runs now, so every other run is over, and what it left behind is in the way: its
    steps in the books were overtaken, and must not be taken for done.
    """
    run_id = journal.begin(day, chosen)
    if journal.steps(run_id) and not lake.keeps(run_id):
        journal.give_up(run_id)
        run_id = journal.begin(day, chosen)
    journal.overtake(run_id)
    lake.sweep(run_id)
    return run_id


def _all_steps(journal: Journal, work: Work, tell: Progress) -> None:
    total = len(IN_THE_LAKE) + len(IN_THE_BOOKS) + len(AT_THE_END)
    place = iter(range(total))
    for name, step in IN_THE_LAKE.items():
        tell(name, next(place) / total)
        journal.step(work.run_id, name, partial(step, work))
    for name, settle in IN_THE_BOOKS.items():
        tell(name, next(place) / total)
        journal.settle(work.run_id, name, partial(settle, work))
    for name, step in AT_THE_END.items():
        tell(name, next(place) / total)
        journal.step(work.run_id, name, partial(step, work))


def _evening(house: House, as_of: date) -> date:
    """The last day up to `as_of` of which something is known.

    A day without a line is told from one whose file is missing only by what came later: to go on
    to it would make of a forecast what the next file made possible.
    """
    with house.lake.writing("run") as lake:
        known = lake.execute("SELECT max(day) FROM lines WHERE day <= ?", [as_of]).fetchone()
    return known[0] if known and known[0] else as_of


def _arrived(house: House) -> tuple[date, str]:
    """The last day in the lake, and a mark of everything that has arrived, and of what was said of
    who is who."""
    with house.lake.writing("run") as lake:
        tables = {name for (name,) in lake.execute("SHOW TABLES").fetchall()}
        if "lines" not in tables:
            raise NotYet("no orders have been taken in yet", to_try="huitou import FILE")
        found = lake.execute("SELECT max(day), count(*), max(loaded_at) FROM lines").fetchone()
        spent = spending_told(lake) if "spending" in tables else None
    if found is None or found[0] is None:
        raise NotYet("no orders have been taken in yet", to_try="huitou import FILE")
    last_day, lines, loaded = found
    with house.books.reading() as unit:
        said = alike.mark(unit)
    return last_day, fingerprint(str(lines), str(loaded), said, *([spent] if spent else []))


def _mark(settings: Settings) -> str:
    return fingerprint(repr(sorted(asdict(settings).items())))
