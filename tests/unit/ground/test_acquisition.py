"""What winning new customers costs, as one line of text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from huitou.ground.acquisition import EXAMPLE, Spent, by_month, read
from huitou.ground.errors import BadInput, HuitouError
from huitou.ground.settings import Settings

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))


def test_months_amounts_and_channels_are_read() -> None:
    assert read(EXAMPLE) == (
        Spent(Decimal(800), JANUARY, "ads"),
        Spent(Decimal(300), JANUARY, "flyers"),
        Spent(Decimal(950), FEBRUARY),
    )
    assert read("1200.50") == (Spent(Decimal("1200.50")),)
    assert read("") == ()
    assert read("2026-01 800 paid search；2026-02 1") == (
        Spent(Decimal(800), JANUARY, "paid search"),
        Spent(Decimal(1), FEBRUARY),
    )


@pytest.mark.parametrize("text", ["ads 800", "2026-13 5", "2026-01", "-5", "NaN", "2026-01 lots"])
def test_what_is_no_amount_is_said(text: str) -> None:
    with pytest.raises(BadInput):
        read(text)
    with pytest.raises(HuitouError):
        Settings().changed(acquisition_spend=text)


def test_a_month_named_goes_before_the_usual() -> None:
    spent = by_month(read("100; 2026-01 800 ads; 2026-01 300"), [JANUARY, FEBRUARY])
    assert spent == {JANUARY: Decimal(1100), FEBRUARY: Decimal(100)}


def test_months_of_which_nobody_said_anything_are_absent() -> None:
    assert by_month(read("2026-01 8"), [JANUARY, MARCH]) == {JANUARY: Decimal(8)}
    assert by_month((), [JANUARY]) == {}


@pytest.mark.parametrize("share", [-0.1, 0.91])
def test_a_split_leaves_something_on_both_sides(share: float) -> None:
    with pytest.raises(HuitouError, match="share_with_customers"):
        Settings().changed(share_with_customers=share)
