"""What the past can be asked: of the shop's own acts too."""

from __future__ import annotations

import pytest

from huitou.ground.errors import HuitouError
from huitou.proof.policies import Policy
from huitou.runs.desks.learning.replays import check

KINDS = {"nothing": "nothing", "thank": "thank", "cheap": "offer"}


def test_an_own_act_may_be_left_out_and_take_a_place() -> None:
    check(Policy(without=frozenset({"cheap"})), KINDS)
    check(Policy(without=frozenset({"offer"}), instead={"thank": "cheap"}), KINDS)
    for wrong in (Policy(without=frozenset({"aha"})), Policy(instead={"thank": "offer"})):
        with pytest.raises(HuitouError, match="there is no act"):
            check(wrong, KINDS)
