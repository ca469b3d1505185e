"""What an act is believed to do before the shop has tested it: first guesses, with their sources.

An effect is a shift on the log-odds of `p_buy`: `Δ = σ(logit p + θ) - p`. On that scale a push
moves the undecided most and those who come anyway, or never, least: the highest risk is not the
best target (Ascarza 2018). Means are small and spreads wide on purpose; results replace them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from huitou.decisions.acts import Act
from huitou.decisions.audience import Audience, FloatArray
from huitou.ground.ids import fingerprint
from huitou.ground.words import Sentence, said


@dataclass(frozen=True)
class Effect:
    """A normal prior on the shift of the log-odds to buy, and where it comes from."""

    mean: float
    sd: float
    source: Sentence


EMAIL = said(
    "A public test with 64,000 customers: one e-mail raised visits within two weeks from 10.6 % to"
    " 15-18 %. A sixth of that is taken, for two weeks of visits are not a season of orders."
)
THANKS = said(
    "In a test of two text messages, plain thanks earned more than thanks with a bigger discount."
    " About a tenth of what an e-mail did to visits is taken."
)
MENDED = said(
    "Nobody is known to have tested this word by itself. It is taken as a reminder, and a little"
    " more, for it answers what hurt them."
)
CALLED = said(
    "A field test with 65,000 customers: unasked advice raised leaving from 6.4 % to 10 %."
    " A call can harm, so its spread is as wide as its mean."
)
COUPON = said(
    "A supermarket test with 130,000 customers: a coupon cut leaving by 12 points for its product,"
    " and earned the shop next to nothing. About a quarter of the first is taken."
)
GIFT = said(
    "A field test with 10,000 letters that asked for donations: a small gift with the letter raised"
    " giving by 17 %. Those letters asked; ours does not: a third is taken, with a wide spread."
)
SORRY = said(
    "A field test with 1.5 million riders who came late: sorry alone changed next to nothing,"
    " sorry with a small coupon did. The first guess for offers is taken, and no more."
)
AMOUNT = said(
    "No public test of a fixed amount against a percentage is known that would hold here. The guess"
    " for a coupon of the same worth is taken, with a wider spread."
)
LEAST_ORDER = said(
    "No public test is known that would hold here. The guess for a coupon of the same worth is"
    " taken, less a third: a least order shuts some of them out."
)
SERVICE = said(
    "Nobody is known to have tested better service as a gesture by itself. A little more than a"
    " thank-you is taken, with twice its spread."
)
HEAD_START = said(
    "A car wash gave some a head start on a stamp card: 34 % of them filled it, and 19 % of the"
    " others. They had begun already, so less than a tenth of it is taken."
)
REGULAR = said(
    "Nobody has shown that a reminder moves somebody who comes anyway: nothing is taken."
)


def _by_stage(source: Sentence, **guesses: tuple[float, float]) -> dict[str, Effect]:
    return {stage: Effect(mean, sd, source) for stage, (mean, sd) in guesses.items()}


_EFFECTS: dict[str, dict[str, Effect]] = {
    "thank": _by_stage(
        THANKS,
        new=(0.08, 0.08),
        active=(0.05, 0.06),
        loyal=(0.05, 0.06),
        slipping=(0.06, 0.08),
        lost=(0.05, 0.10),
        returned=(0.06, 0.08),
    ),
    "remind": {
        **_by_stage(
            EMAIL, new=(0.08, 0.08), slipping=(0.10, 0.10), lost=(0.08, 0.12), returned=(0.08, 0.10)
        ),
        **_by_stage(REGULAR, active=(0.02, 0.06), loyal=(0.0, 0.06)),
    },
    "mended": _by_stage(
        MENDED,
        new=(0.10, 0.10),
        active=(0.06, 0.08),
        loyal=(0.06, 0.08),
        slipping=(0.13, 0.12),
        lost=(0.11, 0.14),
        returned=(0.10, 0.10),
    ),
    "offer": _by_stage(COUPON, slipping=(0.15, 0.15), lost=(0.18, 0.20)),
    "red_packet": _by_stage(AMOUNT, slipping=(0.15, 0.20), lost=(0.18, 0.25)),
    "voucher": _by_stage(LEAST_ORDER, slipping=(0.10, 0.15), lost=(0.12, 0.20)),
    "amends": _by_stage(SORRY, slipping=(0.15, 0.15), lost=(0.18, 0.20)),
    "surprise": _by_stage(
        GIFT,
        new=(0.06, 0.08),
        active=(0.05, 0.07),
        loyal=(0.05, 0.07),
        slipping=(0.06, 0.09),
        lost=(0.05, 0.12),
        returned=(0.06, 0.09),
    ),
    "upgrade": _by_stage(
        SERVICE,
        new=(0.08, 0.16),
        active=(0.05, 0.12),
        loyal=(0.05, 0.12),
        slipping=(0.07, 0.16),
        lost=(0.06, 0.20),
        returned=(0.07, 0.16),
    ),
    "step_up": _by_stage(HEAD_START, active=(0.06, 0.10), loyal=(0.03, 0.08)),
    "call": _by_stage(
        CALLED,
        new=(0.05, 0.15),
        active=(0.0, 0.15),
        loyal=(0.03, 0.12),
        slipping=(0.20, 0.20),
        lost=(0.25, 0.25),
        returned=(0.10, 0.15),
    ),
}

_FITTING: dict[str, dict[str, float]] = {
    "returned_goods": {"offer": 0.5, "red_packet": 0.5, "voucher": 0.5, "remind": 0.5, "call": 1.5},
    "price": {"offer": 1.5, "red_packet": 1.5, "voucher": 1.3, "thank": 0.7},
    "assortment": {"offer": 0.5, "red_packet": 0.5, "voucher": 0.5, "remind": 0.5},
    "habit_stopped": {"remind": 1.3, "call": 1.2},
    "never_hooked": {"thank": 1.3},
    "gift_season": dict.fromkeys(
        ("thank", "remind", "offer", "red_packet", "voucher", "call"), 0.5
    ),
}
"""How much better or worse an act fits a cause: an offer where price hurt, a call where goods came
back. Amends are for who was hurt in the first place (`causes` in `acts.toml`)."""

DEPTH_POWER = 0.6
"""Twice the discount does not move twice as many: the effect grows as depth ** 0.6."""
USUAL_DEPTH = 0.10
"""The depth that the offers' effects are written for."""
USUAL_SHARE: Mapping[str, float] = {
    **dict.fromkeys(("offer", "red_packet", "amends"), USUAL_DEPTH),
    "voucher": 0.15,
    "surprise": 0.05,
    "upgrade": 0.05,
    "step_up": 0.03,
}
"""Kind -> the share of a usual basket that its effects are written for; words alone have none."""

NO_EFFECT = Effect(0.0, 0.0, said("Nothing is done."))


@dataclass(frozen=True)
class Playbook:
    """Effects by kind of act and stage, and what a suspected cause changes about them."""

    effects: Mapping[str, Mapping[str, Effect]] = field(
        default_factory=lambda: MappingProxyType(_EFFECTS)
    )
    fitting: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: MappingProxyType(_FITTING)
    )

    def effect(self, act: Act, stage: str, basket: float = 0.0) -> Effect:
        """The prior for one act in one stage, at the act's own depth.

        `basket` is what a usual order comes to: an amount is measured by it.
        """
        found = self.effects.get(act.kind, {}).get(stage, NO_EFFECT)
        scale = _scale(act, act.generosity(basket))
        return Effect(found.mean * scale, found.sd * scale, found.source)

    @property
    def version(self) -> str:
        """The first guesses as they stand, as a fingerprint: `playbook:4f0c…`."""
        return f"playbook:{fingerprint(repr(self))[:12]}"

    @property
    def letters(self) -> Mapping[str, int]:
        """Nothing of this shop stands behind a first guess."""
        return MappingProxyType({})

    def shifts(self, act: Act, people: Audience) -> tuple[FloatArray, FloatArray]:
        """Mean and sd of the shift for each person; the cause counts as far as it is suspected."""
        mean = np.zeros(len(people))
        sd = np.zeros(len(people))
        basket = people.basket if act.taken or act.given else 0.0
        for name in np.unique(people.stage):
            here = people.stage == name
            found = self.effect(act, str(name), basket)
            mean[here], sd[here] = found.mean, found.sd
        for suspect, factors in self.fitting.items():
            factor = factors.get(act.kind, 1.0)
            weight = np.where(people.cause == suspect, people.suspicion, 0.0)
            mean *= 1.0 + weight * (factor - 1.0)
        return mean, sd


def _scale(act: Act, share: float) -> float:
    """How much more or less an act moves than the one its effects are written for."""
    usual = USUAL_SHARE.get(act.kind)
    return (share / usual) ** DEPTH_POWER if usual is not None and share > 0 else 1.0


PLAYBOOK = Playbook()
"""The playbook that huitou ships with."""
