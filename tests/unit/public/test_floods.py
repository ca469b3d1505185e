"""A flood from one address is held off; a busy shop's network is not."""

from __future__ import annotations

from huitou.doors.public.floods import COST, Buckets, household


def test_one_may_send_often_and_not_without_end() -> None:
    buckets = Buckets()
    answers = [buckets.take("a", COST["POST"], 0.0) for _ in range(100)]
    assert answers.count(0) == 60
    assert all(0 < wait <= 1 for wait in answers[60:])


def test_who_waits_as_long_as_was_said_is_let_in() -> None:
    buckets = Buckets(size=10, a_second=2)
    assert buckets.take("a", 10, 0.0) == 0
    wait = buckets.take("a", 10, 1.0)
    assert wait == 4
    assert buckets.take("a", 10, 1.0 + wait) == 0


def test_being_held_off_costs_nothing() -> None:
    buckets = Buckets(size=10, a_second=1)
    buckets.take("a", 10, 0.0)
    for n in range(9):
        assert buckets.take("a", 10, float(n)) > 0
    assert buckets.take("a", 10, 10.0) == 0


def test_others_are_not_held_off_with_them() -> None:
    buckets = Buckets(size=10, a_second=1)
    while not buckets.take("a", 5, 0.0):
        pass
    assert buckets.take("b", 5, 0.0) == 0


def test_no_number_of_addresses_fills_the_memory() -> None:
    buckets = Buckets(most=100)
    for n in range(5000):
        buckets.take(f"10.0.{n >> 8}.{n & 255}", 1, 0.0)
    assert len(buckets._of) == 100


def test_a_network_of_version_six_is_one_sender() -> None:
    assert household("2001:db8:1:2:3::1") == household("2001:db8:1:2:ffff::9")
    assert household("2001:db8:1:2::1") != household("2001:db8:1:3::1")
    assert household("::ffff:192.0.2.1") == household("192.0.2.1") == "192.0.2.1"
    assert household("x" * 1000) == "x" * 64
