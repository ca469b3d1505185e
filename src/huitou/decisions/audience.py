"""The people a plan is drafted for, as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.ground.errors import HuitouError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

REQUIRED = (
    "person_id",
    "stage",
    "p_alive",
    "p_buy",
    "spend",
    "value",
    "value_low",
    "value_high",
    "value_if_kept",
    "margin_rate",
)
"""Columns without which nothing can be decided. The rest have careful defaults."""

TRAITS = ("recency", "orders", "tenure", "lateness", "basket", "momentum")
"""What is known of each person that acts may depend on, all on a scale of logarithms: days since
the last purchase, purchases so far, days since the first, recency as a multiple of the usual gap,
what they usually spend, purchases of the last sixteen weeks against the sixteen before."""
TRAITS_FROM = ("x", "t_x", "T", "typical_gap", "spend_mean", "bought_lately", "bought_before")
"""The columns that they come from (`facts.contract.CUSTOMERS`)."""
LEAST_GAP = 7.0
"""A usual gap counts as at least so many days."""

NEVER = 10**6
"""Days since the last contact of somebody never addressed."""


@dataclass(frozen=True)
class Audience:
    """People in a fixed order, one array a column. Amounts are minor units."""

    person_id: tuple[str, ...]
    hold_key: tuple[str, ...]
    """The oldest key of each person: what the hold-out lot hashes."""
    stage: NDArray[np.str_]
    cause: NDArray[np.str_]
    """First suspect of why they left; `unknown` where there is none."""
    suspicion: FloatArray
    """Posterior of that cause, in [0, 1]."""
    p_alive: FloatArray
    p_buy: FloatArray
    spend: FloatArray
    margin_rate: FloatArray
    value: FloatArray
    value_low: FloatArray
    value_high: FloatArray
    value_if_kept: FloatArray
    exposure: IntArray
    """All that we owe or have offered the person already."""
    may_mail: BoolArray
    may_email: BoolArray
    may_call: BoolArray
    open_case: BoolArray
    open_complaint: BoolArray
    """Whether they wait for an answer: nothing that sells reaches them meanwhile."""
    not_for_now: BoolArray
    """Whether they said why they are not to be chased, and the date to look again has not come."""
    not_by_traits: BoolArray
    """Whether they want no offer that is chosen from what they bought."""
    mended: BoolArray
    """Whether what hurt them was mended since, and they were not told."""
    return_rests: BoolArray
    """Whether they were offered to come back of late, and are offered nothing of it again yet."""
    in_test: BoolArray
    """Whether a planned test still runs for them: nothing else is done with them meanwhile."""
    quiet_for: IntArray
    """Days since they were last addressed; `NEVER` where they were not."""
    contacts: IntArray
    """How often they were addressed within the last 90 days."""
    silent_since: NDArray[np.datetime64]
    """The day they asked to be left alone on every channel; NaT where they did not."""
    never_since: NDArray[np.datetime64]
    """The day staff marked them as not to be chased at all; NaT where nobody did."""
    let_go_until: NDArray[np.datetime64]
    """Until when they were let go, and are given nothing; NaT where nobody decided so."""
    rests_until: NDArray[np.datetime64]
    """The date to look again, where they are not to be chased before it; NaT elsewhere."""
    traits: FloatArray
    """As in `TRAITS` (n, 6), NaN where unknown; (n, 0) where the people come without them."""

    def __len__(self) -> int:
        """How many people there are."""
        return len(self.person_id)

    @cached_property
    def basket(self) -> float:
        """The middle one of what people usually spend on an order: amounts for all go by it.

        A red packet or a voucher is one amount for everybody, so that it reads the same for all.
        """
        return usual_basket(self.spend)

    @classmethod
    def of(cls, people: pa.Table) -> Audience:
        """Read the customers with their scores, stage, exposure and consent.

        Absent columns mean: no exposure, no consent for any channel, no open case, never
        addressed, no suspected cause, nothing mended. A null number counts as 0, a null consent as
        *no*.

        Raises:
            HuitouError: when one of `REQUIRED` is absent.
        """
        absent = [name for name in REQUIRED if name not in people.column_names]
        if absent:
            raise HuitouError(f"people cannot be planned for without: {', '.join(absent)}")
        read = _Columns(people)
        person_id = tuple(people["person_id"].to_pylist())
        return cls(
            person_id=person_id,
            hold_key=read.keys(person_id),
            stage=read.text("stage", "active"),
            cause=read.text("cause", "unknown"),
            suspicion=np.clip(read.number("posterior"), 0.0, 1.0),
            p_alive=np.clip(read.number("p_alive"), 0.0, 1.0),
            p_buy=np.clip(read.number("p_buy"), 0.0, 1.0),
            spend=np.maximum(read.number("spend"), 0.0),
            margin_rate=np.clip(read.number("margin_rate"), 0.0, 1.0),
            value=read.number("value"),
            value_low=read.number("value_low"),
            value_high=read.number("value_high"),
            value_if_kept=np.maximum(read.number("value_if_kept"), 0.0),
            exposure=read.whole("exposure"),
            may_mail=read.flag("may_mail"),
            may_email=read.flag("may_email"),
            may_call=read.flag("may_call"),
            open_case=read.flag("open_case"),
            open_complaint=read.flag("open_complaint"),
            not_for_now=read.flag("not_for_now"),
            not_by_traits=read.flag("not_by_traits"),
            mended=read.flag("mended"),
            return_rests=read.flag("return_rests"),
            in_test=read.flag("in_test"),
            quiet_for=read.whole("contacted_days_ago", absent=NEVER),
            contacts=read.whole("contacts"),
            silent_since=read.day("silent_since"),
            never_since=read.day("never_since"),
            let_go_until=read.day("let_go_until"),
            rests_until=read.day("rests_until"),
            traits=traits_of(people),
        )


def usual_basket(spend: FloatArray) -> float:
    """The middle one of what people usually spend on an order; who spends nothing is left out."""
    spent = spend[spend > 0]
    return float(np.median(spent)) if len(spent) else 0.0


def traits_of(people: pa.Table) -> FloatArray:
    """The traits of people with the columns `TRAITS_FROM`; without these none are known."""
    if any(name not in people.column_names for name in TRAITS_FROM):
        return np.zeros((people.num_rows, 0))
    told = [people[name].cast(pa.float64(), safe=False).to_numpy() for name in TRAITS_FROM]
    again, last, tenure, gap, spent, late, early = (each.astype(np.float64) for each in told)
    recency = np.maximum(tenure - last, 0.0)
    return np.column_stack(
        [
            np.log1p(recency),
            np.log1p(np.maximum(again, 0.0)),
            np.log1p(np.maximum(tenure, 0.0)),
            np.log1p(recency / np.maximum(gap, LEAST_GAP)),
            np.log(np.maximum(spent, 1.0)),
            np.log((1.0 + np.maximum(late, 0.0)) / (1.0 + np.maximum(early, 0.0))),
        ]
    )


@dataclass(frozen=True)
class _Columns:
    """Reads columns of a table, each with what stands in for an absent or null one."""

    table: pa.Table

    def number(self, name: str) -> FloatArray:
        found = self._filled(name, pa.float64(), 0.0)
        return np.nan_to_num(found.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)

    def whole(self, name: str, absent: int = 0) -> IntArray:
        found: IntArray = self._filled(name, pa.int64(), absent).astype(np.int64)
        return found

    def flag(self, name: str) -> BoolArray:
        found: BoolArray = self._filled(name, pa.bool_(), False).astype(np.bool_)
        return found

    def day(self, name: str) -> NDArray[np.datetime64]:
        if name not in self.table.column_names:
            return np.full(self.table.num_rows, np.datetime64("NaT"), dtype="datetime64[D]")
        days = self.table[name].cast(pa.date32()).to_pylist()
        return np.array(days, dtype="datetime64[D]")

    def text(self, name: str, absent: str) -> NDArray[np.str_]:
        return np.asarray(self._filled(name, pa.string(), absent), dtype=np.str_)

    def keys(self, person_id: tuple[str, ...]) -> tuple[str, ...]:
        if "hold_key" not in self.table.column_names:
            return person_id
        given = self.table["hold_key"].to_pylist()
        return tuple(key or person for key, person in zip(given, person_id, strict=True))

    def _filled(self, name: str, kind: pa.DataType, absent: Any) -> NDArray[Any]:
        if name not in self.table.column_names:
            return np.full(self.table.num_rows, absent)
        column = pc.fill_null(self.table[name].cast(kind, safe=False), absent)
        return np.asarray(column.to_numpy())
