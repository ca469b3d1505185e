"""Who is out before anything is scored: rules as values, each with its words and its date.

    asked for silence, never to be chased        for good: nothing reaches them
    let go                                       until its last day
    no offers chosen from what they bought       for good: only what everybody gets
    not for now                                  until the date to look again
    an open complaint, an open case              only a call by whoever owns it
    addressed lately, or often enough            until they had their rest
    no way to reach them                         no consent, or no address

The first that strikes stands in the receipt. The lot that holds some people out is drawn before all
of these, and stands beside them (`holdout`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from huitou.decisions.acts import Act, by_traits
from huitou.decisions.audience import Audience, BoolArray
from huitou.decisions.limits import Limits
from huitou.decisions.price import reached_by
from huitou.ground.words import Sentence, said

Days = NDArray[np.datetime64]
CONTACT_DAYS = 90
"""Contacts are counted over so many days (`limits.most_contacts`)."""


def _none(_act: Act) -> bool:
    return False


def _calls(act: Act) -> bool:
    """Staff may call all the same: who owns a complaint or a case speaks to them."""
    return act.by_phone


def _alike(act: Act) -> bool:
    """What nobody gets for what they bought."""
    return not by_traits(act.kind)


@dataclass(frozen=True)
class Rule:
    """One reason not to address somebody, whatever it might earn."""

    code: str
    words: Sentence
    strikes: Callable[[Audience, Limits], BoolArray]
    """Whom it strikes (n,)."""
    spares: Callable[[Act], bool] = _none
    """Which acts it lets pass all the same."""
    day: Callable[[Audience, Limits, date], Days] | None = None
    """Its date: since when it holds for good, or until when it holds (n,)."""


def _resting(people: Audience, _limits: Limits) -> BoolArray:
    found: BoolArray = people.not_for_now | ~np.isnat(people.rests_until)
    return found


def _rested(people: Audience, limits: Limits, as_of: date) -> Days:
    left = np.maximum(limits.quiet_days - people.quiet_for, 0)
    days: Days = np.datetime64(as_of, "D") + left.astype("timedelta64[D]")
    return days


RULES: tuple[Rule, ...] = (
    Rule(
        "silent",
        said("They asked to be left alone: nothing reaches them, for ever."),
        lambda people, _: ~np.isnat(people.silent_since),
        day=lambda people, _, __: people.silent_since,
    ),
    Rule(
        "never",
        said("Somebody of the staff marked them as not to be chased, and said why."),
        lambda people, _: ~np.isnat(people.never_since),
        day=lambda people, _, __: people.never_since,
    ),
    Rule(
        "let_go",
        said("Somebody decided, with the evidence, that they get no offers for a time."),
        lambda people, _: ~np.isnat(people.let_go_until),
        day=lambda people, _, __: people.let_go_until,
    ),
    Rule(
        "not_by_traits",
        said("They want no offers chosen from what they bought, and get what everybody gets."),
        lambda people, _: people.not_by_traits,
        spares=_alike,
    ),
    Rule(
        "open_complaint",
        said("Their complaint is open: nothing is sold to them until it is settled."),
        lambda people, _: people.open_complaint,
        spares=_calls,
    ),
    Rule(
        "not_for_now",
        said("They said why they stay away; until the date to look again they are left in peace."),
        _resting,
        day=lambda people, _, __: people.rests_until,
    ),
    Rule(
        "in_test",
        said("They are in a planned test that still runs, and get nothing else meanwhile."),
        lambda people, _: people.in_test,
    ),
    Rule(
        "contacted_lately",
        said("They were addressed only lately, and are left in peace for now."),
        lambda people, limits: people.quiet_for < limits.quiet_days,
        day=_rested,
    ),
    Rule(
        "too_often",
        said("They were addressed as often as anybody may be within 90 days."),
        lambda people, limits: people.contacts >= limits.most_contacts,
    ),
    Rule(
        "open_case",
        said("Their case is open: its owner speaks to them, and no letter crosses it."),
        lambda people, _: people.open_case,
        spares=_calls,
    ),
)
"""In the order in which they are asked."""

TO_COME_BACK = ("offer", "red_packet", "voucher")
"""Acts that ask somebody back by taking something off; amends are owed, whoever bought since."""
NO_CHANNEL = "no_channel"


@dataclass(frozen=True)
class Out:
    """Who may not get which act, and why."""

    barred: BoolArray
    """(people, acts); *nothing* is never barred."""
    rules: NDArray[np.str_]
    """The first rule that strikes each person; empty for none."""
    days: Days
    """Its date for each person; NaT where it has none."""

    @property
    def reachable(self) -> BoolArray:
        """Whom no rule keeps out."""
        nobody: BoolArray = self.rules == ""
        return nobody


def who_is_out(people: Audience, acts: Sequence[Act], limits: Limits, as_of: date) -> Out:
    """Ask every rule about everybody, before anything is scored."""
    struck = {rule.code: rule.strikes(people, limits) for rule in RULES}
    columns, no_way = [], np.ones(len(people), dtype=np.bool_)
    for act in acts:
        if act.kind == "nothing":
            columns.append(np.zeros(len(people), dtype=np.bool_))
            continue
        unreachable = reached_by(people, act) == ""
        no_way &= unreachable
        ruled_out = _any(people, [struck[rule.code] for rule in RULES if not rule.spares(act)])
        columns.append(unreachable | ~fits(people, act) | ruled_out)
    asked = [struck["silent"], struck["never"], no_way, *(struck[rule.code] for rule in RULES[2:])]
    codes = ["silent", "never", NO_CHANNEL, *(rule.code for rule in RULES[2:])]
    rules = np.select(asked, codes, "")
    return Out(np.column_stack(columns), rules, _days(people, limits, as_of, rules))


def fits(people: Audience, act: Act) -> BoolArray:
    """Whom an act is meant for: their stage, their cause, and for word of a fix who was hurt."""
    meant = np.isin(people.stage, list(act.stages))
    if act.kind in TO_COME_BACK:
        meant &= ~people.return_rests
    if act.causes:
        meant &= np.isin(people.cause, list(act.causes)) & (people.suspicion > 0)
    # Word of a fix is for those it hurt, once.
    return meant & people.mended if act.kind == "mended" else meant


def _any(people: Audience, struck: Sequence[BoolArray]) -> BoolArray:
    either = np.zeros(len(people), dtype=np.bool_)
    for each in struck:
        either |= each
    return either


def _days(people: Audience, limits: Limits, as_of: date, rules: NDArray[np.str_]) -> Days:
    days = np.full(len(people), np.datetime64("NaT"), dtype="datetime64[D]")
    for rule in RULES:
        if rule.day is not None and (here := rules == rule.code).any():
            days[here] = rule.day(people, limits, as_of)[here]
    return days
