"""Whether a message may leave now: asked when it is claimed and again when it is handed over.

One verdict for all that leaves the house, whoever wished for it; each with the rule that spoke. It
is asked in the unit that marks the message as leaving, so that no word a customer has said by then
is passed over (TRUST I-12), and reserves what it lets through (I-13).

    judge(unit, wanted, now)      in the order given; where a cap binds the more valuable go first
    release(unit, id)             what surely never left counts in no cap; what is in doubt does

What nobody asked about, the law does not hold up: with no packs enabled the verdicts are those of
the customers themselves, and of the staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select

from huitou.care import book as care
from huitou.care.chase import book as chase
from huitou.care.complaints import book as complaints
from huitou.care.consents import book as consents
from huitou.care.consents.asking import book as asking
from huitou.care.interviews import book as interviews
from huitou.ground.channels import PEOPLE, TIMED
from huitou.ground.ids import fingerprint
from huitou.identity.book import names
from huitou.journeys.caps import book as caps
from huitou.journeys.caps.limits import Ask, Cap
from huitou.journeys.permission.hours import (
    Clock,
    Hours,
    day_of,
    located,
    midnight,
    open_everywhere,
)
from huitou.journeys.permission.laws import BASES, BY_TRAITS, Duty, Pack, duties
from huitou.journeys.permission.rules import NEW_CHANNELS, Rules, rules
from huitou.journeys.permission.tables import sending_harm, sending_place, sending_rules
from huitou.loyalty.letting_go import book as letting_go
from huitou.store.books import Row, Unit

LOOK_AGAIN = timedelta(hours=1)
"""What waits for a person to read something is looked at again after so long."""


@dataclass(frozen=True)
class Wanted:
    """A message that would leave: to whom, how, what for."""

    id: str
    person_id: str
    channel: str
    purpose: str
    value: int = 0
    not_after: datetime | None = None
    held_out: bool = False
    """Whether the lot holds them out: only the caller knows which programme asks."""
    by_traits: bool = False
    """Whether what it offers was chosen for this person from what they bought."""
    since: datetime | None = None
    """When it was decided: what they said after that counts against it."""


@dataclass(frozen=True)
class Verdict:
    """What is said to it: it goes; it waits until a moment; or it never goes. `rule` says why."""

    rule: str | None = None
    until: datetime | None = None

    @property
    def goes(self) -> bool:
        """Whether it may leave now."""
        return self.rule is None


GOES = Verdict()


@dataclass(frozen=True)
class Place:
    """Where somebody is, as far as anybody knows."""

    country: str | None = None
    """As they declared it."""
    phone_country: str | None = None
    zones: tuple[str, ...] = ()
    bought_on: date | None = None

    @property
    def law(self) -> str | None:
        """The country whose law holds: the declared one before the phone's."""
        return self.country or self.phone_country


NOWHERE = Place()


@dataclass(frozen=True)
class Known:
    """What the books know of the people of one batch, now."""

    rules: Rules
    today: date
    """The day in the shop."""
    silent: Set[tuple[str, str]] = frozenset()
    never: Set[str] = frozenset()
    let_go: Set[str] = frozenset()
    complaining: Set[str] = frozenset()
    in_case: Set[str] = frozenset()
    rested: Mapping[str, datetime] = field(default_factory=dict)
    resting: Set[str] = frozenset()
    not_by_traits: Set[str] = frozenset()
    agreed: Set[tuple[str, str]] = frozenset()
    unconfirmed: Set[tuple[str, str]] = frozenset()
    """Where a first yes waits for the second: nothing that sells goes there meanwhile."""
    no_service: Set[tuple[str, str]] = frozenset()
    unread: Set[tuple[str, str]] = frozenset()
    choices: Mapping[str, consents.Choice] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    harmful: Set[str] = frozenset()

    def place(self, person: str) -> Place:
        """Where somebody is."""
        return self.places.get(person, NOWHERE)

    def packs(self, person: str) -> tuple[Pack, ...]:
        """The packs that hold for somebody."""
        return self.rules.holding(self.place(person).law)


def judge(unit: Unit, wanted: Sequence[Wanted], now: datetime) -> list[Verdict]:
    """A verdict for each, in their order, in the unit of the caller.

    What goes is reserved. Of several to one person the more valuable is asked first, so that a cap
    holds back the less valuable; of equals the one whose name comes first, every time.
    """
    known = _known(unit, wanted, now)
    told = [verdict(one, known, now) for one in wanted]
    free = [one for one, said in zip(wanted, told, strict=True) if said.goes]
    by_worth = sorted(free, key=lambda one: (-one.value, one.id))
    held = caps.take(unit, [_ask(one, known, now) for one in by_worth], now)
    return [
        _capped(one, held[one.id], now) if said.goes else said
        for one, said in zip(wanted, told, strict=True)
    ]


def look(unit: Unit, wanted: Sequence[Wanted], now: datetime) -> list[Verdict]:
    """What `judge` would say but for the caps; nothing is reserved."""
    known = _known(unit, wanted, now)
    return [verdict(one, known, now) for one in wanted]


def release(unit: Unit, message_id: str) -> bool:
    """A message that surely never left counts in no cap; whether it had counted."""
    return caps.release(unit, message_id)


def verdict(one: Wanted, known: Known, now: datetime) -> Verdict:
    """The verdict on one message but for the caps. Pure: everything it rests on is handed in."""
    if one.not_after is not None and one.not_after <= now:
        return Verdict("late")
    if one.held_out:
        return Verdict("held_out")
    if one.purpose == "transactional":
        return GOES
    stopped = _refused(one, known) if one.purpose == "marketing" else _unserved(one, known)
    if stopped is not None:
        return stopped
    waits = _waits(one, known, now)
    if waits.goes or waits.until is None:
        return waits
    return waits if one.not_after is None or waits.until < one.not_after else Verdict("late")


# -- what is known


def in_force(unit: Unit) -> Rules:
    """The rules that were put in force last; a shop that put none has those shipped."""
    row = unit.first(select(sending_rules).order_by(sending_rules.c.id.desc()).limit(1))
    return _read(row["told"]) if row is not None else _shipped()


def put_in_force(unit: Unit, told: Mapping[str, Any], by: str, now: datetime) -> bool:
    """Let rules hold from now on: `text`, `zone` and `email_to_customers`; whether they are new.

    Raises `BadInput` for rules that cannot be read. What held before stays written down.
    """
    _read(told)
    if is_in_force(unit, told):
        return False
    row = {"told": dict(told), "fingerprint": _mark(told), "by": by, "at": now}
    unit.add(sending_rules, [row])
    return True


def is_in_force(unit: Unit, told: Mapping[str, Any]) -> bool:
    """Whether these very rules hold already."""
    return bool(unit.value(_last_mark()) == _mark(told))


def has_basis(unit: Unit, person_id: str, channels: Iterable[str], now: datetime) -> set[str]:
    """The channels on which marketing to somebody rests on something, but for what they refused."""
    wanted = [Wanted(channel, person_id, channel, "marketing") for channel in channels]
    known = _known(unit, wanted, now)
    return {one.channel for one in wanted if _without_basis(one, known) is None}


def asks_twice(unit: Unit, person_id: str) -> frozenset[str]:
    """The channels on which the law where somebody is asks for a second yes."""
    packs = in_force(unit).holding(places(unit, [person_id]).get(person_id, NOWHERE).law)
    return frozenset(way for each in packs for way in PEOPLE if each.of("second_yes", way))


def place(unit: Unit, person_id: str, where: Place, now: datetime) -> None:
    """Keep where somebody is."""
    row = {"person_id": person_id, "at": now, **vars(where), "zones": list(where.zones)}
    unit.put(sending_place, row)


def places(unit: Unit, people: Iterable[str]) -> dict[str, Place]:
    """Where these people are, under each id; of several ids of one person what is known by any."""
    asked = list(dict.fromkeys(people))
    known = names(unit, asked)
    query = select(sending_place).where(sending_place.c.person_id.in_(known.every(asked)))
    found: dict[str, Place] = {}
    for row in unit.rows(query.order_by(sending_place.c.at, sending_place.c.person_id)):
        person = known.now(row["person_id"])
        found[person] = _joined(found.get(person, NOWHERE), row)
    return known.spread(found)


def measured(unit: Unit, channel: str, sent: int, silenced: int, low: float, now: datetime) -> None:
    """Keep how much a channel's messages were answered by asking for silence."""
    row = {"channel": channel, "sent": sent, "silenced": silenced, "low": low, "at": now}
    unit.put(sending_harm, row)


def harms(unit: Unit) -> list[Row]:
    """What was measured, by channel."""
    return unit.rows(select(sending_harm).order_by(sending_harm.c.channel))


def to_carry(
    unit: Unit, asked: Sequence[tuple[str, str, bool]], channel: str
) -> list[tuple[Duty, ...]]:
    """What marketing messages must carry, by the law where each reader is.

    `asked` are (person, language, whether the offer was chosen for them alone).
    """
    told = in_force(unit)
    if not told.packs:
        return [()] * len(asked)
    known = places(unit, [person for person, _, _ in asked])
    return [
        duties(
            told.holding(known.get(person, NOWHERE).law), channel, language, individual=individual
        )
        for person, language, individual in asked
    ]


def _known(unit: Unit, wanted: Sequence[Wanted], now: datetime) -> Known:
    people = list(dict.fromkeys(one.person_id for one in wanted))
    told = in_force(unit)
    today = now.astimezone(located(told.zone)).date()
    standing = consents.standing(unit, people)
    return Known(
        rules=told,
        today=today,
        silent=care.silent(unit, people),
        never=frozenset(chase.marked(unit, people)),
        let_go=frozenset(letting_go.barred(unit, today, people)),
        complaining=complaints.people_waiting(unit, people),
        in_case=care.people_with_open_cases(unit, people),
        rested=interviews.rested_at(unit, people),
        resting=frozenset(interviews.resting(unit, today, people)),
        not_by_traits={who for who, _ in consents.refused(standing, "personalised")},
        agreed=consents.holding(standing),
        unconfirmed=asking.waiting(unit, people, now).keys(),
        no_service=consents.refused(standing, "service"),
        unread=consents.unread(unit, people),
        choices=consents.choices(unit, people),
        places=places(unit, people),
        harmful=_harmful(unit, told),
    )


# -- what stops it


def _refused(one: Wanted, known: Known) -> Verdict | None:
    person, by_phone = one.person_id, one.channel == "call"
    if person in known.never:
        return Verdict("never")
    if person in known.let_go:
        return Verdict("let_go")
    if (person, one.channel) in known.silent:
        return Verdict("silent")
    if one.by_traits and person in known.not_by_traits:
        return Verdict(_not_by_traits(one, known))
    if person in known.complaining and not by_phone:
        return Verdict("open_complaint")
    if person in known.in_case and not by_phone:
        return Verdict("open_case")
    if _rests(one, known):
        return Verdict("not_for_now")
    missing = _without_basis(one, known)
    return Verdict(missing) if missing is not None else None


def _not_by_traits(one: Wanted, known: Known) -> str:
    """By the law where they are, where it says so; their word holds everywhere."""
    ruled = (
        rule for each in known.packs(one.person_id) for rule in each.of(BY_TRAITS, one.channel)
    )
    return next((rule.id for rule in ruled), "not_by_traits")


def _rests(one: Wanted, known: Known) -> bool:
    """They said why they stay away, after it was decided; or, decided by nobody, until later."""
    if one.since is None:
        return one.person_id in known.resting
    return known.rested.get(one.person_id, one.since) > one.since


def _unserved(one: Wanted, known: Known) -> Verdict | None:
    refused = (one.person_id, one.channel) in known.no_service
    return Verdict("refused_service") if refused else None


def _without_basis(one: Wanted, known: Known) -> str | None:
    """The rule that asks for a basis that is not there; None where there is one."""
    if one.channel not in PEOPLE or (one.person_id, one.channel) in known.agreed:
        return None
    if (one.person_id, one.channel) in known.unconfirmed:
        return "not_confirmed"
    packs = known.packs(one.person_id)
    if not packs and one.channel in NEW_CHANNELS:
        return "no_consent"
    asked = [rule for each in packs if (rule := each.basis(one.channel)) is not None]
    missing = [rule for rule in asked if not _rests_on(rule.basis, one, known)]
    strictest = max(missing, key=lambda rule: BASES.index(rule.basis), default=None)
    return strictest.id if strictest is not None else None


def _rests_on(basis: str, one: Wanted, known: Known) -> bool:
    if basis != "customer":
        return basis == "until_refused"
    bought = known.place(one.person_id).bought_on
    oldest = known.rules.customer_days
    if bought is None or (known.today - bought).days > oldest:
        return False
    return one.channel != "email" or known.rules.email_to_customers


# -- what makes it wait


def _waits(one: Wanted, known: Known, now: datetime) -> Verdict:
    if one.purpose == "marketing" and (one.person_id, one.channel) in known.unread:
        return Verdict("asked_in_words", now + LOOK_AGAIN)
    chosen = known.choices.get(one.person_id)
    if one.purpose == "marketing" and chosen is not None and chosen.pause_until is not None:
        over = midnight(chosen.pause_until, known.rules.zone)
        if over > now:
            return Verdict("paused", over)
    if one.channel not in TIMED:
        return GOES
    clock = _clock(one, known, now)
    closed = clock.closed_by(now)
    return GOES if closed is None else Verdict(closed, clock.next_open(now))


def _clock(one: Wanted, known: Known, now: datetime) -> Clock:
    told, packs = known.rules, known.packs(one.person_id)
    hours = [
        Hours(rule.opens, rule.closes, rule.id)
        for each in packs
        for rule in each.of("hours", one.channel)
        if rule.opens is not None and rule.closes is not None
    ]
    if told.hours is not None and one.channel in told.hours_channels:
        hours.append(told.hours)
    rests = _rest_days(told, packs) if one.purpose == "marketing" else frozenset()
    return open_everywhere(_zones(known.place(one.person_id)), told.zone, hours, rests, now)


def _rest_days(told: Rules, packs: Sequence[Pack]) -> frozenset[date]:
    if not told.rest_on_holidays:
        return told.rest_also_on
    return told.rest_also_on.union(*(each.holidays for each in packs))


def _zones(where: Place) -> tuple[str, ...]:
    """Where they may be: as their phone says, and all over a declared country that is another."""
    if where.zones and where.country in (None, where.phone_country):
        return where.zones
    declared = _of_country(where.country) if where.country is not None else ()
    return tuple(dict.fromkeys((*where.zones, *declared)))


ONE_CLOCK = {"CN": ("Asia/Shanghai",)}
"""Countries that keep one clock by law, whatever zones the tables list for them."""


@lru_cache(maxsize=300)
def _of_country(country: str) -> tuple[str, ...]:
    from babel.core import get_global

    return ONE_CLOCK.get(country) or tuple(get_global("territory_zones").get(country, ()))


# -- how often


def _ask(one: Wanted, known: Known, now: datetime) -> Ask:
    zones = _zones(known.place(one.person_id)) or (known.rules.zone,)
    return Ask(
        id=one.id,
        person_id=one.person_id,
        channel=one.channel,
        purpose=one.purpose,
        value=one.value,
        caps=_caps(one, known),
        day=day_of(now, zones[0]),
    )


def _caps(one: Wanted, known: Known) -> tuple[Cap, ...]:
    if one.purpose == "transactional" or one.channel not in PEOPLE:
        return ()
    held = [each for each in known.rules.caps if each.covers(one.channel, one.purpose)]
    if one.channel in known.harmful:
        held = [each.halved() for each in held]
    chosen = known.choices.get(one.person_id)
    if chosen is not None and chosen.pace == "less" and one.purpose == "marketing":
        held.append(Cap(1, known.rules.less_days))
    return tuple(held)


def _capped(one: Wanted, until: datetime | None, now: datetime) -> Verdict:
    if until is None:
        return GOES
    if until == caps.NEVER:
        return Verdict("cap")
    if one.not_after is not None and until >= one.not_after:
        return Verdict("late")
    return Verdict("cap", max(until, now + timedelta(seconds=1)))


def _harmful(unit: Unit, told: Rules) -> frozenset[str]:
    return frozenset(
        row["channel"]
        for row in harms(unit)
        if row["sent"] >= told.harm_after and row["low"] >= told.harm_share
    )


# -- reading


def _last_mark() -> Select[Any]:
    return select(sending_rules.c.fingerprint).order_by(sending_rules.c.id.desc()).limit(1)


def _mark(told: Mapping[str, Any]) -> str:
    return fingerprint(told["text"], told["zone"], str(told["email_to_customers"]))


def _read(told: Mapping[str, Any]) -> Rules:
    return rules(told["text"], told["zone"], bool(told["email_to_customers"]))


@lru_cache(maxsize=1)
def _shipped() -> Rules:
    return Rules()


def _joined(known: Place, row: Row) -> Place:
    bought = [day for day in (known.bought_on, row["bought_on"]) if day is not None]
    return Place(
        country=row["country"] or known.country,
        phone_country=row["phone_country"] or known.phone_country,
        zones=tuple(dict.fromkeys((*known.zones, *row["zones"]))),
        bought_on=max(bought, default=None),
    )
