"""What the owner is told at the end of a run, and what the guardrail saw of the first campaign."""

from __future__ import annotations

from datetime import date

import pytest
from tests.shop.scenes import Year, opened

from huitou.ground.errors import NotYet
from huitou.runs.report.worded import lines

LAST = date(2011, 12, 9)


def test_each_run_leaves_a_week_and_a_month(year: Year) -> None:
    shop = opened(year.home)
    for period in ("week", "month"):
        told = shop.report(period)
        assert told.until == LAST
        assert [part.code for part in told.sections][:2] == ["sold", "how_many"]
        assert shop.report(period, LAST) == told, "it reads the same when it is read again"
    with pytest.raises(NotYet, match="no report was written"):
        shop.report("week", date(2011, 12, 1))


def test_the_week_says_what_was_sold_and_what_it_was_before(year: Year) -> None:
    told = opened(year.home).report("week")
    revenue = next(each for each in told.sections[0].figures if each.code == "revenue")
    # Added up by hand from the file: 3 to 9 December 2011, and the week before.
    assert revenue.before is not None
    assert len(revenue.series) > 10
    assert revenue.move in ("up", "down", "noise")


def test_an_evening_on_which_nobody_ran_is_worked_out_and_said(year: Year) -> None:
    words = "\n".join(lines(opened(year.home).reports.worded("week", None, "en")))
    assert "Nobody ran the books on Dec 2, 2011" in words
    assert "Newly judged lost since Dec 2, 2011" in words


def test_the_first_campaign_was_looked_at_against_its_control(year: Year) -> None:
    shop = opened(year.home)
    campaign = shop.harm.seen().campaigns[0]
    assert campaign.people + campaign.held_out > 0
    outcomes = {line.outcome for line in campaign.lines}
    assert outcomes in (set(), {"silence", "complaint", "churn", "profit"})
    assert (campaign.verdict == "too_early") == (not outcomes)
