"""The guide by cause: every reason has one, with words to say and what may be promised."""

from __future__ import annotations

from datetime import date

import pytest

from huitou.care.reasons import GROUPS, LEAVE_ALONE, REASONS
from huitou.decisions.counsel import GUIDES, counsel, is_known
from huitou.decisions.receipts import receipt_words
from huitou.ground.languages import LANGUAGES, speaker


@pytest.mark.parametrize("cause", [*REASONS, None, "a cause of tomorrow"])
def test_for_every_cause_staff_know_what_to_do_and_say_in_every_language(
    cause: str | None,
) -> None:
    guide = counsel(cause)
    assert guide.do and guide.say
    for words in (guide.short, guide.promise, *guide.do, *guide.say):
        said = {tag: speaker(tag).say(words) for tag in LANGUAGES}
        assert len(set(said.values())) == len(LANGUAGES), said


def test_every_branch_has_its_guide() -> None:
    assert set(GUIDES) == set(GROUPS)


def test_offers_are_for_what_we_failed_and_for_rivals_and_for_nobody_else() -> None:
    may = {cause for cause in REASONS if counsel(cause).may_offer}
    failed = {each.name for each in REASONS.values() if each.group == "we_failed"} - {"our_mail"}
    assert may == failed | {"competitor"}


def test_a_changed_life_is_asked_later_and_who_wants_peace_never() -> None:
    assert counsel("ill").again(date(2026, 3, 1)) == date(2026, 5, 30)
    assert counsel(LEAVE_ALONE).again(date(2026, 3, 1)) is None


def test_nobody_knows_is_no_cause() -> None:
    assert is_known("price") and not is_known("unknown") and not is_known(None)


def test_the_receipt_of_a_call_says_what_it_is_for() -> None:
    amounts = dict.fromkeys(
        ("worth", "cost", "worst_cost", "bound", "gain", "gain_low", "gain_high", "attention"), 100
    )
    receipt = {"act": "call", "depth": 0.0, "reason": "best", "p_buy": 0.2, "delta": 0.1}
    receipt |= {**amounts, "stage": "lost", "arm": "treated", "runner_up": None, "cap": 0}
    words = [str(each) for each in receipt_words({**receipt, "cause": "price"}, "GBP")]
    assert str(counsel("price").short) in words
    silent = [str(each) for each in receipt_words({**receipt, "cause": "unknown"}, "GBP")]
    assert len(silent) == len(words) - 1
