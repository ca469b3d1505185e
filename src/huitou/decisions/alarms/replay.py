"""Replaying a rule on the shop's own past, before it is switched on.

Each week of the past the rule sees what was known that evening. An alarm that rings again for the
same silence is one alarm. A ring was right where no purchase followed within the horizon; it was in
time where it came before the evening on which the forecast judged that silence lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from huitou.decisions.alarms.judged import NEVER, WEEK, Judged, evenings
from huitou.decisions.alarms.past import Evening, Foreseen, Index, Mark, Past, Seen, Truths
from huitou.decisions.alarms.ring import in_order
from huitou.decisions.alarms.rules import PEER, Rule
from huitou.ground.words import Sentence, said
from huitou.stats.intervals import Interval, wilson

MONTH_WEEKS = 4
"""The forecast is compared with the one a month before: from week to week little changes."""
FEW = 5
"""Below so many rings a week the sentence counts all of them: `0 of 1` would say nothing."""
MOST_REPLAYED = 20_000
"""So many customers, evenly picked, tell how a rule behaves; rings are scaled up to all."""


@dataclass(frozen=True)
class Rings:
    """Every first ring of a rule over the past, in order."""

    day: Index
    who: Index
    row: Index
    """The purchase day after which the silence began; NEVER where nothing was bought."""


@dataclass(frozen=True)
class Replay:
    """How a rule would have done."""

    rule: str
    told: Mapping[str, float]
    weeks: int
    horizon_days: int
    rings: int
    left: int
    """Rings after which no purchase followed within the horizon."""
    losses: int
    """Silences judged lost in these weeks, after which indeed no purchase followed."""
    caught: int
    """Of those losses the ones that had rung by the evening of the judgement."""
    lead: tuple[float, float, float] | None
    """Days from the ring to the judgement, over rings that were right and judged: lower quarter,
    middle, upper quarter. Below zero the judgement came first. None where there is no such ring."""
    scale: float = 1.0
    """Customers for each one replayed."""
    is_blind: bool = False
    """Whether the past holds nothing of what the rule looks at."""
    by_month: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    """Rings and those of them that were right, four weeks at a time."""

    @property
    def per_week(self) -> float:
        """Rings a week, over all customers."""
        return self.scale * self.rings / self.weeks if self.weeks else 0.0

    @property
    def precision(self) -> float | None:
        """Share of rings that were right; None where it never rang."""
        return self.left / self.rings if self.rings else None

    @property
    def interval(self) -> Interval:
        """Of the precision; rings are taken as independent."""
        return wilson(self.left, self.rings)

    @property
    def recall(self) -> float | None:
        """Share of losses that had rung in time; None where there were none."""
        return self.caught / self.losses if self.losses else None

    @property
    def words(self) -> Sentence:
        """The sentence to read before the switch is turned."""
        if not self.weeks:
            return said("The shop’s past is too short to replay this rule.")
        if self.is_blind:
            return said("Nothing that this rule looks at has been told here yet.")
        if not self.rings:
            return said("In {weeks} weeks this would never have rung.", weeks=self.weeks)
        left, told = self._in_short()
        low, high = (round(100 * end) for end in (self.interval.low, self.interval.high))
        values = {"low": low, "high": high, "left": left, "told": told}
        if round(self.per_week) <= 1:
            text = said(
                "In {weeks} weeks this would have rung {rings} times; {left} of {told} had left"
                " (between {low} and {high} %, 19 times out of 20).",
                weeks=self.weeks, rings=self.rings, **values,
            )  # fmt: skip
            return text
        return said(
            "This would have rung {times} times a week; {left} of {told} had left"
            " (between {low} and {high} %, 19 times out of 20).",
            times=round(self.per_week), **values,
        )  # fmt: skip

    def _in_short(self) -> tuple[int, int]:
        """Of a week's rings how many had left; of all of them where they are few."""
        week = round(self.per_week)
        if week < FEW or self.precision is None:
            return self.left, self.rings
        return round(week * self.precision), week


def replay(
    past: Past,
    rule: Rule,
    chosen: Mapping[str, float] | None,
    judged: Judged,
    horizon_days: int,
    marks: Sequence[Mark] = (),
    scale: float = 1.0,
) -> Replay:
    """Replay a rule over every evening that was judged."""
    told = rule.told(chosen)
    every = _evenings(past, judged, marks, needs_forecast="forecast" in rule.needs)
    rings = rung(past, rule, told, every)
    right = _none_followed(past, rings.who, rings.day, horizon_days)
    losses, in_time, lead = _against_judgement(past, rings, right, judged, horizon_days)
    return Replay(
        rule=rule.name,
        told=told,
        weeks=len(judged.evenings),
        horizon_days=horizon_days,
        rings=len(rings.day),
        left=int(right.sum()),
        losses=losses,
        caught=in_time,
        lead=lead,
        scale=scale,
        is_blind="purchases" not in rule.needs and not marks,
        by_month=_by_month(rings, right, judged.evenings),
    )


def rung(past: Past, rule: Rule, told: Mapping[str, float], every: Iterable[Evening]) -> Rings:
    """The first rings of a rule, evening by evening, with no more new ones than it may bring."""
    last_ring = np.full(len(past), np.iinfo(np.int64).min, dtype=np.int64)
    days, people, rows = [], [], []
    for evening in every:
        sign = rule.sign(evening, told)
        new = np.flatnonzero(sign.fires & (last_ring < sign.since))
        new = in_order(evening, new)[: int(told["most"])]
        last_ring[new] = evening.day
        days.append(np.full(len(new), evening.day, dtype=np.int64))
        people.append(new)
        rows.append(np.where(evening.seen.has_bought[new], evening.seen.end[new] - 1, NEVER))
    return Rings(_joined(days), _joined(people), _joined(rows))


def _evenings(
    past: Past, judged: Judged, marks: Sequence[Mark] = (), *, needs_forecast: bool = False
) -> Iterator[Evening]:
    for at, day in enumerate(judged.evenings.tolist()):
        if needs_forecast and at < MONTH_WEEKS:
            continue
        foreseen = _foreseen(judged, at) if needs_forecast else None
        yield Evening(Seen(past, day), marks, foreseen)


def _foreseen(judged: Judged, at: int) -> Foreseen:
    before = at - MONTH_WEEKS
    return Foreseen(
        alive=judged.alive[at],
        alive_before=judged.alive[before],
        before=int(judged.evenings[before]),
        buy=judged.buy[at],
        buy_before=judged.buy[before],
        value=np.full(judged.alive.shape[1], np.nan),
    )


def _none_followed(past: Past, who: Index, day: Index, horizon_days: int) -> Truths:
    """Whether no purchase came in the `horizon_days` after each (person, day)."""
    right = np.zeros(len(who), dtype=bool)
    for each in np.unique(day):
        there = day == each
        followed = past.upto(int(each) + horizon_days) - past.upto(int(each))
        right[there] = followed[who[there]] == 0
    return right


def _against_judgement(
    past: Past, rings: Rings, right: Truths, judged: Judged, horizon_days: int
) -> tuple[int, int, tuple[float, float, float] | None]:
    """(losses, those that had rung in time, lead in days of the rings that were right)."""
    rung_on = np.full(len(past.day), np.iinfo(np.int64).max, dtype=np.int64)
    silences = rings.row >= 0
    np.minimum.at(rung_on, rings.row[silences], rings.day[silences])
    lost = np.flatnonzero(judged.lost_on != NEVER)
    owner = np.searchsorted(past.start, lost, side="right") - 1
    real = lost[_none_followed(past, owner, judged.lost_on[lost], horizon_days)]
    judgement = np.where(silences, judged.lost_on[np.maximum(rings.row, 0)], NEVER)
    known = right & (judgement != NEVER)
    lead = (judgement - rings.day)[known].astype(np.float64)
    caught = int((rung_on[real] <= judged.lost_on[real]).sum())
    if not len(lead):
        return len(real), caught, None
    low, middle, high = np.quantile(lead, (0.25, 0.5, 0.75)).tolist()
    return len(real), caught, (low, middle, high)


def matched(past: Past, judged: Judged, like: Replay) -> Replay:
    """The one-number rule, with the days at which it rings about as often, for the same people."""
    share = like.told.get("top_share", 1.0)
    every = list(_evenings(past, judged))  # each is asked again for every number that is tried
    few, many = 1, 365
    while many - few > 1:
        middle = (few + many) // 2
        often = len(rung(past, PEER, _peer(middle, share), every).day) > like.rings
        few, many = (middle, many) if often else (few, middle)
    days = like.horizon_days
    tried = [replay(past, PEER, _peer(each, share), judged, days) for each in (few, many)]
    return min(tried, key=lambda each: abs(each.rings - like.rings))


def peer(past: Past, judged: Judged, horizon_days: int, days: int = 90) -> Replay:
    """No purchase in 90 days, for everybody."""
    return replay(past, PEER, _peer(days, 1.0), judged, horizon_days)


def _peer(days: int, share: float) -> dict[str, float]:
    return PEER.told({"days": days, "top_share": share, "most": 100_000})


def _by_month(rings: Rings, right: Truths, days: Index) -> tuple[tuple[int, int], ...]:
    """Rings, and the right ones among them, over each four weeks of the past."""
    if not len(days):
        return ()
    edges = np.arange(days[0], days[-1] + 4 * WEEK + 1, 4 * WEEK)
    found = []
    for start, end in pairwise(edges.tolist()):
        there = (rings.day >= start) & (rings.day < end)
        found.append((int(there.sum()), int((there & right).sum())))
    return tuple(found)


def _joined(parts: list[Index]) -> Index:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


__all__ = [
    "MOST_REPLAYED", "Replay", "Rings", "evenings", "matched", "peer", "replay", "rung",
]  # fmt: skip
