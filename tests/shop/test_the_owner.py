"""What the owner is told at the end of a run, and what the guardrail saw of the first campaign."""

from __future__ import annotations

from datetime import date

import pytest
from tests.shop.scenes import Year

from huitou.ground.errors import NotYet
from huitou.ground.money import Money
from huitou.runs.report.worded import lines as in_lines

LAST = date(2011, 12, 9)


def test_each_run_leaves_a_week_and_a_month(year: Year) -> None:
    shop = year.shop
    for period in ("week", "month"):
        told = shop.report(period)
        assert told.until == LAST
        assert [part.code for part in told.sections][:2] == ["sold", "how_many"]
        assert shop.report(period, LAST) == told, "it reads the same when it is read again"
    with pytest.raises(NotYet, match="no report was written"):
        shop.report("week", date(2011, 12, 1))


def test_the_week_says_what_was_sold_and_what_it_was_before(year: Year) -> None:
    told = year.shop.report("week")
    revenue = next(each for each in told.sections[0].figures if each.code == "revenue")
    edition = year.shop._house.lake.current()
    assert edition is not None
    lines = edition.table("lines", ["day", "amount"]).to_pylist()

    def sold(first: date, last: date) -> int:
        return sum(line["amount"] for line in lines if first <= line["day"] <= last)

    assert revenue.value == Money(sold(date(2011, 12, 3), LAST), "GBP")
    assert revenue.before == Money(sold(date(2011, 11, 26), date(2011, 12, 2)), "GBP")


def test_an_evening_on_which_nobody_ran_is_worked_out_and_said(year: Year) -> None:
    words = "\n".join(in_lines(year.shop.reports.worded("week", None, "en")))
    assert "Nobody ran the books on Dec 2, 2011" in words
    assert "Newly judged lost since Dec 2, 2011" in words


def test_the_first_campaign_was_looked_at_against_its_control(year: Year) -> None:
    shop = year.shop
    campaign = shop.harm.seen().campaigns[0]
    assert campaign.people + campaign.held_out > 0
    outcomes = {line.outcome for line in campaign.lines}
    assert outcomes in (set(), {"silence", "complaint", "churn", "profit"})
    assert (campaign.verdict == "too_early") == (not outcomes)
