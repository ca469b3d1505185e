"""A plan in one line, with the words that put it to the merchant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.runs.people import money_range
from huitou.runs.views import PlanTotals

if TYPE_CHECKING:
    from huitou.store.books import Row


def totals_view(row: Row, currency: str) -> PlanTotals:
    """A plan in one line, with the words that put it to the merchant."""
    told: Mapping[str, Any] = row["totals"]
    return PlanTotals(
        id=row["id"],
        as_of=row["as_of"],
        status=row["status"],
        cost=Money(told["cost"], currency),
        gain=money_range(told["gain"], told["gain_low"], told["gain_high"], currency),
        acts=told["acts"],
        held_out=told["held_out"],
        people=told["people"],
        staff_minutes=told["staff_minutes"],
        shadow_price=told["money_price"],
        hour_price=Money(round(60 * told["time_price"]), currency),
        words=(*_plan_words(told, currency), *_who_must(row)),
        reasons=told["reasons"],
        budget=Money(told["limits"]["budget"], currency),
        staff_hours=float(told["limits"]["staff_hours"]),
        **{name: told.get(name, 0) for name in ("controls", "explored", "tested")},
        needs_second=bool(row["needs_second"]),
        drafted_by=row["drafted_by"],
        first_by=row["first_by"],
        **{name: row[name] for name in ("approved_by", "approved_at", "posted_by", "posted_at")},
    )


def _plan_words(told: Mapping[str, Any], currency: str) -> tuple[Sentence, ...]:
    acting = sum(told["acts"].values()) - told["acts"].get("nothing", 0)
    if not acting and not told["reasons"].get("budget"):
        return (
            said("Nothing pays for itself today. Doing nothing is the best plan, and it is free."),
        )
    words = [
        said(
            "{acting} of {people} people get something; {held_out} are held out by lot, so that "
            "the rest can be proven.",
            acting=acting,
            people=told["people"],
            held_out=told["held_out"],
        )
    ]
    words += _learning_words(told, currency)
    words += _limit_words(told, currency)
    if told.get("by_hand"):
        words.append(
            said(
                "{n} of them have no address: hand the letter over at their next visit.",
                n=told["by_hand"],
            )
        )
    if acting and told.get("expected", told["gain"]) < told["gain"]:
        words.append(
            said(
                "Earlier plans kept less than they promised: of this one {expected} is expected.",
                expected=Money(told["expected"], currency),
            )
        )
    if acting and told["gain_low"] <= 0:
        words.append(
            said(
                "The gain rests on first guesses, and its interval reaches below zero: the plan "
                "is a test, and its control group will tell."
            )
        )
    return tuple(words)


def forgone(told: Mapping[str, Any]) -> int:
    """What a plan gives up to learn: the best one's gain less its own, in minor units.

    0 where nothing is left to the lot, and where the budget binds: there it cannot be told apart.
    """
    spots = (told.get("balance") or {}).get("together", ())
    lots = any(told.get(name) for name in ("controls", "explored", "tested"))
    if not spots or not lots or told["money_price"] > 0:
        return 0
    return max(0, max(int(spot["gain"]) for spot in spots) - int(told["gain"]))


def _learning_words(told: Mapping[str, Any], currency: str) -> list[Sentence]:
    """What the plan gives up to learn."""
    words = []
    if told.get("controls"):
        words.append(
            said(
                "{n} more are left out of this plan by its own lot: against them it is told what"
                " the plan did.",
                n=told["controls"],
            )
        )
    if told.get("explored"):
        words.append(
            said(
                "{n} get another act than the best, drawn to learn: within the same rules and"
                " limits.",
                n=told["explored"],
            )
        )
    if told.get("learning_cost", 0) > 0:
        words.append(
            said(
                "What is drawn to learn is expected to cost {cost}; without it the plan would bring"
                " {gain}. Set explore_share to draw less.",
                cost=Money(told["learning_cost"], currency),
                gain=Money(told["gain"] + told["learning_cost"], currency),
            )
        )
    if told.get("tested"):
        words.append(said("{n} are in a planned test.", n=told["tested"]))
    return words


def _who_must(row: Row) -> tuple[Sentence, ...]:
    """Who must still approve, where one person may not let it out alone."""
    if row["status"] != "draft" or not row["needs_second"]:
        return ()
    if row["first_by"] is None:
        return (
            said(
                "At worst it costs more than one person may let out: two people approve it, and who"
                " drafted it is not the last."
            ),
        )
    return (
        said(
            "{who} has approved it. It still needs somebody else, who did not draft it; a shop with"
            " one user adds another, drafts within a smaller budget, or raises its approval limit.",
            who=row["first_by"],
        ),
    )


def _limit_words(told: Mapping[str, Any], currency: str) -> list[Sentence]:
    """Which of money and staff time binds, at what price, and how many wait for it."""
    limits, waiting = told["limits"], told["reasons"].get("budget", 0)
    words = []
    if told["money_price"] > 0:
        words.append(
            said(
                "The budget of {budget} binds: the last coin returns {price} of profit.",
                budget=Money(limits["budget"], currency),
                price=float(told["money_price"]),
            )
        )
    if told["time_price"] > 0:
        words.append(
            said(
                "The staff time of {hours} hours binds: one more hour would bring {price} of "
                "profit.",
                hours=float(limits["staff_hours"]),
                price=Money(round(60 * told["time_price"]), currency),
            )
        )
    if waiting:
        words.append(
            said("{n} more people would be worth an act, and wait for money or time.", n=waiting)
        )
    return words or [
        said("The budget does not bind: everything that is expected to pay is in the plan.")
    ]
