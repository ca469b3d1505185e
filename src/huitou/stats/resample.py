"""Drawing again: seeded lots and samples, so that every replicate can be drawn twice alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def drawn_arms(n: int, share: float, dice: np.random.Generator) -> NDArray[np.bool_]:
    """True for the held out: each by a lot of their own, as the hold-out is drawn."""
    held: NDArray[np.bool_] = dice.random(n) < share
    return held


def drawn_again(n: int, size: int, dice: np.random.Generator) -> NDArray[np.int64]:
    """Rows of `size` people drawn from `n` with replacement (the bootstrap)."""
    return dice.integers(0, n, size)
