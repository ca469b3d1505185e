"""Decisions that a lot made, with the chance of each act and what each would cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from huitou.decisions.acts import Act
from huitou.decisions.audience import Audience, BoolArray, FloatArray, IntArray
from huitou.decisions.effects.contract import Effects
from huitou.decisions.effects.design import audience_of, traits_in
from huitou.decisions.effects.response import expected_move


@dataclass(frozen=True)
class Drawn:
    """Rows are decisions, columns acts; act 0 is *nothing*. Amounts are minor units, after the
    prices that money and hours had in the plan."""

    tried: pa.Table
    """As `design.TRIED`, a row a decision."""
    person: IntArray
    acts: tuple[Act, ...]
    given: IntArray
    chances: FloatArray
    """Of the draw, rows add up to one. Where it is 0, an act was not allowed."""
    worth: FloatArray
    """Profit that one more buyer brings (n,)."""
    fixed: FloatArray
    """What an act costs whether they buy or not."""
    taken: FloatArray
    """What it costs more where they buy, sure buyers included."""

    def __len__(self) -> int:
        return len(self.given)

    def among(self, rows: IntArray | BoolArray) -> Drawn:
        """Some of the decisions."""
        names = ("person", "given", "chances", "worth", "fixed", "taken")
        mask = np.arange(len(self))[rows]
        some = {name: getattr(self, name)[mask] for name in names}
        return replace(self, tried=self.tried.take(pa.array(mask)), **some)

    @cached_property
    def people(self) -> Audience:
        """Those decided about, as effects ask about them."""
        return audience_of(self.tried, traits_in(self.tried))

    @cached_property
    def bought(self) -> FloatArray:
        """1 who bought within the window, else 0."""
        return np.array(self.tried["bought"].to_pylist(), dtype=np.float64)

    @cached_property
    def outcome(self) -> FloatArray:
        """What came of each decision, priced as plans are: worth of who bought, less all costs."""
        at = np.arange(len(self)), self.given
        priced: FloatArray = self.bought * (self.worth - self.taken[at]) - self.fixed[at]
        return priced

    def gains(self, effects: Effects) -> FloatArray:
        """What each act adds over nothing, as these effects expect; 0 for nothing."""
        p, found = self.people.p_buy, np.zeros(self.chances.shape)
        for column, act in enumerate(self.acts[1:], start=1):
            delta = expected_move(p, *effects.shifts(act, self.people))
            cost = self.fixed[:, column] + (p + delta) * self.taken[:, column]
            found[:, column] = delta * self.worth - cost
        return found

    def chosen(self, effects: Effects) -> FloatArray:
        """The best act of each by these effects, among those it could have drawn (n, acts): 1 for
        it, 0 for the others."""
        gains = np.where(self.chances > 0, self.gains(effects), -np.inf)
        choice = np.zeros(self.chances.shape)
        choice[np.arange(len(self)), gains.argmax(axis=1)] = 1.0
        return choice
