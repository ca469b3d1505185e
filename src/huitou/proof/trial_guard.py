"""Does an act of a planned test do harm? Looked at once a week while people still come in.

    weeks of taking people in · acts beside the base · outcomes   share one chance of a false stop

Each look has an equal part of the doubt (Bonferroni), so what was seen earlier need not be kept; a
campaign, which is looked at every day, spends it by what it has learned (`proof.harm`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from scipy.special import ndtri

from huitou.proof.harm import FALSE_STOPS, LEAST_HELD_OUT, LEAST_TREATED, SHARES, Arm, Look

WEEK = 7


def looks_of(started: date, enrol_until: date) -> int:
    """How many looks there are at a test while it takes people in."""
    return max(1, -(-(enrol_until - started).days // WEEK))


def latest(started: date, day: date) -> int:
    """The number of the latest look by this day: 0 in the first week."""
    return max(0, (day - started).days // WEEK)


def line(outcome: str, looks: int, acts: int) -> float:
    """The z beyond which an outcome is harm, one of so many looks at so many acts."""
    return -float(ndtri(FALSE_STOPS * SHARES[outcome] / (looks * acts)))


def enough(treated: Arm, base: Arm) -> bool:
    """Whether two arms have people enough to say anything."""
    return treated.people >= LEAST_TREATED and base.people >= LEAST_HELD_OUT


def struck(seen: Mapping[str, Sequence[Look]], looks: int) -> tuple[str, str] | None:
    """The first act that does harm, and by which outcome; None where none does.

    Args:
        seen: act -> its outcomes against the base, at the latest look.
        looks: how many looks there are at the test.
    """
    for act, outcomes in seen.items():
        for look in outcomes:
            if look.z > line(look.outcome, looks, len(seen)):
                return act, look.outcome
    return None
