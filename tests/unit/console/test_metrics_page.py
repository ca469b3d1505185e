"""The page of a metric: its table, cut, and asked by either clock."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop

from huitou.facts.metrics import METRICS
from huitou.runs.outward import CURRENCY


def test_both_clocks_reach_the_metric(
    shop: FakeShop, owner: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    table = pa.table({"part": ["<web>"], "value": [0.625]})

    def metric(*words: Any, **clocks: Any) -> pa.Table:
        asked.append((words, clocks))
        return table

    monkeypatch.setattr(shop, "metric", metric)
    page = owner.get(
        "/metrics/repeat_purchase_rate?by=channel&as_of=2011-11-01&known=2011-10-02"
    ).text
    clocks = {"as_of": date(2011, 11, 1), "known": date(2011, 10, 2)}
    assert asked == [(("repeat_purchase_rate", "channel"), clocks)]
    assert "62.5%" in page and "&lt;web&gt;" in page and "<web>" not in page
    assert 'name="known" type="date" value="2011-10-02"' in page
    assert "As it was known on Oct 2, 2011." in page
    owner.get("/metrics/repeat_purchase_rate?by=shoe&known=")
    assert asked[-1] == (("repeat_purchase_rate", None), {"as_of": None, "known": None})


@pytest.mark.parametrize(("language", "told"), [("en", "As known on"), ("zh-Hant", "當時所知")])
def test_money_stages_and_what_is_not_known_are_written(
    shop: FakeShop, owner: TestClient, monkeypatch: pytest.MonkeyPatch, language: str, told: str
) -> None:
    owner.cookies.set("huitou_language", language)
    stages = pa.table({"stage": ["lost"], "value": [Decimal("1234.50")], "complete": [None]})
    told_in = stages.replace_schema_metadata({CURRENCY: "GBP"})
    monkeypatch.setattr(shop, "metric", lambda *_, **__: told_in)
    page = owner.get("/metrics/stages?known=2011-10-02").text
    assert told in page and "1,234.50" in page and "<td>–</td>" in page
    assert "<td>lost</td>" not in page


def test_figures_of_several_rows_are_drawn(
    shop: FakeShop, owner: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [Decimal("80.00"), Decimal("-20.00"), None]
    table = pa.table({"part": ["web", "till", "fair"], "value": values, "people": [4, 4, 2]})
    told = table.replace_schema_metadata({CURRENCY: "GBP"})
    monkeypatch.setattr(shop, "metric", lambda *_, **__: told)
    page = owner.get("/metrics/profit?by=channel").text
    drawn = re.findall(r'meter tone-(\w+)"[^>]*>.*?class="full" width="([\d.]+)%"', page, re.S)
    assert drawn == [("primary", "100.0"), ("lost", "25.0")]
    monkeypatch.setattr(shop, "metric", lambda *_, **__: told.slice(0, 1))
    assert "meter tone" not in owner.get("/metrics/profit").text


def test_the_band_without_an_end_has_a_name(
    shop: FakeShop, owner: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    bands = pa.table({"days": [365, None], "gaps": [4, 1], "share": [0.8, None]})
    monkeypatch.setattr(shop, "metric", lambda *_, **__: bands)
    page = owner.get("/metrics/gaps").text
    assert "<td>longer</td>" in page and "Up to so many days" in page
    assert '<td class="bar-cell">–</td>' in page


def test_another_metric_is_chosen_and_what_is_none_is_said(owner: TestClient) -> None:
    first = owner.get("/metrics", follow_redirects=False)
    assert first.headers["location"] == f"/metrics/{next(iter(METRICS))}"
    chosen = owner.get("/metrics?other=stages", follow_redirects=False)
    assert chosen.headers["location"] == "/metrics/stages"
    assert owner.get("/metrics/shoes").status_code >= 400
    wrong = owner.get("/metrics/stages?known=yesterday")
    assert wrong.status_code >= 400 and "2026-03-01" in wrong.text


@pytest.mark.parametrize(("language", "told"), [("en", "Dec 2009"), ("zh-Hans", "2009年12月")])
def test_a_month_is_written_as_one(
    shop: FakeShop, owner: TestClient, monkeypatch: pytest.MonkeyPatch, language: str, told: str
) -> None:
    owner.cookies.set("huitou_language", language)
    cells = pa.table({"month": [date(2009, 12, 1)], "k": [1], "retention": [0.3529]})
    monkeypatch.setattr(shop, "metric", lambda *_, **__: cells)
    page = owner.get("/metrics/cohort_retention").text
    assert f">{told}</td>" in page and "35.3%" in page
