"""Which keys become one person, and which never do."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from huitou.identity import match

N = match.NONE


def grouped(records: list[tuple[int, int, int]], keys: int) -> list[int]:
    columns = np.array(records, dtype=np.int64).reshape(-1, 3)
    return match.groups(match.Links(columns[:, 0], columns[:, 1], columns[:, 2], keys)).tolist()


def test_a_phone_joins_the_till_to_the_web_shop() -> None:
    # member 0 with phone 1 at the till; phone 1 with e-mail 2 in the web shop
    assert len(set(grouped([(0, 1, N), (N, 1, 2)], 3))) == 1


def test_two_members_who_share_a_phone_stay_two_people() -> None:
    group = grouped([(0, 2, N), (1, 2, N)], 3)
    assert group[0] != group[1] and group[2] not in (group[0], group[1])


def test_two_members_are_not_joined_at_one_remove() -> None:
    # member 0 - phone 2 - e-mail 3 - member 1
    group = grouped([(0, 2, N), (N, 2, 3), (1, N, 3)], 4)
    assert group[0] != group[1]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([N, 0, 1, 2]), st.sampled_from([N, 3, 4]), st.sampled_from([N, 5, 6])
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_membership_number_is_a_person_whatever_it_shares(
    records: list[tuple[int, int, int]],
) -> None:
    group = grouped(records, 7)
    assert len({group[0], group[1], group[2]}) == 3
    assert group == grouped(list(reversed(records)), 7)


def test_the_older_person_goes_on_when_two_turn_out_to_be_one() -> None:
    person_of, merged = match.claims(
        np.array([0, 0, 1]), np.array([1, 0, N]), np.array([5.0, 9.0, 1.0]), np.zeros(3, bool)
    )
    assert person_of.tolist() == [1, N]
    assert merged.tolist() == [[0, 1]]


def test_a_person_claimed_by_two_groups_stays_with_the_oldest_key() -> None:
    seen, none = np.array([5.0, 9.0]), np.zeros(2, bool)
    person_of, merged = match.claims(np.array([0, 1]), np.array([0, 0]), seen, none)
    assert person_of.tolist() == [0, N] and merged.size == 0


def test_a_person_stays_with_the_key_that_draws_the_lot_however_old_another() -> None:
    seen, holds = np.array([5.0, 9.0]), np.array([False, True])
    person_of, merged = match.claims(np.array([0, 1]), np.array([0, 0]), seen, holds)
    assert person_of.tolist() == [N, 0] and merged.size == 0
