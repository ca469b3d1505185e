"""What was drawn: the decisions of a plan with their chances, as a replay reads them."""

from __future__ import annotations

from sqlalchemy import select

from huitou.decisions.holdout import UNIVERSAL
from huitou.identity import book as identity
from huitou.journeys.tables import decision
from huitou.loyalty import book as loyalty
from huitou.store.books import Row, Unit

NAMES = (
    "person_id",
    "stage",
    "held_by",
    "test",
    "act_name",
    "intended_name",
    "runner_up_name",
    "propensity",
    "chances",
    "p_buy",
    "worth",
    "value",
    "exposure",
    "bound",
    "intended_gain",
    "intended_cost",
    "intended_worst",
    "outcome",
    "worst_cost",
    "cap",
)


def drawn(unit: Unit, plan_id: str) -> list[Row]:
    """Every decision of a plan whose chance is known, one a person, by today's id.

    Left out are the held out of the whole programme and the people of planned tests: another way
    of deciding would not have reached them.
    """
    columns = [decision.c[name] for name in NAMES]
    query = select(*columns, loyalty.served(decision.c.id).label("served")).where(
        decision.c.plan_id == plan_id,
        decision.c.propensity.is_not(None),
        decision.c.act_name.is_not(None),
        decision.c.test.is_(None),
        decision.c.held_by.is_(None) | (decision.c.held_by != UNIVERSAL),
    )
    known = identity.names(unit)
    rows = unit.rows(query.order_by(decision.c.person_id))
    # Two who turned out to be one keep what the id used now drew.
    found: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["person_id"] in known.survivor):
        person = known.now(row["person_id"])
        found.setdefault(person, {**row, "person_id": person})
    return [found[person] for person in sorted(found)]
