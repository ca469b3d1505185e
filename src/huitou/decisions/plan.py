"""The plan: one act a person, drafted before anything happens, to be read and then approved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.acts import ACTS, Act
from huitou.decisions.allocate import allocate
from huitou.decisions.audience import Audience, FloatArray
from huitou.decisions.bound import blocked, bounds
from huitou.decisions.draft import Drafted, write_receipts
from huitou.decisions.effects.contract import Effects
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.playbook import PLAYBOOK
from huitou.decisions.price import price
from huitou.decisions.receipts import HELD_OUT
from huitou.ground.ids import fingerprint

KINSHIP = 0.5
"""Correlation of the errors of two kinds of act: their first guesses came from one hand."""


@dataclass(frozen=True)
class Plan:
    """What is to be done, for everybody. Nothing happens until it is approved and applied.

    Every total is a sum over the receipts. The interval is the 90 % interval of the *sum*: the
    guesses about an act are wrong for all who get it at once, so it does not shrink with people.
    """

    as_of: date
    limits: Limits
    holdout: Holdout
    receipts: pa.Table
    """`RECEIPTS`, one row a person, act or no act."""
    gain_low: int
    gain_high: int
    money_price: float
    """Profit that the last coin of the budget returns; 0 where the budget does not bind."""
    time_price: float
    """Profit that one more minute of staff would bring; 0 where the hours do not bind."""
    gap: float
    """How far, relatively, the allocation may lie below the best possible."""
    effects: str
    """Version of the effects it rests on."""
    trust: float = 1.0
    """Share of the gain that may be expected, by what earlier promises of the shop kept."""

    @cached_property
    def gain(self) -> int:
        """Expected incremental profit, after all costs."""
        return self._sum("gain")

    @property
    def expected(self) -> int:
        """The gain, shrunk by what earlier promises kept."""
        return round(self.gain * min(self.trust, 1.0))

    @cached_property
    def cost(self) -> int:
        """Expected money out of pocket: the sum of the receipts."""
        return self._sum("cost")

    @cached_property
    def worst_cost(self) -> int:
        """What it costs when everybody takes what was offered, in full."""
        return self._sum("worst_cost")

    @cached_property
    def staff_minutes(self) -> int:
        """Staff time, rounded up to whole minutes."""
        return math.ceil(pc.sum(self.receipts["staff_minutes"]).as_py() or 0)

    @cached_property
    def acts(self) -> Mapping[str, int]:
        """How many people get each kind of act, *nothing* included."""
        counted = pc.value_counts(self.receipts["act"]).to_pylist()
        return MappingProxyType({row["values"]: row["counts"] for row in counted})

    @cached_property
    def held_out(self) -> int:
        """How many people the hold-out leaves alone."""
        return int(pc.sum(pc.equal(self.receipts["arm"], HELD_OUT)).as_py() or 0)

    @property
    def people(self) -> int:
        """How many people have a receipt: all of them."""
        return int(self.receipts.num_rows)

    def digest(self) -> str:
        """A fingerprint of every receipt: equal input replays to the same 64 hex digits."""
        ordered = self.receipts.sort_by("person_id")
        parts: list[bytes | str] = [self.as_of.isoformat(), repr(self.limits), repr(self.holdout)]
        for name in ordered.column_names:
            column = ordered[name].combine_chunks()
            parts += [name, _bytes_of(column)]
        return fingerprint(*parts)

    def _sum(self, name: str) -> int:
        return int(pc.sum(self.receipts[name]).as_py() or 0)


def draft(
    people: pa.Table,
    limits: Limits,
    holdout: Holdout,
    as_of: date,
    acts: Mapping[str, Act] = ACTS,
    effects: Effects = PLAYBOOK,
) -> Plan:
    """Draft the plan for these people.

    The hold-out is drawn before anything else. Then the acts are allocated among *everybody*, and
    the held-out get nothing instead: who is meant an act does not depend on the lot, so treated and
    held out can be compared person by person. The price is that their share of the budget stays in
    the purse.

    Args:
        people: customers with scores and stage, plus exposure, consent and keys; the columns are
            those of `audience.REQUIRED`, and the optional ones of `Audience.of`. One row a person.
        limits: money, staff time, bound, contact costs.
        holdout: the lot.
        as_of: the last day known; printed, never used to look ahead.
        acts: what may be done; the first must be *nothing*.
        effects: what each act is believed to move; first guesses where nothing was learned.

    Raises:
        HuitouError: when a required column is absent.
    """
    audience = Audience.of(people)
    held = holdout.mask(audience.hold_key)
    listed = tuple(acts.values())
    priced = price(audience, listed, effects, limits)
    bound = bounds(audience, limits)
    barred, rules = blocked(audience, listed, limits)
    owed = audience.exposure[:, None] + priced.worst_cost
    beyond = (owed > bound[:, None]) & (priced.worst_cost > 0)
    allowed = ~(barred | beyond)
    found = allocate(
        np.where(allowed, priced.gain, -np.inf),
        (priced.cost.astype(np.float64), priced.minutes),
        np.array([float(limits.budget), limits.staff_minutes]),
    )
    drafted = Drafted(
        audience,
        listed,
        priced,
        held,
        found.choice,
        allowed,
        beyond,
        rules,
        bound,
        letters=effects.letters,
    )
    receipts = write_receipts(drafted)
    gain, half = int(pc.sum(receipts["gain"]).as_py() or 0), half_width(drafted)
    return Plan(
        as_of=as_of,
        limits=limits,
        holdout=holdout,
        receipts=receipts,
        gain_low=gain - half,
        gain_high=gain + half,
        money_price=float(found.prices[0]),
        time_price=float(found.prices[1]),
        gap=found.gap,
        effects=effects.version,
    )


def half_width(drafted: Drafted) -> int:
    """Half-width of the 90 % interval of the total gain.

    Errors of one kind of act add up in full over people; those of two kinds are correlated by
    `KINSHIP`; an error in the level of the forecast is shared by everybody.
    """
    rows = np.flatnonzero(~drafted.held)
    choice = drafted.choice[rows]
    effect = drafted.priced.half_effect[rows, choice]
    worth = float(drafted.priced.half_worth[rows, choice].sum())
    kinds = np.array([act.kind for act in drafted.acts])[choice]
    by_kind: FloatArray = np.array([effect[kinds == kind].sum() for kind in np.unique(kinds)])
    shared, own = KINSHIP * by_kind.sum() ** 2, (1 - KINSHIP) * (by_kind**2).sum()
    return math.ceil(math.sqrt(shared + own + worth**2))


def _bytes_of(column: pa.Array) -> bytes:
    """A column as bytes that do not depend on chunks or on Arrow's buffers."""
    if pa.types.is_string(column.type):
        return "\x1f".join("\x00" if text is None else text for text in column.to_pylist()).encode()
    filled = pc.fill_null(column, pa.scalar(0).cast(column.type))
    return np.ascontiguousarray(filled.to_numpy(zero_copy_only=False)).tobytes()
