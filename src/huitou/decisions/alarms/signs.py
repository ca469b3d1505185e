"""When a rule rings: one short function a rule, over arrays of everybody at once.

    sign(evening, {"days": 30, …}) -> Sign(fires, since)

`since` is the day on which began what the rule rings about, such as the silence: a rule that rang
on that day or later does not ring again for the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from huitou.decisions.alarms.past import Evening, Floats, Index, Mark, Seen, Truths

Told = Mapping[str, float]


@dataclass(frozen=True)
class Sign:
    """Whom a rule rings for, and since when what it rings about has been going on."""

    fires: Truths
    since: Index


def silent_for(evening: Evening, told: Told) -> Sign:
    """No purchase in `days` days, the one number for all that every other rule must beat."""
    seen = evening.seen
    late = _lately(seen, np.full(len(seen.past), told["days"]), told)
    share = told["top_share"]
    worth = evening.once(f"worthiest {share}", lambda: seen.worthiest(share))
    return Sign(late & worth, seen.last)


def no_visit(evening: Evening, told: Told) -> Sign:
    """Bought once, or signed up, and not seen in the `days` days after."""
    seen = evening.seen
    since = np.where(seen.visits == 1, seen.last, -1)
    for mark in evening.known("signed_up"):
        at = evening.place.get(mark.person)
        if at is not None and not seen.has_bought[at]:
            since[at] = mark.day
    late = evening.day - since - told["days"]
    return Sign((since >= 0) & (late >= 0) & (late <= told["fresh"]), since)


def chance_by_now(seen: Seen, ago: int = 0) -> Floats:
    """Share of the shop's silences that ended which had ended by now, each by its owner's gap.

    A silence is measured in usual gaps of whoever is silent; the shop's own past says how long
    such silences last when they end. With `ago` the same so many days earlier in the silence.
    """
    ratio = np.maximum(seen.silent - ago, 0) / np.maximum(seen.usual_gap, 1e-9)
    ended = seen.ended_silences
    if not len(ended):
        return np.zeros(len(ratio))
    below = np.searchsorted(ended, ratio, side="right") / len(ended)
    return np.where(seen.has_bought, below, 0.0)


def rhythm_overdue(evening: Evening, told: Told) -> Sign:
    """Silent for longer than their own rhythm explains, and worth a bell."""
    seen = evening.seen
    fires = (chance_by_now(seen) >= told["chance"]) & (seen.visits >= told["visits"])
    # It crossed the line lately: on the evening `fresh` days ago it had not.
    before = chance_by_now(seen, int(told["fresh"]) + 1) < told["chance"]
    return Sign(fires & before & seen.worthiest(told["top_share"]), seen.last)


def big_silent(evening: Evening, told: Told) -> Sign:
    """One of the largest customers, silent for `gaps` of their usual gaps."""
    seen = evening.seen
    line = np.maximum(told["gaps"] * seen.usual_gap, told["days"])
    return Sign(_lately(seen, line, told) & seen.worthiest(told["top_share"]), seen.last)


def usage_falling(evening: Evening, told: Told) -> Sign:
    """Still comes, but on fewer days than their own pace explains."""
    seen, days = evening.seen, int(told["days"])
    chance, _expected = fewer_than_usual(seen, days)
    recent = seen.visits_since(seen.day - days)
    fires = (chance <= told["chance"]) & (recent > 0) & seen.worthiest(told["top_share"])
    return Sign(fires, np.full(len(seen.past), seen.day - days))


def fewer_than_usual(seen: Seen, days: int) -> tuple[Floats, Floats]:
    """(chance of so few visits in the last `days` at the old pace, visits expected in them).

    Given all visits after the first, each fell into the recent days with the chance that these
    days are of all days: the exact binomial test of two Poisson rates, one-sided.
    """
    recent = seen.visits_since(seen.day - days).astype(np.float64)
    earlier_days = np.maximum(seen.day - days - seen.first, 0).astype(np.float64)
    earlier = np.maximum(seen.visits - 1 - recent, 0.0)
    share = days / (days + earlier_days)
    tested = seen.has_bought & (earlier_days >= days) & (recent <= seen.visits - 1)
    # The binomial's distribution function as the incomplete beta: P(X <= recent) of all visits.
    below = betainc(np.maximum(earlier, 1e-9), recent + 1.0, 1.0 - share)
    chance = np.where(tested & (earlier > 0), below, 1.0)
    return chance, earlier / np.maximum(earlier_days, 1.0) * days


def model_drop(evening: Evening, told: Told) -> Sign:
    """The forecast lost faith in a customer faster than time alone explains."""
    seen, foreseen = evening.seen, evening.foreseen
    nobody = np.zeros(len(seen.past), dtype=bool)
    if foreseen is None or foreseen.before is None:
        return Sign(nobody, seen.last)
    drop = explained(evening) - foreseen.alive
    fires = np.nan_to_num(drop, nan=0.0) >= told["drop"]
    return Sign(fires & seen.worthiest(told["top_share"]), seen.last)


def forecast_low(evening: Evening, told: Told) -> Sign:
    """The forecast gives them little chance to buy within the horizon."""
    seen, foreseen = evening.seen, evening.foreseen
    if foreseen is None:
        return Sign(np.zeros(len(seen.past), dtype=bool), seen.last)
    low = np.nan_to_num(foreseen.buy, nan=1.0) < told["chance"]
    hoped = np.nan_to_num(foreseen.buy_before, nan=1.0) >= told["chance"]
    return Sign(low & hoped & seen.worthiest(told["top_share"]), seen.last)


def explained(evening: Evening) -> Floats:
    """The chance to be a customer that time alone would have left of the one before.

    The chance is a fair game: over everybody it changes only by those who leave meanwhile, and by
    what a new fit has learned. So the change of its sum is what time explains.
    """
    foreseen = evening.foreseen
    if foreseen is None:
        return np.full(len(evening.seen.past), np.nan)
    both = np.isfinite(foreseen.alive) & np.isfinite(foreseen.alive_before)
    before = float(foreseen.alive_before[both].sum())
    kept = float(foreseen.alive[both].sum()) / before if before > 0 else 1.0
    return np.minimum(foreseen.alive_before * min(kept, 1.0), 1.0)


def complaint_overdue(evening: Evening, told: Told) -> Sign:
    """A complaint is open, and its answer was due."""
    sign = _nobody(evening)
    for mark in evening.known("complaint"):
        due = mark.due if mark.due is not None else mark.day + int(told["days"])
        if not evening.is_over(mark) and due <= evening.day:
            _ring(evening, sign, mark, due)
    return sign


def payment_failed(evening: Evening, told: Told) -> Sign:
    """A payment failed and was not made since."""
    seen, sign = evening.seen, _nobody(evening)
    for mark in evening.known("payment_failed"):
        late = evening.day - mark.day - told["days"]
        at = evening.place.get(mark.person)
        waits = at is not None and not evening.is_over(mark) and seen.last[at] <= mark.day
        if waits and 0 <= late <= told["fresh"]:
            _ring(evening, sign, mark, mark.day)
    return sign


def no_show(evening: Evening, told: Told) -> Sign:
    """Did not come when booked; neither booked nor bought since."""
    seen, sign = evening.seen, _nobody(evening)
    for mark in evening.known("no_show"):
        late = evening.day - mark.day - told["days"]
        at = evening.place.get(mark.person)
        gone = at is not None and seen.last[at] <= mark.day
        if gone and 0 <= late <= told["fresh"] and not booked_after(evening, mark, mark.day):
            _ring(evening, sign, mark, mark.day)
    return sign


def pack_unfinished(evening: Evening, told: Told) -> Sign:
    """A pack is not used up, was not used for `days` days, and nothing is booked."""
    sign = _nobody(evening)
    for mark, used, last_used in packs(evening):
        late = evening.day - last_used - told["days"]
        if (
            used < told["uses"]
            and 0 <= late <= told["fresh"]
            and not booked_after(evening, mark, evening.day)
        ):
            _ring(evening, sign, mark, last_used)
    return sign


def packs(evening: Evening) -> list[tuple[Mark, int, int]]:
    """Each person's latest pack with how often, and on which day last, it was used."""
    sold = {mark.person: mark for mark in evening.known("pack_sold")}
    used: dict[str, list[int]] = {}
    for mark in evening.known("pack_used"):
        if mark.person in sold and mark.day >= sold[mark.person].day:
            used.setdefault(mark.person, []).append(mark.day)
    return [
        (mark, len(used.get(who, ())), max(used.get(who, (mark.day,))))
        for who, mark in sold.items()
    ]


def booked_after(evening: Evening, mark: Mark, day: int) -> bool:
    """Whether by this evening a booking of that person for after `day` was known."""
    return any(
        each.person == mark.person and each.known <= evening.day and each.day > day
        for each in evening.marks
        if each.kind == "booking"
    )


def _lately(seen: Seen, line: Floats, told: Told) -> Truths:
    """Whose silence crossed `line` days within the last `fresh` days."""
    late = seen.silent - line
    return seen.has_bought & (late >= 0) & (late <= told["fresh"])


def _nobody(evening: Evening) -> Sign:
    people = len(evening.seen.past)
    return Sign(np.zeros(people, dtype=bool), np.full(people, -1, dtype=np.int64))


def _ring(evening: Evening, sign: Sign, mark: Mark, since: int) -> None:
    """Ring for a mark's person; of several the latest counts."""
    at = evening.place.get(mark.person)
    if at is not None:
        sign.fires[at] = True
        sign.since[at] = max(int(sign.since[at]), since)
