"""The rule of the stages, one customer at a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from tests.unit.facts.rows import by_person, line, shop

from huitou.facts import life
from huitou.facts.contract import STAGES
from huitou.facts.customers import customers
from huitou.facts.stages import longest_usual_silence, stages

AT = date(2011, 12, 31)
AS_OF = datetime(2012, 1, 1)
HORIZON = 90


def ago(days: int) -> date:
    return AT - timedelta(days=days)


def scored(chances: dict[str, float]) -> ibis.Table:
    people = [{"person_id": name, "p_buy": p, "value": 500} for name, p in chances.items()]
    kinds = pa.schema([("person_id", pa.string()), ("p_buy", pa.float64()), ("value", pa.int64())])
    return ibis.memtable(pa.Table.from_pylist(people, schema=kinds))


def stage_of(days: list[int], p_buy: float = 0.6, **more: Any) -> str:
    """The stage of somebody who bought so many days ago, in a shop of monthly buyers."""
    others = [line(f"other{n}", ago(n + 30 * k)) for n in range(5) for k in range(6)]
    t = shop(*(line("a", ago(n)) for n in days), *others)
    told = scored({"a": p_buy})
    earlier = more.get("earlier")
    out = stages(customers(t, AS_OF), told, 0.2, earlier, at=AT, horizon_days=HORIZON)
    return str(by_person(out)["a"]["stage"])


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        ([10], "new"),
        ([40, 10], "active"),
        ([100, 70, 40, 10], "loyal"),
        ([200, 190, 180, 170, 160], "slipping"),
        ([300], "slipping"),
        ([400, 380, 360, 20], "returned"),
        ([400, 380, 360, 80, 60, 40, 20], "returned"),
        ([700, 680, 660, *range(300, 0, -20)], "loyal"),
    ],
)
def test_the_stage_follows_from_the_days(days: list[int], stage: str) -> None:
    assert stage_of(days) == stage


@pytest.mark.parametrize("days", [[10], [100, 70, 40, 10], [300], [400, 380, 360, 20]])
def test_lost_means_under_the_line_and_nothing_else(days: list[int]) -> None:
    assert stage_of(days, p_buy=0.19) == "lost"
    assert stage_of(days, p_buy=0.2) != "lost"


def test_who_was_lost_a_horizon_ago_and_bought_since_has_returned() -> None:
    def earlier(at: date, stage: str) -> ibis.Table:
        row = {"person_id": "a", "at": at, "stage": stage, "p_buy": 0.1, "value": 0}
        return ibis.memtable(pa.Table.from_pylist([row], schema=STAGES))

    days = [150, 120, 20]
    assert stage_of(days) == "returned"  # a hundred days, after thirty
    days = [120, 70, 20]
    assert stage_of(days) == "active"
    assert stage_of(days, earlier=earlier(ago(90), "lost")) == "returned"
    assert stage_of(days, earlier=earlier(ago(90), "slipping")) == "active"
    assert stage_of(days, earlier=earlier(ago(10), "lost")) == "active"
    assert stage_of(days, earlier=earlier(ago(300), "lost")) == "active"


def test_the_punctual_are_missed_sooner_than_the_erratic() -> None:
    t = shop(
        *(line("punctual", ago(n)) for n in range(100, 400, 30)),
        *(line("erratic", ago(n)) for n in (100, 105, 110, 115, 120, 235, 240, 245, 350, 370)),
    )
    table = customers(t, AS_OF)
    out = by_person(table.select("person_id", "gap_mean", silence=longest_usual_silence(table)))
    assert out["punctual"]["gap_mean"] == out["erratic"]["gap_mean"] == 30.0
    assert out["punctual"]["silence"] < out["erratic"]["silence"]


def test_nobody_slips_within_a_week() -> None:
    assert stage_of([12, 11, 10, 9, 8, 7]) == "loyal"


def test_without_a_score_the_rhythm_decides() -> None:
    table = customers(shop(line("a", ago(10))), AS_OF)
    out = stages(table, scored({}), 0.2, at=AT, horizon_days=HORIZON)
    assert out.to_pyarrow().schema.types == STAGES.types
    a = by_person(out)["a"]
    assert (a["stage"], a["p_buy"], a["at"]) == ("new", None, AT)
    assert set(life.STAGES) >= {a["stage"]}
