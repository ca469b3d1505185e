"""Ringing and answering alarms: one for one silence, taken by somebody, ended by what happened.

ringing       nobody has it yet; past `due_at` it goes to the manager
acknowledged  a colleague took it: it is not told again
snoozed       it rings again when its time has come
closed        with how it ended
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update

from huitou.care.alarms.bells import BY_HAND, Bell, Route, route_of
from huitou.care.alarms.tables import alarm, alarm_alert, alarm_route, alarm_rule
from huitou.ground.errors import HuitouError, Refused
from huitou.identity.book import Names, names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

OPEN = ("ringing", "acknowledged", "snoozed")


def rules(unit: Unit) -> dict[str, Row]:
    """What the merchant decided of each rule they ever touched."""
    return {row["name"]: row for row in unit.rows(select(alarm_rule))}


def set_rule(
    unit: Unit, name: str, *, is_on: bool, told: Mapping[str, float], by: str, now: datetime
) -> None:
    """Switch a rule on or off, with its parameters."""
    row = {"name": name, "is_on": is_on, "told": dict(told), "changed_by": by, "changed_at": now}
    unit.put(alarm_rule, row)
    key = f"alarm_rule:{name}:{now.isoformat()}"
    tell(unit, [Event("alarm.rule", key, now, {"rule": name, "is_on": is_on, "by": by})])


def routes(unit: Unit) -> list[Route]:
    """Every route that was laid, by name."""
    rows = unit.rows(select(alarm_route).order_by(alarm_route.c.name))
    kept = ("name", "urls_env", "role", "kind", "store", "least_value", "owner")
    return [Route(**{name: row[name] for name in kept}) for row in rows]


def set_route(unit: Unit, route: Route, by: str, now: datetime) -> None:
    """Lay a route, or lay it anew."""
    unit.put(alarm_route, {**vars(route), "changed_by": by, "changed_at": now})


def drop_route(unit: Unit, name: str) -> None:
    """Take a route away; an error in words where there is none."""
    if not unit.change(alarm_route.delete().where(alarm_route.c.name == name)):
        raise HuitouError(f"there is no route {name!r}", to_try="huitou alarm routes")


def ring(
    unit: Unit,
    bells: Sequence[Bell],
    most: Mapping[str, int],
    along: Sequence[Route],
    now: datetime,
) -> list[str]:
    """Ring what is new among `bells`, in their order, at most so many a rule; ids of those.

    Not new is what stands open for this person and rule, and what rang on or after the day on which
    this silence began. `along` are the routes.
    """
    known = names(unit)
    lately, left, fresh = _lately(unit, known), dict(most), list[str]()
    for bell in bells:
        person = known.now(bell.person_id)
        stands, rung_on = lately.get((person, bell.rule), (False, None))
        if stands or (rung_on is not None and rung_on >= bell.since) or not left.get(bell.rule, 1):
            continue
        route = route_of(along, "staff", bell.route, bell.store, bell.value)
        row = _row(bell, person, route, now)
        if unit.add_new(alarm, row):
            lately[person, bell.rule] = (True, bell.on)
            fresh.append(row["id"])
            if bell.rule in left:
                left[bell.rule] -= 1
            _tell(unit, "alarm.rung", row, now)
    return fresh


def _lately(unit: Unit, known: Names) -> dict[tuple[str, str], tuple[bool, date]]:
    """(person, rule) -> whether an alarm stands open, and on which day the last one rang."""
    found: dict[tuple[str, str], tuple[bool, date]] = {}
    columns = (alarm.c.person_id, alarm.c.rule, alarm.c.state, alarm.c.rung_on)
    for row in unit.rows(select(*columns)):
        key = (known.now(row["person_id"]), row["rule"])
        stands, last = found.get(key, (False, row["rung_on"]))
        found[key] = (stands or row["state"] != "closed", max(last, row["rung_on"]))
    return found


def _row(bell: Bell, person: str, route: Route | None, now: datetime) -> Row:
    return {
        "id": bell.id_of(person),
        "rule": bell.rule,
        "person_id": person,
        "since": bell.since,
        "rung_on": bell.on,
        "rung_at": now,
        "value": bell.value,
        "facts": bell.facts,
        "severity": bell.severity,
        "kind": bell.route,
        "ends": bell.ends,
        "store": bell.store,
        "owner": route.owner if route else None,
        "route": route.name if route else None,
        "state": "ringing",
        "due_at": now + bell.time_to_answer,
    }


def end(
    unit: Unit,
    bought: Mapping[str, date],
    firing: Iterable[tuple[str, str]],
    now: datetime,
    *,
    spared: Iterable[str] = (),
) -> dict[str, int]:
    """Close what is over by itself; how many of each outcome.

    `bought` is the last purchase day of each person: an alarm about a silence ends with a purchase
    after it began. `firing` are the (person, rule) pairs for which the cause still stands: an alarm
    that ends when settled ends when it is not among them. Whoever is `spared` since it rang is not
    won back any more. Of two alarms of persons who turned out
    to be one the first stays.
    """
    known = names(unit)
    still = {(known.now(person), rule) for person, rule in firing}
    alone = known.every(spared)
    seen: set[tuple[str, str]] = set()
    ended: dict[str, list[str]] = {}
    query = select(alarm).where(alarm.c.state.in_(OPEN)).order_by(alarm.c.rung_at, alarm.c.id)
    for row in unit.rows(query):
        key = (known.now(row["person_id"]), row["rule"])
        outcome = _over(row, key, bought, still, seen)
        if outcome is None and row["kind"] == "care" and row["person_id"] in alone:
            outcome = "settled"
        if outcome is not None:
            ended.setdefault(outcome, []).append(row["id"])
        seen.add(key)
    for outcome, ids in ended.items():
        _close(unit, ids, outcome, None, now)
    return {outcome: len(ids) for outcome, ids in ended.items()}


def _over(
    row: Row,
    key: tuple[str, str],
    bought: Mapping[str, date],
    still: set[tuple[str, str]],
    seen: set[tuple[str, str]],
) -> str | None:
    if key in seen:
        return "merged"
    last = bought.get(key[0])
    if row["ends"] == "purchase" and last is not None and last > row["since"]:
        return "came_back"
    return "settled" if row["ends"] == "settled" and key not in still else None


def acknowledge(unit: Unit, alarm_id: str, by: str, now: datetime) -> None:
    """Somebody takes it: it rings no more, and is not escalated. Taking one's own is no error."""
    row = find(unit, alarm_id)
    if row["state"] == "acknowledged" and row["by"] != by:
        raise Refused(f"this alarm was taken by {row['by']}")
    if row["state"] == "acknowledged":
        return
    _still_open(row)
    kept = {"state": "acknowledged", "by": by, "answered_at": now, "snoozed_until": None}
    _change(unit, row, {**kept, "owner": row["owner"] or by})
    _tell(unit, "alarm.acknowledged", {**row, "by": by}, now)


def snooze(unit: Unit, alarm_id: str, until: datetime, by: str, now: datetime) -> None:
    """Be quiet until then; afterwards it rings again, with its time to answer anew."""
    row = find(unit, alarm_id)
    _still_open(row)
    if until <= now:
        raise HuitouError("an alarm is put off to a moment to come", to_try="--days 7")
    due = until + (row["due_at"] - (row["snoozed_until"] or row["rung_at"]))
    kept = {"state": "snoozed", "snoozed_until": until, "by": by, "answered_at": now}
    _change(unit, row, {**kept, "due_at": due, "escalated_at": None})
    _tell(unit, "alarm.snoozed", {**row, "by": by}, now)


def close(unit: Unit, alarm_id: str, outcome: str, by: str, now: datetime) -> None:
    """It is answered: how it ended, by whom. Closing the same way again changes nothing."""
    if outcome not in BY_HAND:
        raise HuitouError(f"{outcome!r} is no outcome", to_try=f"one of: {', '.join(BY_HAND)}")
    row = find(unit, alarm_id)
    if row["state"] == "closed" and row["outcome"] == outcome:
        return
    _still_open(row)
    _close(unit, [alarm_id], outcome, by, now)


def wake(unit: Unit, now: datetime) -> int:
    """What was put off until now rings again; how many."""
    over = (alarm.c.state == "snoozed") & (alarm.c.snoozed_until <= now)
    return unit.change(update(alarm).where(over).values(state="ringing", snoozed_until=None))


def escalate(unit: Unit, now: datetime) -> int:
    """What nobody answered in time goes to the manager, once; how many."""
    late = (alarm.c.state == "ringing") & (alarm.c.due_at < now) & alarm.c.escalated_at.is_(None)
    rows = unit.rows(select(alarm).where(late))
    for row in rows:
        _change(unit, row, {"escalated_at": now})
        _tell(unit, "alarm.escalated", row, now)
    return len(rows)


def find(unit: Unit, alarm_id: str) -> Row:
    """One alarm; an error in words for an unknown id."""
    row = unit.first(select(alarm).where(alarm.c.id == alarm_id))
    if row is None:
        raise HuitouError(f"there is no alarm {alarm_id!r}", to_try="huitou alarm list")
    return row


def listed(
    unit: Unit,
    states: Sequence[str] = ("ringing",),
    *,
    people: Iterable[str] | None = None,
    limit: int = 500,
) -> list[Row]:
    """Alarms in these states, the largest value first; `people` under any of their ids."""
    query = select(alarm).where(alarm.c.state.in_(states))
    if people is not None:
        asked = list(people)
        query = query.where(alarm.c.person_id.in_(names(unit, asked).every(asked)))
    order = (alarm.c.value.desc(), alarm.c.severity.desc(), alarm.c.id)
    return unit.rows(query.order_by(*order).limit(limit))


def counted(unit: Unit) -> dict[str, int]:
    """How many alarms there are in each state, and `late`: those nobody answered in time."""
    rows = unit.rows(select(alarm.c.state, func.count().label("n")).group_by(alarm.c.state))
    late = (alarm.c.state == "ringing") & alarm.c.escalated_at.is_not(None)
    told = {row["state"]: row["n"] for row in rows}
    return {**told, "late": int(unit.value(select(func.count()).where(late)) or 0)}


def outcomes(unit: Unit) -> dict[tuple[str, str], int]:
    """(rule, outcome) -> how many alarms ended so."""
    query = select(alarm.c.rule, alarm.c.outcome, func.count().label("n"))
    query = query.where(alarm.c.state == "closed").group_by(alarm.c.rule, alarm.c.outcome)
    return {(row["rule"], row["outcome"]): row["n"] for row in unit.rows(query)}


def later(now: datetime, days: int) -> datetime:
    """The moment to which an alarm is put off."""
    return now + timedelta(days=days)


def _still_open(row: Row) -> None:
    if row["state"] == "closed":
        raise Refused("this alarm is closed", to_try="huitou alarm list")


def _change(unit: Unit, row: Row, values: Row) -> None:
    """Change an alarm that stands as it was read; somebody else was quicker otherwise."""
    same = (alarm.c.id == row["id"]) & (alarm.c.state == row["state"])
    if not unit.change(update(alarm).where(same).values(**values)):
        raise Refused("somebody else answered this alarm just now", to_try="the list again")


def _close(unit: Unit, ids: Sequence[str], outcome: str, by: str | None, now: datetime) -> None:
    for alarm_id in ids:
        row = find(unit, alarm_id)
        kept = {"state": "closed", "closed_at": now, "outcome": outcome, "snoozed_until": None}
        _change(unit, row, {**kept, "by": by or row["by"]})
        _tell(unit, "alarm.closed", {**row, "outcome": outcome, "by": by}, now)


def _tell(unit: Unit, kind: str, row: Row, now: datetime) -> None:
    told = ("id", "rule", "person_id", "value", "store", "owner", "by", "outcome")
    body = {name: row.get(name) for name in told}
    tell(unit, [Event(kind, f"{kind}:{row['id']}:{now.isoformat()}", now, body)])


def untold(unit: Unit, kind: str) -> list[Row]:
    """Alarms that ring and were not told yet: as a new `ring`, or as an `escalation`."""
    told = select(alarm_alert.c.alarm_id).where(alarm_alert.c.kind == kind)
    waits = (alarm.c.state == "ringing") & alarm.c.id.not_in(told)
    if kind == "escalation":
        waits = waits & alarm.c.escalated_at.is_not(None)
    return unit.rows(select(alarm).where(waits).order_by(alarm.c.value.desc(), alarm.c.id))


def mark(
    unit: Unit, ids: Iterable[str], route: str, kind: str, digest: str, now: datetime
) -> list[str]:
    """Write before the network that these are being told along a route; ids of those not before.

    Whatever happens afterwards, none of them is ever told this way again.
    """
    row = {"route": route, "kind": kind, "digest": digest, "marked_at": now}
    row = {**row, "state": "handing_over"}
    return [each for each in ids if unit.add_new(alarm_alert, {**row, "alarm_id": each})]


def settle(unit: Unit, digest: str, *, accepted: bool, now: datetime) -> None:
    """What became of a digest: taken, or nobody knows, which is not told again either."""
    state = "accepted" if accepted else "in_doubt"
    marked = (alarm_alert.c.digest == digest) & (alarm_alert.c.state == "handing_over")
    unit.change(update(alarm_alert).where(marked).values(state=state, settled_at=now))


def alerts(unit: Unit, limit: int = 20) -> list[Row]:
    """The last digests: route, kind, when, how many alarms, and what became of them."""
    columns = (
        alarm_alert.c.digest, alarm_alert.c.route, alarm_alert.c.kind, alarm_alert.c.marked_at,
        alarm_alert.c.state,
    )  # fmt: skip
    query = select(*columns, func.count().label("alarms")).group_by(*columns)
    return unit.rows(query.order_by(alarm_alert.c.marked_at.desc()).limit(limit))
