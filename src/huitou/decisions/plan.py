"""The plan: one act a person, drafted before anything happens, to be read and then approved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.acts import Act, in_use
from huitou.decisions.audience import Audience, BoolArray, IntArray
from huitou.decisions.balance import Balance, balanced
from huitou.decisions.bound import bounds
from huitou.decisions.doubt import half_of_sum
from huitou.decisions.draft import Drafted, write_receipts
from huitou.decisions.effects.contract import Effects
from huitou.decisions.explore import ALWAYS_BEST, Draw, Exploring, Urn, draw
from huitou.decisions.fair import allocate_fairly, open_among
from huitou.decisions.holdout import PROGRAMME, UNIVERSAL, Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.out import Out, who_is_out
from huitou.decisions.playbook import PLAYBOOK
from huitou.decisions.price import Priced, price, unsure_offers
from huitou.decisions.scarce import scarce
from huitou.decisions.trials import Enlisted, Trial, enlist
from huitou.ground.ids import fingerprint


@dataclass(frozen=True)
class Promise:
    """What the control group of one plan can hold it to, in minor units, with its 90 % interval.

    The gain of those it means an act for: whom a planned test drew is read in that test, and who
    was drawn an act where none was best has nobody to be compared with.
    """

    gain: int
    low: int
    high: int


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
    promise: Promise
    """What its own read-out is held against: `gain` counts everybody."""
    trust: float = 1.0
    """Share of the gain that may be expected, by what earlier promises of the shop kept."""
    exploring: Exploring = ALWAYS_BEST
    """What is given up in it to learn."""
    balance: Balance | None = None
    """Profit against spend, where it was asked for."""

    @cached_property
    def gain(self) -> int:
        """Expected incremental profit, after all costs."""
        return self._sum("gain")

    @property
    def expected(self) -> int:
        """The gain, shrunk by what earlier promises kept; a loss is not made smaller by doubt."""
        return shrunk(self.gain, self.trust)

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
        """How many people the hold-out of the whole programme leaves alone."""
        return self._held_by(UNIVERSAL)

    @cached_property
    def controls(self) -> int:
        """How many more this plan leaves alone by its own lot, of those it means an act for."""
        return self._held_by(PROGRAMME)

    @cached_property
    def explored(self) -> int:
        """How many got another act than the best, drawn to learn from it."""
        return self._sum("explored")

    @cached_property
    def learning_cost(self) -> int:
        """What the acts drawn to learn are expected to bring less than the best would have."""
        rows = self.receipts.filter(self.receipts["explored"])
        less = pc.subtract(rows["intended_gain"], rows["gain"])
        return int(pc.sum(less).as_py() or 0)

    @cached_property
    def tested(self) -> int:
        """How many are in a planned test and get what its lot gives them."""
        there = pc.is_valid(self.receipts["test"])
        return int(pc.sum(pc.and_(there, pc.is_null(self.receipts["held_by"]))).as_py() or 0)

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

    def _held_by(self, lot: str) -> int:
        return int(pc.sum(pc.equal(self.receipts["held_by"], lot)).as_py() or 0)

    def _sum(self, name: str) -> int:
        return int(pc.sum(self.receipts[name]).as_py() or 0)


def shrunk(gain: int, trust: float) -> int:
    """What may be expected of a gain, in minor units, by the share that earlier promises kept."""
    return round(gain * min(trust, 1.0)) if gain > 0 else gain


def draft(
    people: pa.Table,
    limits: Limits,
    holdout: Holdout,
    as_of: date,
    acts: Mapping[str, Act] | None = None,
    effects: Effects = PLAYBOOK,
    exploring: Exploring = ALWAYS_BEST,
    trials: Sequence[Trial] = (),
    *,
    with_balance: bool = False,
) -> Plan:
    """Draft the plan for these people.

    The hold-out is drawn before anything else. Then the acts are allocated among *everybody*, and
    the held-out get nothing instead: who is meant an act does not depend on the lot, so treated and
    held out can be compared person by person. The price is that their share of the budget stays in
    the purse. Planned tests take their people first; the draw to learn comes last, within what was
    kept back for it.

    Args:
        people: customers with scores and stage, plus exposure, consent and keys; the columns are
            those of `audience.REQUIRED`, and the optional ones of `Audience.of`. One row a person.
        limits: money, staff time, bound, contact costs.
        holdout: the lot.
        as_of: the last day known; printed, never used to look ahead.
        acts: what may be done, the first *nothing*; those of huitou where nothing is said.
        effects: what each act is believed to move; first guesses where nothing was learned.
        exploring: what is given up to learn: a control of this plan's own, and other acts drawn.
        trials: tests that somebody planned and that run now.
        with_balance: whether to sweep the price of money too, for the page of the balance.

    Raises:
        HuitouError: when a required column is absent.
    """
    audience = Audience.of(people)
    held = holdout.mask(audience.hold_key)
    listed = tuple((acts if acts is not None else in_use()).values())
    ways = _ways(audience, listed, effects, limits, as_of)
    use, limit = scarce(listed, ways.priced, limits)
    names = [act.name for act in listed]
    enlisted = enlist(trials, audience, names, ways.allowed, use, limit, holdout.salt)
    left = limit - enlisted.used
    free = ways.allowed & (~enlisted.mask[:, None] | (np.arange(len(listed)) == 0))
    reachable = ways.out.reachable & ~enlisted.mask
    kept = exploring.kept_back(left)
    found = allocate_fairly(audience, listed, ways.priced, free, ways.unsure, reachable, use, kept)
    urn = Urn(
        keys=audience.hold_key,
        best=found.choice,
        allowed=_drawable(ways.allowed, listed, found.choice),
        out=held | enlisted.mask,
        cost=use[0],
        gain=ways.priced.gain,
        use=use,
        limit=left,
        prices=found.prices,
    )
    drawn = _with_tests(draw(urn, exploring, holdout.salt, f"plan {as_of}"), enlisted, held)
    drafted = Drafted(
        audience,
        listed,
        ways.priced,
        held,
        np.where(enlisted.mask, enlisted.given, found.choice),
        drawn,
        enlisted.test,
        ways.allowed,
        ways.beyond,
        ways.unsure,
        ways.out,
        ways.bound,
        letters=effects.letters,
    )
    receipts = write_receipts(drafted)
    gain, half = int(pc.sum(receipts["gain"]).as_py() or 0), _half_width(drafted, ~held)
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
        promise=_promise(drafted, receipts),
        exploring=exploring,
        balance=balanced(drafted, limits) if with_balance else None,
    )


@dataclass(frozen=True)
class _Ways:
    """What may be done for whom, before anybody is chosen. Rows are people, columns acts."""

    priced: Priced
    bound: IntArray
    out: Out
    beyond: BoolArray
    allowed: BoolArray
    unsure: BoolArray


def _ways(
    people: Audience, acts: tuple[Act, ...], effects: Effects, limits: Limits, as_of: date
) -> _Ways:
    priced = price(people, acts, effects, limits)
    bound = bounds(people, limits)
    out = who_is_out(people, acts, limits, as_of)
    owed = people.exposure[:, None] + priced.worst_cost
    beyond = (owed > bound[:, None]) & (priced.worst_cost > 0)
    allowed = ~(out.barred | beyond)
    return _Ways(priced, bound, out, beyond, allowed, unsure_offers(acts, priced))


def _drawable(allowed: BoolArray, acts: Sequence[Act], best: IntArray) -> BoolArray:
    """What may be drawn to learn: nothing of which regulars come first, unless it is the best."""
    found: BoolArray = allowed & ~open_among(acts)
    found[np.arange(len(best)), best] = True
    return found


def _with_tests(drawn: Draw, enlisted: Enlisted, held: BoolArray) -> Draw:
    """The draw with what the tests drew in it, for those who are not held out."""
    theirs = enlisted.mask & ~held
    return replace(
        drawn,
        given=np.where(theirs, enlisted.given, np.where(held, 0, drawn.given)),
        parts=np.where(theirs[:, None], enlisted.parts, drawn.parts),
    )


def _half_width(drafted: Drafted, these: BoolArray) -> int:
    """Half-width of the 90 % interval of the total gain of some people: see `doubt`."""
    rows = np.flatnonzero(these)
    choice = drafted.given[rows]
    kinds = drafted.kinds[choice]
    worth = float(drafted.priced.half_worth[rows, choice].sum())
    return half_of_sum(kinds, drafted.priced.half_effect[rows, choice], worth)


def _promise(drafted: Drafted, receipts: pa.Table) -> Promise:
    meant = (drafted.choice > 0) & ~drafted.in_test & ~drafted.held
    gain = int(receipts["gain"].to_numpy()[meant].sum())
    half = _half_width(drafted, meant)
    return Promise(gain, gain - half, gain + half)


def _bytes_of(column: pa.Array) -> bytes:
    if pa.types.is_string(column.type):
        return "\x1f".join("\x00" if text is None else text for text in column.to_pylist()).encode()
    return bytes_of_numbers(column)


def bytes_of_numbers(column: pa.Array) -> bytes:
    """Numbers or days, 0 where null, as bytes that do not depend on chunks or Arrow's buffers."""
    whole = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
    filled = pc.fill_null(whole, pa.scalar(0).cast(whole.type))
    return np.ascontiguousarray(filled.to_numpy(zero_copy_only=False)).tobytes()
