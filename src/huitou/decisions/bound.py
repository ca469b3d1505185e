"""What is left to spend on one person: nobody is courted for more than they are still worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from huitou.decisions.acts import Act
from huitou.decisions.audience import Audience, BoolArray, IntArray
from huitou.decisions.limits import Limits
from huitou.decisions.price import reached_by


def bounds(people: Audience, limits: Limits) -> IntArray:
    """Most that may be owed to each person at any time: a share of the *lower* bound of value.

    What is owed already counts against it: an act may be done when
    `exposure + worst_cost <= bound`.
    """
    left = limits.share_of_value * np.maximum(people.value_low, 0.0)
    return np.floor(left).astype(np.int64)


def blocked(people: Audience, acts: Sequence[Act], limits: Limits) -> tuple[BoolArray, list[str]]:
    """Who may not be addressed at all (n, acts), and the rule that says so first ('' for none).

    An open case or complaint leaves only the call: its owner speaks, and no letter crosses them.
    """
    lately = people.quiet_for < limits.quiet_days
    no_way = np.ones(len(people), dtype=np.bool_)
    columns = []
    for act in acts:
        unreachable = reached_by(people, act) == ""
        if act.kind == "nothing":
            columns.append(np.zeros(len(people), dtype=np.bool_))
            continue
        no_way &= unreachable
        crossing = (people.open_case | people.open_complaint) & (not act.by_phone)
        out_of_stage = ~np.isin(people.stage, list(act.stages))
        # Word of a fix is for those it hurt, once.
        untrue = (act.kind == "mended") & ~people.mended
        barred = unreachable | lately | crossing | out_of_stage | untrue | people.not_for_now
        barred |= people.in_test
        columns.append(barred)
    rules = np.select(
        [
            no_way,
            people.open_complaint,
            people.not_for_now,
            people.in_test,
            lately,
            people.open_case,
        ],
        ["no_channel", "open_complaint", "not_for_now", "in_test", "contacted_lately", "open_case"],
        "",
    )
    return np.column_stack(columns), rules.tolist()
