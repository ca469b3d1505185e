"""From an allocation to receipts: every number that led to a decision, kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from huitou.decisions.acts import Act
from huitou.decisions.audience import Audience, BoolArray, FloatArray, IntArray
from huitou.decisions.explore import Draw
from huitou.decisions.fair import kept_above, open_among, steps_of
from huitou.decisions.holdout import PROGRAMME, UNIVERSAL
from huitou.decisions.out import Out, fits
from huitou.decisions.price import Priced, reached_by
from huitou.decisions.receipts import HELD_OUT, RECEIPTS, TREATED


@dataclass(frozen=True)
class Drafted:
    """All that is known when the acts have been chosen. Rows are people, columns acts."""

    people: Audience
    acts: tuple[Act, ...]
    priced: Priced
    held: BoolArray
    choice: IntArray
    """The act meant for each person, held out or not."""
    draw: Draw
    """What the lot then gave."""
    test: NDArray[np.object_]
    """The test each person is in, or None."""
    allowed: BoolArray
    beyond: BoolArray
    """Acts that the value bound forbids."""
    unsure: BoolArray
    """Acts that would lose money at the lower end of what is believed: given by lot alone, in a
    test or to learn."""
    out: Out
    """The rule that keeps each person from being addressed, and its date."""
    bound: IntArray
    letters: Mapping[str, int] = field(default_factory=dict)
    """Of the shop's own letters, how many the effect of each kind of act rests on."""

    @cached_property
    def free(self) -> FloatArray:
        """(people, acts) gain of what may be chosen freely: open acts for the highest step alone.

        −inf for all else: barred, above the bound, not sure to pay.
        """
        sure = np.where(self.allowed & ~self.unsure, self.priced.gain, -np.inf)
        return kept_above(sure, steps_of(self.people), self.out.reachable, self.acts)

    @cached_property
    def names(self) -> NDArray[np.str_]:
        """Of the acts."""
        return np.array([act.name for act in self.acts])

    @cached_property
    def kinds(self) -> NDArray[np.str_]:
        """Of the acts."""
        return np.array([act.kind for act in self.acts])

    @cached_property
    def in_test(self) -> BoolArray:
        """Who is in a planned test."""
        return np.array([test is not None for test in self.test], dtype=np.bool_)

    @property
    def given(self) -> IntArray:
        """The act each person really gets: *nothing* for the held out and the control."""
        return self.draw.given

    @property
    def left_alone(self) -> BoolArray:
        """Who gets nothing by lot: the universal one, or that of this plan."""
        return self.held | self.draw.control


def write_receipts(drafted: Drafted) -> pa.Table:
    """One receipt a person, in the order of the people."""
    columns: dict[str, Any] = {
        **_about(drafted),
        **_meant(drafted),
        **_given(drafted),
        **_runner_up(drafted),
        **_sizes(drafted),
        "reason": _reasons(drafted),
    }
    return pa.table({field.name: columns[field.name] for field in RECEIPTS}, schema=RECEIPTS)


def _about(drafted: Drafted) -> dict[str, Any]:
    people, draw = drafted.people, drafted.draw
    lots = np.select([drafted.held, draw.control], [UNIVERSAL, PROGRAMME], "")
    return {
        "person_id": people.person_id,
        "hold_key": people.hold_key,
        "stage": people.stage.tolist(),
        "cause": people.cause.tolist(),
        "suspicion": people.suspicion,
        "arm": np.where(drafted.left_alone, HELD_OUT, TREATED).tolist(),
        "held_by": pa.array(lots.tolist(), mask=lots == ""),
        "test": pa.array(drafted.test.tolist(), pa.string()),
        "propensity": np.where(drafted.held, 1.0, draw.propensity),
        "explored": draw.explored,
        "chances": pa.array(draw.chances(drafted.names.tolist()), pa.string()),
        "p_buy": people.p_buy,
        "worth": _whole(drafted.priced.worth),
        "value": _whole(people.value),
        "exposure": people.exposure,
        "bound": drafted.bound,
        "rule": pa.array([rule or None for rule in drafted.out.rules.tolist()], pa.string()),
        "rule_day": pa.array(drafted.out.days, pa.date32()),
    }


def _meant(drafted: Drafted) -> dict[str, Any]:
    rows, choice = np.arange(len(drafted.people)), drafted.choice
    return {
        "intended": drafted.kinds[choice].tolist(),
        "intended_name": drafted.names[choice].tolist(),
        "intended_depth": _depths(drafted)[choice],
        "intended_gain": _whole(drafted.priced.gain[rows, choice]),
        "intended_cost": drafted.priced.cost[rows, choice],
        "intended_worst": drafted.priced.worst_cost[rows, choice],
    }


def _given(drafted: Drafted) -> dict[str, Any]:
    priced, given = drafted.priced, drafted.given
    rows = np.arange(len(given))
    gain = priced.gain[rows, given]
    half = priced.half[rows, given]
    return {
        "act": drafted.kinds[given].tolist(),
        "letters": [drafted.letters.get(kind, 0) for kind in drafted.kinds[given].tolist()],
        "act_name": drafted.names[given].tolist(),
        "depth": _depths(drafted)[given],
        "channel": _channels(drafted),
        "delta": priced.delta[rows, given],
        "p_taken": priced.p_taken[rows, given],
        "gain": _whole(gain),
        "gain_low": np.floor(gain - half).astype(np.int64),
        "gain_high": np.ceil(gain + half).astype(np.int64),
        "cost": priced.cost[rows, given],
        "attention": _whole(priced.attention[rows, given]),
        "worst_cost": priced.worst_cost[rows, given],
        "cap": priced.cap[rows, given],
        "staff_minutes": priced.minutes[rows, given],
        "least_order": priced.least[given],
    }


def _channels(drafted: Drafted) -> list[str]:
    by_act = np.column_stack([reached_by(drafted.people, act) for act in drafted.acts])
    found = by_act[np.arange(len(drafted.given)), drafted.given]
    return [str(channel) for channel in found]


def _runner_up(drafted: Drafted) -> dict[str, Any]:
    """The best act that was allowed, sure to pay and not given; None where there was none."""
    rows = np.arange(len(drafted.choice))
    sure = drafted.allowed & ~drafted.unsure
    others = np.where(sure, drafted.priced.gain, -np.inf)
    others[rows, drafted.choice] = -np.inf
    second = np.argmax(others, axis=1)
    gain = others[rows, second]
    there = np.isfinite(gain)
    return {
        "runner_up": pa.array(drafted.kinds[second].tolist(), mask=~there),
        "runner_up_name": pa.array(drafted.names[second].tolist(), mask=~there),
        "runner_up_depth": _depths(drafted)[second] * there,
        "runner_up_gain": _whole(np.where(there, gain, 0.0)),
    }


def _sizes(drafted: Drafted) -> dict[str, Any]:
    """The least and the most that an offer may take off where offers pay; None where none does."""
    open_to = ~drafted.out.barred & _is_offered(drafted)
    pays = open_to & (drafted.priced.gain > 0)
    sizes = drafted.priced.offered
    some = pays.any(axis=1)
    least = np.where(pays, sizes, np.iinfo(np.int64).max).min(axis=1)
    most = np.where(pays, sizes, 0).max(axis=1)
    return {
        "least_pays": pa.array(least, mask=~some),
        "most_pays": pa.array(most, mask=~some),
    }


def _is_offered(drafted: Drafted) -> BoolArray:
    return np.array([act.is_offered for act in drafted.acts])


def _reasons(drafted: Drafted) -> list[str]:
    """Why each person gets what they get; the first that holds."""
    gain = drafted.priced.gain
    sure = drafted.allowed & ~drafted.unsure
    common = sure & ~open_among(drafted.acts)
    rows = np.arange(len(drafted.choice))
    for_others = (drafted.choice > 0) & (gain[rows, drafted.choice] <= 0)
    would_pay = (np.where(common, gain, -np.inf) > 0).any(axis=1)
    kept_above = (np.where(sure, gain, -np.inf) > 0).any(axis=1)
    might_pay = (np.where(drafted.allowed, gain, -np.inf) > 0).any(axis=1)
    too_dear = (np.where(drafted.beyond & _open_to(drafted), gain, -np.inf) > 0).any(axis=1)
    reasons = np.select(
        [
            drafted.held,
            drafted.draw.control,
            drafted.in_test,
            drafted.draw.explored,
            *(for_others, drafted.choice > 0, would_pay, kept_above),
            *(~drafted.out.reachable, might_pay, too_dear),
        ],
        [
            *("held_out", "control", "test", "explored"),
            *("regulars_first", "best", "budget", "regulars_first"),
            *(drafted.out.rules, "unsure", "bound"),
        ],
        "nothing_pays",
    )
    found: list[str] = reasons.tolist()
    return found


def _open_to(drafted: Drafted) -> BoolArray:
    """Acts that nothing but the bound could forbid (n, acts)."""
    meant = [fits(drafted.people, act) for act in drafted.acts]
    reached = [reached_by(drafted.people, act) != "" for act in drafted.acts]
    both: BoolArray = np.column_stack(meant) & np.column_stack(reached)
    return both


def _depths(drafted: Drafted) -> FloatArray:
    return np.array([act.depth for act in drafted.acts])


def _whole(amount: FloatArray) -> IntArray:
    """Amounts as whole minor units, halves to the even neighbour."""
    return np.rint(amount).astype(np.int64)
