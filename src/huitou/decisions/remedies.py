"""What fits each reason for leaving, and whether it pays: the playbook by cause, as pure rules.

    we failed       an apology, the fault mended, amends where they pay
    price           a return offer, of the depth that pays
    moved, ill, …   wait, and look again on a date
    a rival         not for now, and a date to look again
    no longer …     nothing to sell: goodwill
    habit           keep in touch

Money is promised only where it earns more than it costs even at the lower end of what is believed
of effect and worth, as in a plan, and where what is owed at worst, `exposure + worst`, stays within
a share of what the customer is surely still worth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from huitou.care.reasons import LEAVE_ALONE
from huitou.decisions.acts import ACTS, NOTHING
from huitou.decisions.audience import Audience
from huitou.decisions.bound import bounds
from huitou.decisions.effects.contract import Effects
from huitou.decisions.limits import Limits
from huitou.decisions.playbook import COUPON, PLAYBOOK, SORRY
from huitou.decisions.price import Priced, price, unsure_offers
from huitou.ground.words import Sentence, said

OFFERS = tuple(act for act in ACTS.values() if act.kind == "offer")
_LISTED = (NOTHING, *OFFERS)

NO_TEST = said("Nobody has tested it here: nothing is taken, and nothing is spent.")


@dataclass(frozen=True)
class Step:
    """What the playbook does about one reason."""

    kind: str
    """amends, offer, wait, not_for_now, goodwill, touch, less, thanks or alone."""
    staff: Sentence
    """What the shop does."""
    customer: Sentence
    """What the customer reads on the thank-you page; it promises nothing by itself."""
    money: bool = False
    """Whether an offer may go with it, where it pays."""
    review_days: int | None = None
    """For so long they are not chased; then somebody looks again."""
    source: Sentence = NO_TEST
    """Where the first guess of its effect comes from."""


_AMENDS = Step(
    "amends",
    said("Say sorry, mend the fault, tell them when it is mended."),
    said("We are sorry. We will look at what went wrong, and mend it."),
    money=True,
    source=SORRY,
)
_WAIT = said("Wait; look again on the date.")
_WISHES = said("We wish you all the best. You are welcome whenever it suits you.")

STEPS: Mapping[str, Step] = {
    **dict.fromkeys(("product", "service", "delivery", "assortment", "returned_goods"), _AMENDS),
    "price": Step(
        "offer",
        said("A return offer, of the depth that pays; none where none does."),
        said("Thank you for being frank about our prices."),
        money=True,
        source=COUPON,
    ),
    "our_mail": Step(
        "less",
        said("Write to them no more than they like."),
        said("You are right to tell us. We will write less."),
        review_days=180,
    ),
    "moved": Step("wait", _WAIT, _WISHES, review_days=365),
    "ill": Step("wait", _WAIT, _WISHES, review_days=180),
    "out_of_work": Step("wait", _WAIT, _WISHES, review_days=180),
    "no_longer_needed": Step(
        "goodwill",
        said("Sell them nothing. If they were happy, they may know somebody."),
        said("Then all is well. Thank you for the time you were with us."),
    ),
    "gift_season": Step(
        "wait",
        said("Remind them before the next season for gifts, and not before."),
        said("Thank you. We are here when the next gift is due."),
        review_days=270,
    ),
    "habit_stopped": Step(
        "touch",
        said("Keep in touch: a call or a note that asks for nothing."),
        said("Thank you for telling us. The door is open."),
    ),
    "never_hooked": Step(
        "touch",
        said("Keep in touch: a call or a note that asks for nothing."),
        said("Thank you for telling us. The door is open."),
    ),
    "competitor": Step(
        "not_for_now",
        said("Not for now: leave them in peace, and look again on the date."),
        said("Thank you for telling us. We will try to be worth another visit."),
        review_days=180,
    ),
    "not_lost": Step("thanks", said("They are still here."), said("We are glad to hear it.")),
    "unknown": Step("thanks", said("Thank them."), said("That is quite all right.")),
    LEAVE_ALONE: Step(
        "alone",
        said("Leave them alone, on every channel, for ever."),
        said("We will not write to you or call you again."),
    ),
}
"""Reason -> what is done about it. Every reason of the tree has one."""

WHY_NONE: Mapping[str, Sentence] = {
    "offered": said("It pays: an offer was promised."),
    "no_money": said("Money does not answer this reason."),
    "nothing_pays": said("No offer is expected to earn more than it costs."),
    "unsure": said("An offer may pay, and may lose: it has to earn its place in a test first."),
    "bound": said("What would pay could cost more than this customer is surely still worth."),
    "held_out": said("Held out by lot: nothing is offered."),
    "left_alone": said("They asked to be left alone: nothing is offered."),
    "nobody": said("They are not in the last run, so nobody can say what would pay."),
}
"""Code of why an offer was made or not -> its words."""


@dataclass(frozen=True)
class Remedy:
    """What was decided for one answer. Amounts are minor units; those of no offer are 0."""

    cause: str
    kind: str
    reason: str
    """A code of `WHY_NONE`."""
    depth: float = 0.0
    cap: int = 0
    """Most the offer takes off: what is promised."""
    cost: int = 0
    """Expected cost."""
    worst: int = 0
    gain: int = 0
    gain_low: int = 0
    gain_high: int = 0
    exposure: int = 0
    bound: int = 0

    @property
    def offers(self) -> bool:
        """Whether an offer goes with it."""
        return self.reason == "offered"


def step(cause: str) -> Step:
    """What the playbook does about a reason; thanks, where it knows none."""
    return STEPS.get(cause, STEPS["unknown"])


def remedy(
    cause: str,
    person: Audience | None,
    limits: Limits,
    *,
    held_out: bool,
    left_alone: bool,
    effects: Effects = PLAYBOOK,
) -> Remedy:
    """The remedy that fits an answer, with an offer only if it pays.

    Args:
        cause: the reason that was given; it is known now, and no longer a suspicion.
        person: the one who answered, as an audience of one; None for somebody no run knows.
        limits: of the shop; the offer is shown on the spot, so no letter is paid for.
        held_out: whether the lot holds this person out.
        left_alone: whether they asked for silence; then nothing is offered, whatever the cause.
        effects: what an offer is believed to move; first guesses where nothing was learned.
    """
    kind = step(cause).kind
    if left_alone or cause == LEAVE_ALONE:
        return Remedy(cause, kind, "left_alone")
    if held_out:
        return Remedy(cause, kind, "held_out")
    if not step(cause).money:
        return Remedy(cause, kind, "no_money")
    if person is None:
        return Remedy(cause, kind, "nobody")
    return _best_offer(cause, kind, person, limits, effects)


def _best_offer(
    cause: str, kind: str, person: Audience, limits: Limits, effects: Effects
) -> Remedy:
    told, priced = _on_the_spot(cause, person, limits, effects)
    gain, worst = priced.gain[0], priced.worst_cost[0]
    bound, owed = int(bounds(told, limits)[0]), int(person.exposure[0])
    hoped = (gain > 0) & (priced.cap[0] > 0)
    pays = hoped & ~unsure_offers(_LISTED, priced)[0]
    fits = pays & (owed + worst <= bound)
    if not fits.any():
        why = "bound" if pays.any() else "unsure" if hoped.any() else "nothing_pays"
        return Remedy(cause, kind, why, exposure=owed, bound=bound)
    best = int(np.where(fits, gain, -np.inf).argmax())
    half = float(priced.half[0, best])
    return Remedy(
        cause=cause,
        kind=kind,
        reason="offered",
        depth=OFFERS[best - 1].depth,
        cap=int(priced.cap[0, best]),
        cost=int(priced.cost[0, best]),
        worst=int(worst[best]),
        gain=round(float(gain[best])),
        gain_low=int(np.floor(gain[best] - half)),
        gain_high=int(np.ceil(gain[best] + half)),
        exposure=owed,
        bound=bound,
    )


def sure_depths(
    cause: str, person: Audience, limits: Limits, effects: Effects = PLAYBOOK
) -> frozenset[float]:
    """Depths of the offers that pay with one person even at the lower end of what is believed.

    For whoever promises one on the spot; arguments as of `remedy`. How much may be owed is asked
    apart.
    """
    _, priced = _on_the_spot(cause, person, limits, effects)
    unsure = unsure_offers(_LISTED, priced)[0, 1:]
    return frozenset(act.depth for act, lost in zip(OFFERS, unsure, strict=True) if not lost)


def _on_the_spot(
    cause: str, person: Audience, limits: Limits, effects: Effects
) -> tuple[Audience, Priced]:
    """One person as they stand before us, their reason known, and every offer priced: no letter is
    paid for."""
    told = replace(
        person,
        cause=np.array([cause]),
        suspicion=np.array([1.0]),
        may_email=np.array([True]),
    )
    return told, price(told, _LISTED, effects, replace(limits, email_cost=0))
