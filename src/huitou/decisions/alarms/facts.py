"""The three facts that moved an alarm, as sentences: what staff read before they call."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from huitou.decisions.alarms.past import Evening
from huitou.decisions.alarms.signs import (
    Told,
    chance_by_now,
    explained,
    fewer_than_usual,
    packs,
)
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said

Three = tuple[Sentence, Sentence, Sentence]
EPOCH = date(1970, 1, 1)


def as_date(day: int) -> date:
    """A day since 1970 as a date."""
    return EPOCH + timedelta(days=int(day))


def about_silence(evening: Evening, at: int, _since: int, _told: Told) -> Three:
    """How long, against what is usual, and what is at stake."""
    return _silence(evening, at), _usual(evening, at), _paid(evening, at)


def about_rhythm(evening: Evening, at: int, _since: int, _told: Told) -> Three:
    """How long, how unusual that is for them, and what is at stake."""
    seen = evening.seen
    over = max(1, round(float(seen.silent[at] - seen.usual_gap[at])))
    chance = evening.once("chance_by_now", lambda: chance_by_now(seen))
    percent = _hundredths(float(chance[at]))
    unusual = said(
        "{days} days over their usual gap: of silences that ended, {percent} in 100 were shorter.",
        days=over,
        percent=percent,
    )
    return _silence(evening, at), unusual, _paid(evening, at)


def about_big(evening: Evening, at: int, _since: int, told: Told) -> Three:
    """Who they are to the shop, how long, and what is usual."""
    percent = max(1, round(100 * told["top_share"]))
    among = said(
        "Among the largest {percent} in 100 customers: bought for {amount} within a year.",
        percent=percent,
        amount=_money(evening, float(evening.seen.worth[at])),
    )
    return among, _silence(evening, at), _usual(evening, at)


def about_first(evening: Evening, at: int, since: int, told: Told) -> Three:
    """What they did once, how long ago, and what it was worth."""
    bought = bool(evening.seen.has_bought[at])
    once = (
        said("Bought once, on {day}, and not since.", day=as_date(since))
        if bought
        else said("Signed up on {day} and has not bought yet.", day=as_date(since))
    )
    passed = said(
        "{days} days have passed; this rule waits {limit}.",
        days=evening.day - since,
        limit=int(told["days"]),
    )
    return once, passed, _paid(evening, at)


def about_pace(evening: Evening, at: int, _since: int, told: Told) -> Three:
    """The pace now and before, how likely by chance, and what is at stake."""
    seen, days = evening.seen, int(told["days"])
    chance = evening.once(f"luck {days}", lambda: fewer_than_usual(seen, days)[0])
    expected = evening.once(f"pace {days}", lambda: fewer_than_usual(seen, days)[1])
    recent = int(seen.visits_since(seen.day - days)[at])
    fell = said(
        "Came on {recent} days in the last {days}; at their pace of before it would be {expected}.",
        recent=recent,
        days=days,
        expected=round(float(expected[at]), 1),
    )
    luck = said(
        "By chance alone so few would be seen {times} times in 1,000.",
        times=max(1, round(1000 * float(chance[at]))),
    )
    return fell, luck, _paid(evening, at)


def about_model(evening: Evening, at: int, _since: int, _told: Told) -> Three:
    """The chance now and before; what moved it, or what time alone explains and is at stake."""
    foreseen = evening.foreseen
    if foreseen is None or foreseen.before is None:
        return about_silence(evening, at, _since, _told)
    fell = said(
        "The chance that they are still a customer fell from {before} to {now} in 100 since {day}.",
        before=_hundredths(float(foreseen.alive_before[at])),
        now=_hundredths(float(foreseen.alive[at])),
        day=as_date(foreseen.before),
    )
    why = foreseen.why(evening.seen.past.people[at])
    if len(why) > 1:
        return fell, why[0], why[1]
    left = evening.once("explained", lambda: explained(evening))
    time = said(
        "Time alone would have left {expected} in 100.", expected=_hundredths(float(left[at]))
    )
    return fell, time, _stake(evening, at)


def about_chance(evening: Evening, at: int, since: int, told: Told) -> Three:
    """What moved the chance to buy; where that is not known, the chance, the silence, the stake."""
    if evening.foreseen is None:
        return about_silence(evening, at, since, told)
    chance = said(
        "The chance that they buy within the horizon is {now} in 100.",
        now=_hundredths(float(evening.foreseen.buy[at])),
    )
    why = evening.foreseen.why(evening.seen.past.people[at])
    usual = (chance, _stake(evening, at)) if why else (chance, _silence(evening, at))
    first, second, third = (*why, *usual, _stake(evening, at))[:3]
    return first, second, third


def about_complaint(evening: Evening, at: int, since: int, _told: Told) -> Three:
    """When it came, when the answer was due, and what is at stake."""
    person = evening.seen.past.people[at]
    theirs = [m for m in evening.known("complaint") if m.person == person]
    waiting = [mark for mark in theirs if not evening.is_over(mark)]
    came = min((mark.day for mark in waiting), default=since)
    return (
        said("A complaint of {day} waits for its answer.", day=as_date(came)),
        said("The answer was due on {day}.", day=as_date(since)),
        _paid(evening, at),
    )


def about_payment(evening: Evening, at: int, since: int, _told: Told) -> Three:
    """When it failed, how long it has been, and what is at stake."""
    return (
        said("A payment failed on {day}.", day=as_date(since)),
        said("It was not made in the {days} days since.", days=evening.day - since),
        _paid(evening, at),
    )


def about_booking(evening: Evening, at: int, since: int, _told: Told) -> Three:
    """When they did not come, what followed, and what is at stake."""
    return (
        said("Did not come on {day}, as booked.", day=as_date(since)),
        said("Has neither booked nor bought since."),
        _paid(evening, at),
    )


def about_pack(evening: Evening, at: int, since: int, told: Told) -> Three:
    """How much of the pack is left, when it was used, and that nothing is booked."""
    person = evening.seen.past.people[at]
    mark, used, _last = next(each for each in packs(evening) if each[0].person == person)
    return (
        said(
            "Used {used} of the {uses} of a pack bought on {day}.",
            used=used,
            uses=int(told["uses"]),
            day=as_date(mark.day),
        ),
        said("Last used or bought on {day}.", day=as_date(since)),
        said("No booking is known."),
    )


def _silence(evening: Evening, at: int) -> Sentence:
    seen = evening.seen
    return said(
        "Silent for {days} days, since {day}.",
        days=int(seen.silent[at]),
        day=as_date(int(seen.last[at])),
    )


def _usual(evening: Evening, at: int) -> Sentence:
    seen = evening.seen
    return said(
        "Usually comes every {gap} days; {visits} visits are known.",
        gap=max(1, round(float(seen.usual_gap[at]))),
        visits=int(seen.visits[at]),
    )


def _stake(evening: Evening, at: int) -> Sentence:
    amount = _money(evening, float(evening.value[at]))
    return said("Still expected of them: a profit of {amount}.", amount=amount)


def _paid(evening: Evening, at: int) -> Sentence:
    amount = _money(evening, float(evening.seen.worth[at]))
    return said("Bought for {amount} within a year.", amount=amount)


def _money(evening: Evening, amount: float) -> Money:
    return Money(round(amount), evening.currency)


def _hundredths(chance: float) -> int:
    """A chance in hundredths: never 100 and never 0, for nothing is certain here."""
    return int(np.clip(round(100 * chance), 1, 99))
