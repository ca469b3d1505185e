"""The owner's report and the guardrail in the browser."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop
from tests.unit.console.test_pages import token_of


def test_the_report_shows_change_interval_and_names(owner: TestClient) -> None:
    page = owner.get("/report").text
    assert "£1,235" in page and "+24%" in page and "90 times in 100" in page
    assert "Ada Lovelace" in page
    assert "<script>" not in page.split("report-bars")[1], "what customers typed is inert"


def test_the_report_leaves_as_paper(owner: TestClient) -> None:
    answer = owner.get("/report.pdf?period=week&until=2011-12-09")
    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="huitou-week-2011-12-09.pdf"' in answer.headers["content-disposition"]


def test_a_day_that_is_none_is_said_plainly(owner: TestClient) -> None:
    answer = owner.get("/report?until=yesterday")
    assert answer.status_code == 400
    assert "is not a day" in answer.text


def test_it_says_what_became_of_those_that_were_sent(owner: TestClient) -> None:
    page = owner.get("/report").text
    assert "accepted@x.com: sent" in page
    assert "450 busy" in page


def test_strangers_read_no_report(visitor: TestClient) -> None:
    for path in ("/report", "/report.pdf", "/harm"):
        assert "/sign-in" in str(visitor.get(path).url)


def test_a_stopped_campaign_goes_on_when_the_owner_says_so(
    owner: TestClient, shop: FakeShop
) -> None:
    page = owner.get("/harm").text
    assert "Stopped" in page and "cost 3 customers more than it kept" in page
    assert owner.post("/harm/5f0c62a1b3d4/lift").status_code == 403, "only from our own page"
    answer = owner.post("/harm/5f0c62a1b3d4/lift", data={"csrf": token_of(owner)})
    assert answer.status_code == 200
    assert shop.harm.lifted_by == "owner"


@pytest.mark.parametrize("path", ["/report", "/harm"])
def test_looking_changes_nothing(owner: TestClient, shop: FakeShop, path: str) -> None:
    owner.get(path)
    assert shop.harm.lifted_by is None
