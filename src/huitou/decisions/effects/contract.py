"""What an act is believed to move, for each person: first guesses and what was learned alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from huitou.decisions.acts import Act
from huitou.decisions.audience import Audience, FloatArray


class Effects(Protocol):
    """A belief about every act, asked by `price`.

    An effect is a shift on the log-odds of `p_buy`, so that `Δ = σ(logit p + θ) − p`.
    """

    @property
    def version(self) -> str:
        """Names the belief; equal versions give equal shifts. Stands in every plan."""

    @property
    def letters(self) -> Mapping[str, int]:
        """Kind of act -> how many people of this shop the belief rests on; absent: a guess."""

    def shifts(self, act: Act, people: Audience) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the shift of each person, in their order."""
