"""What the form hands out leads back to the same complaint, and cannot be guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from huitou.care.complaints import links
from huitou.care.complaints.rules import number_of

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_form_knows_when_it_was_opened() -> None:
    mark = links.form_mark("secret", "n1", NOW)
    assert links.opened_for("secret", mark, NOW + timedelta(seconds=70)) == timedelta(seconds=70)


def test_a_form_with_another_time_or_of_another_shop_is_not_ours() -> None:
    mark = links.form_mark("secret", "n1", NOW)
    earlier = f"{int(NOW.timestamp()) - 60}.n1.{mark.rpartition('.')[2]}"
    for forged in (earlier, mark[:-1] + "x", "", ".", "1.2.3", "é.é.é", mark.replace("n1", "n2")):
        assert links.opened_for("secret", forged, NOW) is None
    assert links.opened_for("another", mark, NOW) is None


def test_the_same_sending_has_the_same_page_and_number() -> None:
    assert links.token_of("s", "k") == links.token_of("s", "k")
    assert links.number_of("s", "k") == links.number_of("s", "k")


def test_a_page_is_told_by_no_other_key_secret_or_number() -> None:
    tokens = {links.token_of(secret, key) for secret in "st" for key in ("k", "l")}
    assert len(tokens) == 4
    assert all(len(token) == 43 for token in tokens)  # 256 bits


def test_a_number_is_one_that_staff_can_type() -> None:
    for n in range(200):
        number = links.number_of("s", str(n))
        assert number_of(number.lower().replace("-", " ")) == number
        assert set(number) <= {*links.LETTERS, "-"}
