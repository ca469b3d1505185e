"""What leaves the house: major units with one currency, columns named for what they count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from huitou.facts.metrics import METRICS
from huitou.runs.outward import amounts_of, currency_of, ordered, told, told_people
from huitou.runs.written import written

MINOR = pa.table({"part": ["web", None, "till"], "value": [123456, None, -5], "people": [3, 0, 1]})


@pytest.mark.parametrize(
    ("currency", "first"), [("GBP", "1234.56"), ("JPY", "123456"), ("KWD", "123.456")]
)
def test_money_leaves_in_major_units_with_its_currency_once(currency: str, first: str) -> None:
    out = told(METRICS["revenue"], MINOR, currency)
    assert {row["part"]: row["value"] for row in out.to_pylist()}["web"] == Decimal(first)
    assert currency_of(out) == currency
    assert amounts_of(out) == ("value",)


def test_what_stands_behind_a_number_is_called_what_it_is() -> None:
    assert told(METRICS["revenue"], MINOR, "GBP").column_names == ["part", "value", "lines"]
    assert told(METRICS["order_value"], MINOR, "GBP").column_names[-1] == "orders"
    assert told(METRICS["customers"], MINOR, "GBP").column_names[-1] == "customers"


def test_what_is_no_money_has_no_currency() -> None:
    out = told(METRICS["lines"], MINOR, "GBP")
    assert currency_of(out) is None
    assert out["value"].to_pylist() == [-5, 123456, None]


def test_means_are_money_too() -> None:
    mean = pa.table({"value": [53440.4], "people": [2]})
    assert written(told(METRICS["order_value"], mean, "GBP")) == [{"value": 534.4, "orders": 2}]


def test_rows_are_in_the_order_they_are_read() -> None:
    days = [date(2011, 5, 1), date(2011, 4, 1), date(2011, 4, 1)]
    table = pa.table({"at": days, "stage": ["new", "lost", "active"], "part": ["a"] * 3})
    found = [(row["at"].month, row["stage"]) for row in ordered(table).to_pylist()]
    assert found == [(4, "active"), (4, "lost"), (5, "new")]
    assert ordered(MINOR)["part"].to_pylist() == ["till", "web", None]


def test_people_stand_by_the_key_of_the_merchant_the_largest_first() -> None:
    known = pa.table({"person_id": ["x", "y"], "key": ["14646", "+861"], "name": [None, "A"]})
    table = pa.table({"person_id": ["x", "y"], "value": [100, 200]})
    out = told_people(METRICS["revenue"], table, known, "GBP")
    assert out.column_names == ["key", "name", "value", "person_id"]
    assert [(row["key"], row["value"]) for row in out.to_pylist()] == [
        ("+861", Decimal("2.00")),
        ("14646", Decimal("1.00")),
    ]
