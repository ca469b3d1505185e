"""A made-up balance with three curves, a receipt, a dry run and a replay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.unit.console.fake_people import TODAY, estimate, money, receipt

from huitou.ground.errors import NotYet
from huitou.ground.words import said
from huitou.runs import views
from huitou.runs.desks import balance as desk
from huitou.runs.desks.rehearsals import GoingItem, GoingView
from huitou.runs.desks.why import ReplayView, WhyLine, WhyPlan, WhyView


def spot(spend: float, gain: float, returns: float) -> desk.SpotView:
    """One way to spend."""
    return desk.SpotView(money(spend), estimate(gain, 0.4), returns, round(spend / 2), spend / 90)


def curve(code: str, size: float) -> desk.CurveView:
    """A concave curve whose top is at the fourth of five spots."""
    shape = ((0, 0, 0.0), (100, 300, 2.1), (300, 560, 0.7), (600, 640, 0.0), (900, 600, -0.4))
    spots = tuple(spot(size * spend, size * gain, returns) for spend, gain, returns in shape)
    return desk.CurveView(code, desk.NAMES[code], spots, spots[3])


def newcomers(*, known: bool) -> desk.NewView:
    """Winning new, with or without what it costs."""
    ages = tuple(desk.GrownView(n, estimate(20.0 * n, 0.2)) for n in range(1, 10))
    return desk.NewView(
        per_month=31.0,
        first_month=ages[0].profit,
        year=ages[-1].profit,
        months=9,
        by_age=ages,
        spend=money(900) if known else None,
        channels=(("ads", money(600)), ("flyers", money(300))) if known else (),
        cost_each=money(29) if known else None,
        payback=2 if known else None,
        payback_best=2 if known else None,
        payback_worst=None,
        point=spot(1200, 900, 0.0) if known else None,
        curve=curve("new", 1.2) if known else None,
        elasticity=(0.4, 0.1, 0.7) if known else None,
    )


class FakeBalance:
    """The part of the played shop that weighs and gives receipts."""

    costs_known = True
    has_balance = True
    person: Callable[[str], views.PersonView]
    """The shop's own."""

    def balance(self) -> desk.BalanceView:
        """Three curves, and one for newcomers."""
        if not self.has_balance:
            raise NotYet("this plan was drafted without its balance", to_try="huitou plan draft")
        together = curve("together", 1.0)
        split = spot(240, 500, 0.9)
        return desk.BalanceView(
            plan="plan1",
            as_of=TODAY,
            window_days=91,
            together=together,
            keep=curve("keep", 0.7),
            back=curve("back", 0.3),
            today=spot(400, 600, 0.4),
            budget=money(400),
            split=desk.SplitView(0.3, split, money(140), said("It earns {less} less.", less=140)),
            new=newcomers(known=self.costs_known),
            words=(said("Most is earned where {spend} is spent.", spend=money(600)),),
            unknown=(said("No plan has been carried out yet."),),
        )

    def why(self, id_or_key: str, on: date | None = None, plan_id: str | None = None) -> WhyView:
        """The receipt of anybody."""
        row = self.person(id_or_key).row
        plan = WhyPlan(plan_id or "plan1", on or TODAY, "applied", "remind", 0.0, False, True)
        lines = (
            WhyLine("stage", "known", said("Stage"), row.stage, "stage"),
            WhyLine("value", "known", said("Still worth"), money(38), "money"),
            WhyLine("propensity", "lot", said("Chance that this act was drawn"), 1.0, "share"),
            WhyLine("chances", "lot", said("Chances of the draw"), "thank:0.9 nothing:0.1", "text"),
            WhyLine("explored", "lot", said("Drawn to learn from it"), 0.0, "yes"),
            WhyLine("money_price", "price", said("One more coin returned"), 0.4, "number"),
            WhyLine("huitou", "version", said("Version that drafted it"), "0.1.0", "text"),
        )
        bought = views.TimelineEntry(TODAY, "order", money(12), "A1", said("Mug"))
        return WhyView(
            row, row.id, plan, receipt(row), lines, (said("It left the house."),), (bought,),
            (plan,),
        )  # fmt: skip

    def rehearse(self, plan_id: str) -> GoingView:
        """One letter that leaves, and one that is stopped."""
        items = (
            GoingItem("p1", "17850", "remind", 0.0, "paper", "We thought of you", money(1.2),
                      money(1.2), None, 0.5, None, None),
            GoingItem("p2", None, "offer", 0.1, "paper", None, money(2), money(9), None, 0.5,
                      "silent", said("They asked to be left alone.")),
        )  # fmt: skip
        return GoingView(
            plan_id, "approved", 1, 0, 0, {"silent": 1}, {"paper": 1}, money(1.2), money(1.2), 0.5,
            items, (said("It is not approved: nothing leaves before it is."),),
        )  # fmt: skip

    def replay_plan(self, plan_id: str) -> ReplayView:
        """The same again."""
        words = (said("Every receipt is the same."),)
        return ReplayView(plan_id, True, "ab12", "ab12", "0.1.0", "0.1.0", words)
