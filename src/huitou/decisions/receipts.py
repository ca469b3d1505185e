"""Why this act, or none, for one person: a row for everybody, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from huitou.decisions.acts import ACTS, EXCEPTIONS, Act, named
from huitou.decisions.ceiling import needed_words
from huitou.decisions.counsel import counsel, is_known
from huitou.decisions.out import RULES
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
        ("test", pa.string()),  # the planned test they are in; null: none
        ("act_name", pa.string()),  # the act as the register of acts names it
        ("intended_name", pa.string()),
        ("runner_up_name", pa.string()),
        ("propensity", pa.float64()),  # chance that this act was drawn, after all rules
        ("explored", pa.bool_()),  # another act than the best was drawn, to learn from it
        ("chances", pa.string()),  # name:chance of every act of the draw; null: nothing was drawn
        ("act", pa.string()),  # kind of act: one of `acts.KINDS`
        ("depth", pa.float64()),  # share taken off one order
        ("channel", pa.string()),  # email | paper | call; empty for nothing
        ("intended", pa.string()),  # kind of the act that was meant: the best, or a test's
        ("intended_depth", pa.float64()),
        ("intended_gain", pa.int64()),
        ("intended_cost", pa.int64()),
        ("intended_worst", pa.int64()),  # its worst cost, whatever was then given
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
        ("rule", pa.string()),  # the first rule that keeps them from being addressed; null: none
        ("rule_day", pa.date32()),  # since when it holds for good, or until when it holds
        ("least_order", pa.int64()),  # the smallest order on which the act counts; 0: any
        ("least_pays", pa.int64()),  # the smallest offer expected to pay for them; null: none does
        ("most_pays", pa.int64()),
    ]
)
"""One row a person. Amounts are minor units; gains and costs of a held-out person are 0."""

REASONS: Mapping[str, Sentence] = {
    "best": said("Of all that is allowed, this is expected to earn most."),
    "held_out": said(
        "Held out by lot: nothing is done for a few, so that what the rest earns can be proven."
    ),
    "control": said(
        "Left out of this plan by its own lot, so that what it does for the others can be told from"
        " what would have happened anyway. The next plan draws anew."
    ),
    "explored": said(
        "Drawn by lot to learn from it: another act is expected to earn more, and only trying"
        " tells."
    ),
    "test": said("They are in a planned test, and its lot gave this."),
    "nothing_pays": said("Nothing is expected to earn more than it costs."),
    "bound": said("What would pay could cost more than this customer is surely still worth."),
    "budget": said("It would pay, but the money or the staff time earns more elsewhere."),
    "no_channel": said("There is no address they may be reached at."),
    "regulars_first": said(
        "Old customers come first: of what takes something off, nobody newer may get more than they"
        " do."
    ),
    "unsure": said(
        "It would pay by the middle of its guess, and not at the lower end: what costs money must"
        " first earn its place in a test."
    ),
    **{rule.code: rule.words for rule in RULES},
}
"""Code of a receipt's reason -> its words."""


def receipt_words(
    receipt: Mapping[str, Any], currency: str, acts: Mapping[str, Act] = ACTS
) -> tuple[Sentence, ...]:
    """The sentences of one receipt: what is done, why, what it moves, costs and may cost.

    Args:
        receipt: one row of `RECEIPTS` as a dict.
        currency: the shop's currency.
        acts: every act by name, the merchant's own among them.
    """
    reason = REASONS[receipt["reason"]]
    if receipt["act"] == "nothing":
        sizes = needed_words(receipt, currency)
        return (
            reason,
            *_chance(receipt),
            *_date_of(receipt),
            *sizes,
            *_instead(receipt, currency, acts),
        )
    return (
        claim(receipt, "act", acts),
        reason,
        *_chance(receipt),
        *_guide(receipt),
        said(
            "The chance to buy rises from {before} % to {after} %; one more buyer like this brings"
            " {worth}.",
            before=round(100 * receipt["p_buy"], 1),
            after=round(100 * (receipt["p_buy"] + receipt["delta"]), 1),
            worth=Money(receipt["worth"], currency),
        ),
        *_price(receipt, currency),
        *needed_words(receipt, currency),
        *_exception(receipt, acts),
        *_instead(receipt, currency, acts),
        *_rests_on(receipt, acts),
    )


def _rests_on(receipt: Mapping[str, Any], acts: Mapping[str, Act]) -> tuple[Sentence, ...]:
    """Whether what it moves was guessed or learned, and from how much."""
    guess = _source(receipt, acts)
    if not receipt.get("letters"):
        return said("How much it moves is a first guess, not yet a result of this shop."), *guess
    return (
        said(
            "How much it moves was learned from {n} people this shop did the like for before,"
            " against those left alone by lot.",
            n=receipt["letters"],
        ),
        *(said("The first guess it started from: {guess}", guess=each) for each in guess),
    )


def claim(
    receipt: Mapping[str, Any], which: str = "act", acts: Mapping[str, Act] = ACTS
) -> Sentence:
    """What an act of a receipt is, in words; `which` is act, intended or runner_up."""
    known = named(receipt, which, acts)
    return known.claim if known is not None else said("An act that is not known any more")


def _source(receipt: Mapping[str, Any], acts: Mapping[str, Act]) -> tuple[Sentence, ...]:
    known = named(receipt, "act", acts)
    return () if known is None else (PLAYBOOK.effect(known, receipt["stage"]).source,)


def _exception(receipt: Mapping[str, Any], acts: Mapping[str, Act]) -> tuple[Sentence, ...]:
    """Why a regular may get less of it, where that is so."""
    known = named(receipt, "act", acts)
    return (EXCEPTIONS[known.excepted],) if known is not None and known.excepted else ()


def _date_of(receipt: Mapping[str, Any]) -> tuple[Sentence, ...]:
    """The date of the rule that struck: since when, or until when."""
    rule, day = receipt.get("rule"), receipt.get("rule_day")
    if day is None or rule != receipt["reason"]:
        return ()
    if rule in ("silent", "never"):
        return (said("Since {day}.", day=day),)
    return (said("Until {day}.", day=day),)


def _chance(receipt: Mapping[str, Any]) -> tuple[Sentence, ...]:
    """The chance that this was drawn, where a lot decided it; the universal one is a setting."""
    if receipt.get("chances") is None or receipt["reason"] not in ("control", "explored", "test"):
        return ()
    chance = 100 * float(receipt["propensity"])
    return (
        said(
            "The chance that the lot gave this was {chance} %.",
            chance=round(chance, 1) if chance >= 1 else round(chance, 3),
        ),
    )


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


def _instead(
    receipt: Mapping[str, Any], currency: str, acts: Mapping[str, Act]
) -> tuple[Sentence, ...]:
    if receipt["arm"] == HELD_OUT and receipt["intended"] != "nothing":
        wanted = claim(receipt, "intended", acts)
        return (said("Without the lot it would have been: {act}.", act=wanted),)
    if receipt.get("explored") or receipt["reason"] == "explored":
        best = claim(receipt, "intended", acts)
        gain = Money(receipt["intended_gain"], currency)
        return (said("Best of all it would have been: {act}, with {gain}.", act=best, gain=gain),)
    if receipt.get("test") is not None or receipt["runner_up"] is None:
        return ()
    return (
        said(
            "Next best: {act}, with {gain}.",
            act=claim(receipt, "runner_up", acts),
            gain=Money(receipt["runner_up_gain"], currency),
        ),
    )
