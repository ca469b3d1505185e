"""Why this act, or none, for one person: a row for everybody, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from huitou.decisions.acts import ACTS, Act
from huitou.decisions.counsel import counsel, is_known
from huitou.decisions.playbook import PLAYBOOK
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said

TREATED = "treated"
HELD_OUT = "held_out"

RECEIPTS = pa.schema(
    [
        ("person_id", pa.string()),
        ("hold_key", pa.string()),
        ("stage", pa.string()),
        ("arm", pa.string()),  # treated | held_out
        ("held_by", pa.string()),  # universal | programme: the lot that held them out; null: none
        ("act_name", pa.string()),  # the act as the register of acts names it
        ("intended_name", pa.string()),
        ("runner_up_name", pa.string()),
        ("propensity", pa.float64()),  # chance that this act was drawn, after all rules
        ("explored", pa.bool_()),  # another act than the best was drawn, to learn from it
        ("chances", pa.string()),  # name:chance of every act of the draw; null: nothing was drawn
        ("act", pa.string()),  # kind of act: nothing | thank | remind | mended | offer | call
        ("depth", pa.float64()),  # share taken off one order
        ("channel", pa.string()),  # email | paper | call; empty for nothing
        ("intended", pa.string()),  # the act, before the hold-out was respected
        ("intended_depth", pa.float64()),
        ("intended_gain", pa.int64()),
        ("intended_cost", pa.int64()),
        ("p_buy", pa.float64()),
        ("delta", pa.float64()),  # expected change of p_buy
        ("p_taken", pa.float64()),  # chance that the offer is taken, sure buyers included
        ("worth", pa.int64()),  # profit that one more buyer like them brings
        ("gain", pa.int64()),
        ("gain_low", pa.int64()),  # 90 % interval
        ("gain_high", pa.int64()),
        ("cost", pa.int64()),  # expected money out of pocket
        ("attention", pa.int64()),  # goodwill that being addressed is taken to cost
        ("worst_cost", pa.int64()),
        ("cap", pa.int64()),  # most that the offer takes off: what is promised
        ("exposure", pa.int64()),
        ("bound", pa.int64()),  # exposure + worst_cost never exceeds it
        ("value", pa.int64()),
        ("staff_minutes", pa.float64()),
        ("runner_up", pa.string()),
        ("runner_up_depth", pa.float64()),
        ("runner_up_gain", pa.int64()),
        ("reason", pa.string()),
        ("cause", pa.string()),
        ("suspicion", pa.float64()),  # of that cause, in [0, 1]
        ("letters", pa.int64()),  # of the shop's own that the effect rests on; 0: a first guess
    ]
)
"""One row a person. Amounts are minor units; gains and costs of a held-out person are 0."""

REASONS: Mapping[str, Sentence] = {
    "best": said("Of all that is allowed, this is expected to earn most."),
    "held_out": said(
        "Held out by lot: nothing is done for a few, so that what the rest earns can be proven."
    ),
    "nothing_pays": said("Nothing is expected to earn more than it costs."),
    "bound": said("What would pay could cost more than this customer is surely still worth."),
    "budget": said("It would pay, but the money or the staff time earns more elsewhere."),
    "no_channel": said("There is no address they may be reached at."),
    "contacted_lately": said("They were addressed only lately, and are left in peace for now."),
    "not_for_now": said(
        "They said why they stay away; until the date to look again they are left in peace."
    ),
    "open_case": said("Their case is open: its owner speaks to them, and no letter crosses it."),
    "open_complaint": said("Their complaint is open: nothing is sold to them until it is settled."),
}
"""Code of a receipt's reason -> its words."""


def receipt_words(receipt: Mapping[str, Any], currency: str) -> tuple[Sentence, ...]:
    """The sentences of one receipt: what is done, why, what it moves, costs and may cost.

    Args:
        receipt: one row of `RECEIPTS` as a dict.
        currency: the shop's currency.
    """
    reason = REASONS[receipt["reason"]]
    if receipt["act"] == "nothing":
        return (reason, *_instead(receipt, currency))
    return (
        claim(receipt["act"], receipt["depth"]),
        reason,
        *_guide(receipt),
        said(
            "The chance to buy rises from {before} % to {after} %; one more buyer like this brings"
            " {worth}.",
            before=round(100 * receipt["p_buy"], 1),
            after=round(100 * (receipt["p_buy"] + receipt["delta"]), 1),
            worth=Money(receipt["worth"], currency),
        ),
        *_price(receipt, currency),
        *_instead(receipt, currency),
        *_rests_on(receipt),
    )


def _rests_on(receipt: Mapping[str, Any]) -> tuple[Sentence, ...]:
    """Whether what it moves was guessed or learned, and from how much."""
    guess = PLAYBOOK.effect(_act(receipt["act"], receipt["depth"]), receipt["stage"]).source
    if not receipt.get("letters"):
        return said("How much it moves is a first guess, not yet a result of this shop."), guess
    return (
        said(
            "How much it moves was learned from {n} people this shop did the like for before,"
            " against those left alone by lot.",
            n=receipt["letters"],
        ),
        said("The first guess it started from: {guess}", guess=guess),
    )


def claim(kind: str, depth: float) -> Sentence:
    """What an act is, in words, from the kind and depth that a receipt names it by."""
    return _act(kind, depth).claim


def _act(kind: str, depth: float) -> Act:
    return next(act for act in ACTS.values() if act.kind == kind and act.depth == depth)


def _guide(receipt: Mapping[str, Any]) -> tuple[Sentence, ...]:
    """What the call is for, where somebody calls and a cause is suspected."""
    if receipt["act"] != "call" or not is_known(receipt["cause"]):
        return ()
    return (counsel(receipt["cause"]).short,)


def _price(receipt: Mapping[str, Any], currency: str) -> tuple[Sentence, ...]:
    costs = said(
        "It costs {cost} as expected and {worst} at worst; the most that may be owed to them is"
        " {bound}.",
        cost=Money(receipt["cost"], currency),
        worst=Money(receipt["worst_cost"], currency),
        bound=Money(receipt["bound"], currency),
    )
    earns = said(
        "Expected to earn {gain} after all costs, between {low} and {high}.",
        gain=Money(receipt["gain"], currency),
        low=Money(receipt["gain_low"], currency),
        high=Money(receipt["gain_high"], currency),
    )
    return costs, earns


def _instead(receipt: Mapping[str, Any], currency: str) -> tuple[Sentence, ...]:
    if receipt["arm"] == HELD_OUT and receipt["intended"] != "nothing":
        wanted = claim(receipt["intended"], receipt["intended_depth"])
        return (said("Without the lot it would have been: {act}.", act=wanted),)
    if receipt["runner_up"] is None:
        return ()
    return (
        said(
            "Next best: {act}, with {gain}.",
            act=claim(receipt["runner_up"], receipt["runner_up_depth"]),
            gain=Money(receipt["runner_up_gain"], currency),
        ),
    )
