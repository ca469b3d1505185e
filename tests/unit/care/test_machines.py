"""What a machine needs, and when: by time, by use, and when it is worn out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from huitou.care.machines import rules
from huitou.care.machines.rules import END, SERVICE, USE, Machine
from huitou.ground.errors import BadInput

RULES = rules.RULES.as_shipped("CNY")
KIND = RULES.kinds[0]
POT = Machine("A1", "Coffee machine", date(2024, 1, 1))


def test_a_service_moves_the_next_one_and_not_the_end_of_its_life() -> None:
    before = {due.kind: due.day for due in rules.due(POT, KIND, date(2025, 1, 1))}
    served = replace(POT, services=(date(2024, 12, 1),))
    after = {due.kind: due.day for due in rules.due(served, KIND, date(2025, 1, 1))}
    assert before[SERVICE] == date(2024, 12, 31) and after[SERVICE] == date(2025, 12, 1)
    assert before[END] == after[END] == date(2028, 12, 30)


def test_by_use_it_is_due_when_the_counter_will_have_run_so_far() -> None:
    by_use = replace(KIND, service_uses=10_000)
    used = replace(POT, readings=((date(2024, 1, 1), 0), (date(2024, 4, 10), 2_000)))
    (due,) = [each for each in rules.due(used, by_use, date(2024, 4, 10)) if each.kind == USE]
    # 20 a day: 8,000 more in 400 days.
    assert due.day == date(2025, 5, 15)
    still = replace(used, readings=((date(2024, 1, 1), 5), (date(2024, 4, 1), 5)))
    assert not [each for each in rules.due(still, by_use, date(2024, 4, 10)) if each.kind == USE]


def test_the_next_reading_moves_the_day_and_the_further_off_the_less_sure_it_is() -> None:
    by_use = replace(KIND, service_uses=10_000, service_days=0, life_days=0)
    days = [date(2024, 1, 1) + timedelta(days=30 * month) for month in range(12)]
    steady = replace(POT, readings=tuple((day, 600 * at) for at, day in enumerate(days)))
    uneven = tuple((day, 600 * at + 250 * (at % 2)) for at, day in enumerate(days))
    (one,) = rules.due(steady, by_use, days[-1])
    (other,) = rules.due(replace(steady, readings=uneven), by_use, days[-1])
    (sooner,) = rules.due(steady, replace(by_use, service_uses=8_000), days[-1])
    assert one.use is not None and other.use is not None and sooner.use is not None
    # 3,400 are left at 20 a day.
    assert one.day == days[-1] + timedelta(days=170)
    assert _width(other.use) > _width(one.use) > _width(sooner.use)
    chances = [one.use.by(days[-1] + timedelta(days=each)) for each in range(0, 700, 10)]
    assert chances == sorted(chances) and chances[0] == 0.0 and chances[-1] > 0.99


def _width(use: rules.Use) -> int:
    low, high = use.day(0.1), use.day(0.9)
    assert low is not None and high is not None
    return (high - low).days


def test_a_service_between_two_readings_is_counted_from_the_line_that_joins_them() -> None:
    by_use = replace(KIND, service_uses=10_000, service_days=0, life_days=0)
    readings = ((date(2024, 1, 1), 0), (date(2024, 1, 11), 100), (date(2024, 1, 21), 4_100))
    served = replace(POT, readings=readings, services=(date(2024, 1, 16),))
    (due,) = rules.due(served, by_use, date(2024, 1, 21))
    # 2,100 stood on it when it was serviced.
    assert due.use is not None and due.use.left == 8_000


def test_what_is_used_up_is_due_since_the_last_reading() -> None:
    by_use = replace(KIND, service_uses=1_000, service_days=0, life_days=0)
    used = replace(POT, readings=((date(2024, 1, 1), 0), (date(2024, 4, 10), 2_000)))
    (due,) = rules.due(used, by_use, date(2024, 4, 10))
    assert due.day == date(2024, 4, 10) and due.use is not None
    assert due.use.by(date(2024, 4, 10)) == 1.0


def test_an_old_one_is_worth_less_each_step_and_nothing_in_the_end() -> None:
    worth = [KIND.worth(date(year, 1, 1), date(2026, 1, 1)) for year in (2025, 2023, 2021, 2015)]
    assert worth == [100_00, 50_00, 20_00, 0]


@pytest.mark.parametrize(
    ("text", "says"),
    [("a,b\n1,2\n", "no column 'serial'"), ("serial,colour\n1,red\n", "unknown column 'colour'")],
)
def test_a_file_that_is_none_of_machines_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        list(rules.rows(text))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": [{"products": []}]},
        {"kind": [{"products": ["*"], "life_days": -1}]},
        {"kind": [{"products": ["*"], "trade_in": [{"months": 0, "value": "1"}]}]},
        {"kind": [{"products": ["*"], "trade_in": [{"months": 3, "value": "much"}]}]},
        {"lead_days": 0},
    ],
)
def test_rules_that_cannot_be_are_refused(wrong: dict) -> None:
    with pytest.raises(BadInput):
        rules.parse(wrong, "CNY")


def test_a_trade_in_that_names_no_value_is_refused_in_words() -> None:
    step = {"months": 12}
    with pytest.raises(BadInput, match=r"kind\.1\.trade_in\.1\.value is missing") as bad:
        rules.parse({"kind": [{"products": ["*"], "trade_in": [step]}]}, "CNY")
    assert bad.value.to_try == 'value = "100"'
