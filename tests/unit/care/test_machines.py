"""What a machine needs, and when: by time, by use, and when it is worn out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

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
