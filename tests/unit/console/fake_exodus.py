"""A made-up exodus, and made-up answers to what if."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from tests.unit.console.fake_people import TODAY, estimate, money

from huitou.ground.errors import BadInput, NotYet
from huitou.ground.words import said
from huitou.runs import views
from huitou.runs.desks import exodus as desk
from huitou.runs.desks import what_if


def group(part: str, *, named: bool) -> desk.GroupView:
    """A region of which a fifth stayed away, or nobody beyond what is usual."""
    share = 0.21 if named else 0.01
    row = {
        "kind": "region", "part": part, "start": "2011-10-14", "came": 140, "expected": 180.2,
        "people": 330, "share": share, "low": share - 0.1, "high": share + 0.1,
    }  # fmt: skip
    revenue = estimate(9000, 0.5)
    return desk.GroupView(
        kind="region",
        name=desk.KINDS["region"],
        part=part,
        start=TODAY - timedelta(days=56),
        end=TODAY,
        people=330,
        expected=180.2,
        came=140,
        share=share,
        low=share - 0.1,
        high=share + 0.1,
        surprise=0.0001 if named else 0.4,
        named=named,
        revenue=revenue,
        profit=estimate(3000, 0.5),
        words=desk._sentence(row, TODAY, revenue),
    )


class FakeExodus:
    """One group leaves, one does not; churn can be turned, and nothing else is known."""

    rows: list[views.PersonRow]

    def exodus(self) -> desk.ExodusView:
        """The north leaves."""
        named, others = (group("<north>", named=True),), (group("south", named=False),)
        return desk.ExodusView(TODAY, 40, 112, named, others, desk._words(40, 1))

    def exodus_people(self, kind: str, part: str, limit: int = 50) -> desk.AwayView:
        """Two people of the north."""
        if part != "<north>":
            raise NotYet(said("No exodus of {what} is known.", what=part))
        return desk.AwayView(kind, part, 40, tuple(self.rows[:2]))

    def what_if(self, told: Mapping[str, str], years: float = 1.0) -> what_if.WhatIfView:
        """Churn from 10 to 5 is worth something; other words are no numbers."""
        churn = told.get("churn", "")
        if churn not in ("", "10:5"):
            raise BadInput(said("This is not a number."), column="churn", value=churn)
        added = estimate(700, 0.4) if churn else None
        levers = tuple(
            what_if.LeverView(
                code, name, 20.5 if code != "cost" else None,
                10.0 if churn and code == "churn" else None,
                5.0 if churn and code == "churn" else None,
                added if code == "churn" else None,
            )
            for code, name in what_if.TITLES.items()
        )  # fmt: skip
        return what_if.WhatIfView(
            as_of=TODAY,
            years=years,
            customers=4338,
            newcomers_a_year=None,
            levers=levers,
            before=money(9000),
            after=money(9700 if churn else 9000),
            added=added or estimate(0, 0.1),
            by_churn=((5.0, money(9700)), (10.0, money(9000))) if churn else (),
            words=(said("Nothing was changed: say what would be different."),),
            unknown=(),
        )
