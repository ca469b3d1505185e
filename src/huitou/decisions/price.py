"""What each act is expected to add for each person: the only currency of decisions.

    gain = Δp · worth − what everybody who takes it costs − contact − staff − attention

`Δp` comes from the effects, `worth` from the forecast. All amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from huitou.decisions.acts import Act
from huitou.decisions.audience import Audience, BoolArray, FloatArray, IntArray
from huitou.decisions.effects.contract import Effects
from huitou.decisions.effects.response import expected_move
from huitou.decisions.limits import Limits

BROUGHT_FORWARD = 0.5
"""Share of a living customer's extra order that is only the next one, bought earlier."""
SECOND_LIFE = 0.5
"""A customer won back is worth half of one who never left: they left once, and may again."""
WHOLE = ("cost", "offered", "cap", "worst_cost")
"""Columns of `Priced` that are whole minor units."""
Z90 = 1.6448536269514722
"""Half-width of a two-sided 90 % normal interval."""


@dataclass(frozen=True)
class Priced:
    """People × acts: what each act changes, costs and adds. Column 0 is *nothing*, all zeros."""

    delta: FloatArray
    """Expected change of the chance to buy within the horizon."""
    p_taken: FloatArray
    """Chance that an offer is taken, sure buyers included; 0 for acts without an offer."""
    cost: IntArray
    """Expected money out of pocket: offer, contact and staff; rounded up."""
    attention: FloatArray
    offered: IntArray
    """What the offer takes off their usual order; 0 for acts without an offer."""
    cap: IntArray
    """Most that the offer takes off; 0 for acts without an offer."""
    worst_cost: IntArray
    """Contact, staff and the offer taken in full."""
    minutes: FloatArray
    least: IntArray
    """The smallest order on which each act counts (acts,); 0 for any."""
    gain: FloatArray
    half_effect: FloatArray
    """Half-width of the 90 % interval of the gain that the unknown effect makes."""
    half_worth: FloatArray
    """Half-width that the unknown worth makes."""
    worth: FloatArray
    """Profit that one more buyer brings, per person (n,)."""

    @property
    def half(self) -> FloatArray:
        """Half-width of the 90 % interval of each gain."""
        return np.hypot(self.half_effect, self.half_worth)


def price(people: Audience, acts: Sequence[Act], effects: Effects, limits: Limits) -> Priced:
    """Price every act for every person; who may be reached is decided elsewhere."""
    worth = worth_of_a_buyer(people)
    basket = people.basket
    columns = [_price_one(people, act, effects, limits, worth, basket) for act in acts]
    stacked = {name: np.column_stack([column[name] for column in columns]) for name in columns[0]}
    whole = {name: stacked[name].astype(np.int64) for name in WHOLE}
    return Priced(
        delta=stacked["delta"],
        p_taken=stacked["p_taken"],
        cost=whole["cost"],
        attention=stacked["attention"],
        offered=whole["offered"],
        cap=whole["cap"],
        worst_cost=whole["worst_cost"],
        minutes=stacked["minutes"],
        least=np.array([act.least.at(basket) for act in acts], dtype=np.int64),
        gain=stacked["gain"],
        half_effect=stacked["half_effect"],
        half_worth=stacked["half_worth"],
        worth=worth,
    )


def unsure_offers(acts: Sequence[Act], priced: Priced) -> BoolArray:
    """Acts that give money away and would lose it at the lower end of effect and worth (n, acts).

    Words are cheap, and may be tried on a guess; money must first earn its place in a test.
    """
    gives = np.array([act.is_offered or bool(act.given) for act in acts])
    loses: BoolArray = priced.gain - priced.half <= 0
    return gives & loses


def worth_of_a_buyer(people: Audience) -> FloatArray:
    """Profit that one person who would not have bought in the horizon, and now does, brings.

    Among those who would not buy, `(1 − p_alive)/(1 − p_buy)` have left for good: winning one back
    brings a second life. The others are alive and between two purchases: with them an order is won,
    and half of it is only brought forward. An order never counts for more than the whole customer:
    who sends back what they buy spends much and is worth little.
    """
    gone = np.clip((1 - people.p_alive) / np.maximum(1 - people.p_buy, 1e-9), 0.0, 1.0)
    order = np.minimum(people.spend * people.margin_rate, people.value_if_kept)
    back = np.maximum(SECOND_LIFE * people.value_if_kept, order)
    return gone * back + (1 - gone) * order * (1 - BROUGHT_FORWARD)


def reached_by(people: Audience, act: Act) -> NDArray[np.str_]:
    """The channel each person would be reached by: email before paper; empty where none may."""
    if act.kind == "nothing":
        return np.full(len(people), "")
    if act.by_phone:
        return np.where(people.may_call, "call", "")
    return np.where(people.may_email, "email", np.where(people.may_mail, "paper", ""))


def _price_one(
    people: Audience, act: Act, effects: Effects, limits: Limits, worth: FloatArray, basket: float
) -> dict[str, FloatArray]:
    contact, minutes = _contact(people, act, limits)
    contact = contact + act.given.at(basket)
    mean, sd = effects.shifts(act, people)
    # Averaged over what is not known of the effect, not taken at its mean.
    delta = expected_move(people.p_buy, mean, sd)
    p_taken = people.p_buy + delta if act.is_offered else np.zeros(len(people))
    offered, cap = _taken(people, act, limits, basket)
    cost = np.ceil(contact + p_taken * offered)
    attention = act.attention * limits.attention * np.maximum(people.value, 0.0)
    spread = (moved(people.p_buy, mean + Z90 * sd) - moved(people.p_buy, mean - Z90 * sd)) / 2
    return {
        "delta": delta,
        "p_taken": p_taken,
        "cost": cost,
        "attention": attention,
        "offered": np.ceil(offered),
        "cap": cap,
        "worst_cost": np.ceil(contact) + cap,
        "minutes": minutes,
        "gain": delta * worth - cost - attention,
        "half_effect": spread * np.abs(worth - offered),
        "half_worth": np.abs(delta) * worth * _doubt(people),
    }


def _taken(
    people: Audience, act: Act, limits: Limits, basket: float
) -> tuple[FloatArray, FloatArray]:
    """What each act costs when taken, as expected and at worst: a share of their own order that
    is capped, or one amount for all."""
    if act.depth:
        offered = act.depth * people.spend
        return offered, np.ceil(limits.baskets_capped * offered)
    amount = np.full(len(people), float(act.taken.at(basket)))
    return amount, amount


def moved(p: FloatArray, shift: FloatArray) -> FloatArray:
    """Change of a probability when its log-odds move by `shift`; certain people do not move."""
    at = logit(np.clip(p, 1e-9, 1 - 1e-9))
    change: FloatArray = np.where((p > 0) & (p < 1), expit(at + shift) - expit(at), 0.0)
    return change


def _contact(people: Audience, act: Act, limits: Limits) -> tuple[FloatArray, FloatArray]:
    """Money to reach each person (staff paid), and the staff minutes it takes."""
    channel = reached_by(people, act)
    minutes = np.where(channel == "email", 0.0, act.staff_minutes)
    stamp = np.select(
        [channel == "email", channel == "paper"], [limits.email_cost, limits.letter_cost], 0
    )
    return stamp + minutes * limits.staff_hourly / 60.0, minutes


def _doubt(people: Audience) -> FloatArray:
    """Half-width of the forecast's 90 % interval, as a share of the forecast."""
    width = (people.value_high - people.value_low) / (2 * np.maximum(people.value, 1.0))
    doubt: FloatArray = np.clip(width, 0.0, 5.0)
    return doubt
