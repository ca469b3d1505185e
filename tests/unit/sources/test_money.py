"""Amounts in three scripts become integers; what is not finite never does."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.sources import money


def read(
    *values: object, decimal: str = ".", currency: str = "CNY", places: int = 2
) -> list[int | None]:
    figures = money.figures(
        pa.array(values), "c", places=places, decimal=decimal, currency=currency
    )
    taken: list[int | None] = figures.array().to_pylist()
    return taken


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("1234.5", 123_450),
        ("￥1,234.50", 123_450),
        ("１２３４．５０", 123_450),
        ("¥ 1 234.50", 123_450),
        ("1'234.50", 123_450),
        ("RMB 88", 8_800),
        ("88元", 8_800),
        ("5万", 5_000_000),
        ("(5.00)", -500),
        ("−5", -500),
        ("-¥5", -500),
        ("5-", -500),
        ("+5", 500),
        (".5", 50),
        ("5.", 500),
        ("0.125", 12),
        ("0.135", 14),
        ("1.2E+03", 120_000),
    ],
)
def test_an_amount_is_read(written: str, minor: int) -> None:
    assert read(written) == [minor]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("NaN", "finite"), ("inf", "finite"), ("-Infinity", "finite"), ("1e999", "finite"),
        ("1e90", "too large"), ("99999999999999999", "too large"), ("12,34.5", "differently"),
        ("1.234,50", "differently"), ("€5", "currency"), ("NT$5", "currency"), ("１２x", "number"),
        ("١٢", "number"), ("1_000", "number"), ("--5", "number"), ("(5", "number"),
        ("12.3.4", "diff"), ("五十", "number"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_its_reason(written: str, reason: str) -> None:
    figures = money.figures(pa.array([written]), "c", places=2, decimal=".", currency="CNY")
    assert not figures.known[0]
    assert reason in str(figures.faults[0].reason)


def test_a_comma_parts_decimals_where_the_column_says_so() -> None:
    assert read("1.234,50 €", "12,00", "1 234,5", decimal=",", currency="EUR") == [
        123_450,
        1_200,
        123_450,
    ]


@pytest.mark.parametrize(
    ("column", "counts"),
    [
        (["1,234.50", "12"], {".": 1, ",": 0, "either": 0}),
        (["1.234,50", "12,5"], {".": 0, ",": 2, "either": 0}),
        (["1.234"], {".": 0, ",": 0, "either": 1}),
        (["1,234", "x", None], {".": 0, ",": 0, "either": 0}),
    ],
)
def test_decimals_are_told_over_the_column(
    column: list[str | None], counts: dict[str, int]
) -> None:
    assert money.fitting(column) == counts


def test_signs_that_several_currencies_share_prove_none() -> None:
    assert money.currencies(["¥5", "$5", "5元"]) == set()
    assert money.currencies(["NT$5", "5 €", None, "x"]) == {"TWD", "EUR"}


def test_numbers_of_every_type_are_taken() -> None:
    assert read(12.345, -0.0, None) == [1234, 0, None]
    assert read(5, 7) == [500, 700]
    assert read(Decimal("12.34"), Decimal("-1")) == [1234, -100]
    assert read(float("nan"), float("inf"), 1e300) == [None, None, None]


def test_currencies_without_minor_units() -> None:
    assert read("￥1,200", currency="JPY", places=0) == [1200]


@given(st.integers(-(10**13), 10**13))
def test_what_is_written_is_read_back(minor: int) -> None:
    major = Decimal(minor).scaleb(-2)
    point, grouped = f"{major:.2f}", f"{major:,.2f}"
    swapped = grouped.translate(str.maketrans(",.", ".,"))
    wide = point.translate(str.maketrans("0123456789.-", "０１２３４５６７８９．－"))
    assert read(point, grouped, wide) == [minor] * 3
    assert read(swapped, decimal=",") == [minor]


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader(text: str) -> None:
    (taken,) = read(text)
    assert taken is None or isinstance(taken, int)
