"""Flows: who moved from which stage to which between two moments."""

from __future__ import annotations

import ibis

from huitou.facts.kernel import EPOCH, nullable

NOT_YET = "not_yet"
"""The stage before of somebody who became a customer in between."""


def stage_sizes(stages: ibis.Table) -> ibis.Table:
    """Customers and expected profit per moment `at` and `stage`."""
    return stages.group_by(["at", "stage"]).aggregate(
        people=stages.count(), value=stages.value.sum()
    )


def flows(stages: ibis.Table) -> ibis.Table:
    """People per stage before and after, for each two neighbouring moments in `stages`.

    `start`, `end`, `before`, `after`, `people`, and `value`: expected profit at the later moment.
    """
    moved = moves(stages)
    return moved.group_by(["start", "end", "before", "after"]).aggregate(
        people=moved.count(), value=moved.value.sum()
    )


def moves(stages: ibis.Table) -> ibis.Table:
    """The same by person: `person_id`, `start`, `end`, `before`, `after`, `value`."""
    moments = stages.group_by("at").aggregate(people=stages.count())
    previous = moments.at.lag().over(ibis.window(order_by=moments.at))
    spans = moments.select(end="at", start=nullable(previous, ibis.literal(EPOCH)))
    now = stages.inner_join(spans, stages.at == spans.end)
    now = now.filter(now.start.notnull())
    then = stages.select(then_person="person_id", then_at="at", before="stage")
    both = now.left_join(then, [now.person_id == then.then_person, now.start == then.then_at])
    return both.select(
        "person_id",
        "start",
        "end",
        before=both.before.fill_null(NOT_YET),
        after=both.stage,
        value=both.value,
    )
