"""What the alarm rules are given: the past, what happened, the forecast, and whom to spare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.care import book as care
from huitou.care.alarms import book as alarms
from huitou.care.alarms.bells import Bell
from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import WAITING
from huitou.care.happenings import book as happenings
from huitou.decisions.alarms.facts import as_date
from huitou.decisions.alarms.judged import judge
from huitou.decisions.alarms.past import Evening, Floats, Foreseen, Mark, Past, Seen
from huitou.decisions.alarms.replay import MOST_REPLAYED, Replay, matched, replay
from huitou.decisions.alarms.ring import Rung
from huitou.decisions.alarms.rules import RULES, Rule, rule
from huitou.decisions.holdout import Holdout
from huitou.facts.profit import ASSUMED_MARGIN
from huitou.ground.settings import Settings
from huitou.runs.bells import ReplayView
from huitou.runs.kept import keep
from huitou.runs.moment import Moment
from huitou.runs.moved import Teller

if TYPE_CHECKING:
    from huitou.runs.work import Work
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition

PURCHASE_DAYS, REPLAYS = "purchase_days", "alarm_replays"
"""A table and a note of each edition."""
LEAST_DAYS_BETWEEN = 7
"""A forecast is compared with one at least so many days older: overnight nothing changes."""
UNBOUNDED = 10**6

Chosen = Mapping[str, float]
OnTonight = Sequence[tuple[Rule, Chosen]]


# -- which rules


def chosen(unit: Unit) -> dict[str, tuple[bool, dict[str, float]]]:
    """Rule -> whether it is on, and all its parameters as the merchant has them."""
    kept = alarms.rules(unit)
    found = {}
    for name, each in RULES.items():
        row = kept.get(name)
        if row is None:
            found[name] = (each.is_on, each.usual)
        else:
            known = {key: value for key, value in row["told"].items() if key in each.usual}
            found[name] = (row["is_on"], each.told(known))
    return found


def switched_on(unit: Unit) -> list[tuple[Rule, dict[str, float]]]:
    """The rules that ring, with their parameters."""
    return [(RULES[name], told) for name, (is_on, told) in chosen(unit).items() if is_on]


# -- what they look at


def past(edition: Edition, marks: Sequence[Mark] = ()) -> Past:
    """Everybody's purchase days, and who is known by something else."""
    return Past.of(edition.table(PURCHASE_DAYS), (mark.person for mark in marks))


def marks(unit: Unit, now: datetime, settings: Settings) -> list[Mark]:
    """Complaints and happenings of single customers, by days in the shop's zone."""
    return [*_complaints(unit, now, settings), *_happenings(unit, now, settings)]


def _complaints(unit: Unit, now: datetime, settings: Settings) -> list[Mark]:
    rows = complaints.told(unit)
    return [_complaint(row, now, settings) for row in rows if row["person_id"]]


def _complaint(row: Row, now: datetime, settings: Settings) -> Mark:
    came, waits = _day(row["received_at"], settings), row["state"] in WAITING
    over = row["answered_at"] or row["resolved_at"] or row["received_at"]
    due, today = row["due_at"], _day(now, settings)
    # What is due today and still in time is not yet overdue this evening.
    due_day = _day(due, settings) if due <= now else max(_day(due, settings), today + 1)
    until = None if waits else _day(over, settings)
    return Mark("complaint", row["person_id"], came, came, until, due_day)


def _happenings(unit: Unit, now: datetime, settings: Settings) -> list[Mark]:
    ahead = now.date() + timedelta(days=3650)
    rows = happenings.known(unit, ahead)
    return [_happening(row, settings) for row in rows if row["person_id"]]


def _happening(row: Row, settings: Settings) -> Mark:
    """A history that is brought in later counts as told on its days; a booking is known before."""
    day = _number(row["day"])
    known = min(day, _day(row["told_at"], settings)) if row["told_at"] else day
    until = _number(row["until"]) if row["until"] else None
    return Mark(row["kind"], row["person_id"], day, known, until)


def _day(moment: datetime, settings: Settings) -> int:
    return _number(moment.astimezone(settings.zone).date())


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def evenings(
    work: Work, unit: Unit, past: Past, rules: OnTonight
) -> Iterable[tuple[Evening, OnTonight]]:
    """The evenings the rules look at: of the last day known, for what the orders tell; of today,
    for what is told here as it happens.
    """
    told = marks(unit, work.now, work.settings)
    money, margin = work.settings.money, work.settings.margin or ASSUMED_MARGIN
    of_orders = [each for each in rules if "purchases" in each[0].needs]
    of_today = [each for each in rules if "purchases" not in each[0].needs]
    foreseen = _foreseen(work, past)
    day = _number(work.day)
    today = max(day, _day(work.now, work.settings))
    yield Evening(Seen(past, day), told, foreseen, money, margin), of_orders
    yield Evening(Seen(past, today), told, foreseen, money, margin), of_today


def _foreseen(work: Work, past: Past) -> Foreseen | None:
    if not work.is_foreseen:
        return None
    now = work.edition.table(f"scores_{work.day}")
    before = _before(work)
    nothing = np.full(len(past), np.nan)
    earlier = before[1] if before else None
    return Foreseen(
        alive=_column(past, now, "p_alive"),
        alive_before=_column(past, earlier, "p_alive") if earlier else nothing,
        before=_number(before[0]) if before else None,
        buy=_column(past, now, "p_buy"),
        buy_before=_column(past, earlier, "p_buy") if earlier else nothing,
        value=_column(past, now, "value"),
        why=Teller(work.edition).of,
    )


def _before(work: Work) -> tuple[date, pa.Table] | None:
    """The forecast of the last run; where that was only days ago, one this run made of its past."""
    last = work.lake.current()
    written = last.noted("moment") if last is not None else None
    if last is not None and written is not None:
        moment = Moment.read(written)
        same = moment.horizon_days == work.moment.horizon_days
        old = (work.day - moment.day).days >= LEAST_DAYS_BETWEEN
        if same and old and last.has(f"scores_{moment.day}"):
            return moment.day, last.table(f"scores_{moment.day}")
    for each in work.moment.earlier:
        if work.edition.has(f"scores_{each}"):
            return each, work.edition.table(f"scores_{each}")
    return None


def _column(past: Past, scores: pa.Table, name: str) -> Floats:
    """A column of the scores in the order of the past's people; NaN for who is not in it."""
    people = pa.array(past.people, pa.string())
    place = pc.index_in(people, value_set=scores["person_id"].combine_chunks())
    values = scores[name].combine_chunks().take(place).cast(pa.float64())
    return np.asarray(pc.fill_null(values, np.nan).to_numpy(zero_copy_only=False), dtype=np.float64)


def last_days(past: Past) -> dict[str, date]:
    """The last purchase day of everybody."""
    seen = Seen(past, past.last_day)
    return {
        person: as_date(int(day))
        for person, day in zip(past.people, seen.last.tolist(), strict=True)
        if day >= 0
    }


# -- who rings


def spared(unit: Unit, edition: Edition, settings: Settings) -> Set[str]:
    """Who is never won back: the held out, and whoever asked to be left alone on any channel."""
    holders = edition.table("holders")
    day = Moment.read(edition.noted("moment")).day
    lot = Holdout.of_the_year(settings.salt, settings.holdout_share, day)
    held = lot.mask(holders["hold_key"].to_pylist())
    people = holders["person_id"].filter(pa.array(held, pa.bool_())).to_pylist()
    return {*people, *(person for person, _channel in care.silent(unit))}


def stores(edition: Edition, day: date) -> dict[str, str]:
    """The store in which each customer bought last, where it is known."""
    table = edition.table(f"customers_{day}", ["person_id", "store"])
    pairs = zip(table["person_id"].to_pylist(), table["store"].to_pylist(), strict=True)
    return {person: store for person, store in pairs if store}


def bells(
    found: Sequence[Rung], evening: Evening, stores: Mapping[str, str], spared: Set[str]
) -> list[Bell]:
    """What rang as the book keeps it; rules that win back leave the spared alone."""
    day = as_date(evening.day)
    return [
        _bell(each, RULES[each.rule], day, stores.get(each.person_id))
        for each in found
        if RULES[each.rule].route == "service" or each.person_id not in spared
    ]


def _bell(rung: Rung, rule: Rule, day: date, store: str | None) -> Bell:
    return Bell(
        person_id=rung.person_id,
        rule=rung.rule,
        since=rung.since,
        on=day,
        value=rung.value,
        facts=keep(rung.facts),
        severity=rule.severity,
        hours=rule.hours,
        route=rule.route,
        ends=rule.ends,
        store=store,
    )


def firing(evening: Evening, rules: OnTonight) -> list[tuple[str, str]]:
    """(person, rule) for whom the cause of a rule that ends when settled still stands."""
    pairs = []
    for each, told in rules:
        if each.ends != "settled":
            continue
        sign = each.sign(evening, {**told, "fresh": UNBOUNDED})
        pairs += [(evening.seen.past.people[at], each.name) for at in np.flatnonzero(sign.fires)]
    return pairs


# -- how they would have done


def replays(
    edition: Edition,
    settings: Settings,
    moment: Moment,
    marks: Sequence[Mark],
    told: Mapping[str, Chosen],
) -> dict[str, ReplayView]:
    """Every rule of `told` replayed over the past of an edition, beside the one-number rule."""
    whole = past(edition, marks)
    some = whole.some(MOST_REPLAYED)
    judged = judge(some, moment.horizon_days, settings.lost_line, _number(moment.day))
    scale = len(whole) / max(len(some), 1)
    found = {}
    for name, parameters in told.items():
        done = replay(some, rule(name), parameters, judged, moment.horizon_days, marks, scale)
        beside = matched(some, judged, done) if done.rings else None
        found[name] = replay_view(done, beside)
    return found


def replay_view(done: Replay, beside: Replay | None) -> ReplayView:
    """A replay as the doors show it."""
    return ReplayView(
        rule=done.rule,
        told=dict(done.told),
        words=done.words,
        weeks=done.weeks,
        horizon_days=done.horizon_days,
        rings=done.rings,
        left=done.left,
        per_week=done.per_week,
        low=done.interval.low,
        high=done.interval.high,
        losses=done.losses,
        caught=done.caught,
        lead_days=done.lead[1] if done.lead else None,
        months=done.by_month,
        peer_days=int(beside.told["days"]) if beside else None,
        peer_rings=beside.rings if beside else None,
        peer_left=beside.left if beside else None,
        peer_lead_days=beside.lead[1] if beside and beside.lead else None,
    )
