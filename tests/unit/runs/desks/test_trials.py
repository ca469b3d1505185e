"""What may be tested: acts in use, the shop's own too, and no way around old customers."""

from __future__ import annotations

import pytest

from huitou.decisions.acts import act_of, in_use
from huitou.ground.errors import HuitouError
from huitou.runs.desks.learning.trials import Idea, check

OWN = act_of({"name": "cheap", "kind": "offer", "claim": "Cheap", "depth": 0.02}, own=True)
ACTS = in_use([OWN])
EVERYBODY = ("new", "active", "loyal", "slipping", "lost", "returned")


def test_an_act_of_the_shops_own_earns_its_place_in_a_test() -> None:
    check(Idea.of(["nothing", "cheap"], stages=EVERYBODY), ACTS)
    with pytest.raises(HuitouError, match="there is no act"):
        check(Idea.of(["nothing", "cheap"], stages=EVERYBODY), in_use())


def test_a_test_is_no_way_around_old_customers() -> None:
    with pytest.raises(HuitouError, match=r"also takes in active, loyal"):
        check(Idea.of(["nothing", "cheap"], stages=("lost",)), ACTS)
    check(Idea.of(["nothing", "cheap"], stages=("lost", "active", "loyal")), ACTS)
    check(Idea.of(["nothing", "offer_10"], stages=("lost",)), ACTS)


def test_what_waits_for_the_merchants_words_cannot_be_tested() -> None:
    with pytest.raises(HuitouError, match="there is no act"):
        check(Idea.of(["nothing", "upgrade"]), ACTS)
