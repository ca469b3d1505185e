"""Consent on both databases: what was said stands, what was withdrawn is withdrawn at once, and a
merge gives nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.consents import book as consents
from huitou.care.consents.book import Choice
from huitou.care.consents.kinds import CHANNELS, Proof, Wording
from huitou.care.consents.tables import consent_event, consent_wording
from huitou.care.tables import silence
from huitou.ground.errors import BadInput, Refused
from huitou.identity import book as identity
from huitou.identity.tables import person_alias
from huitou.store.books import Books, Unit

WORDS = Wording("join", "en", "Yes, write to me about news and offers.")
LATER = NOW + timedelta(days=1)


def give(unit: Unit, person: str, channel: str = "email", **told: object) -> int:
    known = {"source": "join_page", "wording": WORDS, "now": NOW, **told}
    return consents.give(unit, person, channel, "marketing", **known)


def withdraw(unit: Unit, person: str, channel: str = "email", **told: object) -> int:
    known = {"source": "unsubscribe", "now": NOW, **told}
    return consents.withdraw(unit, person, channel, "marketing", **known)


def stands(unit: Unit, person: str, channel: str = "email") -> str | None:
    found = consents.standing(unit, [person]).get((person, channel, "marketing"))
    return found.state if found is not None else None


def test_who_agreed_can_be_shown_when_where_and_to_which_words(any_books: Books) -> None:
    with any_books.unit() as unit:
        proof = Proof(language="en", told={"ip": "ab" * 16})
        assert give(unit, "p", proof=proof) == 1
        assert give(unit, "p", proof=proof) == 0, "the same word again is the same word"
        row = consents.history(unit, "p")[0]
        assert (row["source"], row["at"], row["words"]) == ("join_page", NOW, WORDS.text)
        assert (row["language"], row["proof"]) == ("en", {"ip": "ab" * 16})
        assert stands(unit, "p") == "given" and stands(unit, "p", "sms") is None
        assert consents.given(unit, ["p", "q"]) == {("p", "email")}


def test_who_withdraws_is_silent_by_every_door_in_the_same_unit(any_books: Books) -> None:
    with any_books.unit() as unit:
        give(unit, "p")
        assert withdraw(unit, "p") == 1
        assert ("p", "email") in care.silent(unit, ["p"])
        assert stands(unit, "p") == "withdrawn" and consents.given(unit, ["p"]) == set()
        assert withdraw(unit, "p", now=LATER) == 1 and consents.check(unit) == []


def test_who_asked_for_silence_at_the_till_has_withdrawn(any_books: Books) -> None:
    with any_books.unit() as unit:
        give(unit, "p"), give(unit, "p", "sms")
        care.be_silent(unit, "p", "any", "told at the till", LATER)
        assert {stands(unit, "p", way) for way in CHANNELS} == {"withdrawn"}
        care.may_speak(unit, "p", "any", "told at the till", LATER)
        assert stands(unit, "p") == "none", "what they once agreed to is not alive again by that"
        give(unit, "p", now=LATER + timedelta(days=1))
        assert stands(unit, "p") == "given"


def test_two_words_of_one_moment_keep_their_order(any_books: Books) -> None:
    with any_books.unit() as unit:
        for told, state in ((withdraw, "withdrawn"), (give, "given")) * 3:
            told(unit, "p")
            assert stands(unit, "p") == state
            assert (("p", "email") in care.silent(unit, ["p"])) == (state == "withdrawn")


def test_agreeing_again_lifts_the_silence_on_that_channel_only(any_books: Books) -> None:
    with any_books.unit() as unit:
        withdraw(unit, "p", "any")
        give(unit, "p", now=LATER)
        assert care.silent(unit, ["p"]) == {("p", way) for way in CHANNELS if way != "email"}


def test_the_same_file_taken_in_again_subscribes_nobody_anew(any_books: Books) -> None:
    """TRUST, GDPR 17: re-import of the same file does not re-subscribe."""
    with any_books.unit() as unit:
        early = NOW - timedelta(days=30)
        give(unit, "p", source="import", at=early)
        withdraw(unit, "p")
        assert give(unit, "p", source="import", at=early, now=LATER) == 0
        assert give(unit, "p", source="import", now=LATER) == 0, "nor a newer file at second hand"
        assert give(unit, "p", source="checkout", at=early, now=LATER) == 0, "said before"
        assert stands(unit, "p") == "withdrawn" and ("p", "email") in care.silent(unit, ["p"])


def test_a_merge_never_gives_consent(any_books: Books) -> None:
    """Mautic 5495, 16425: the one who never subscribed got the other's mail after a merge."""
    with any_books.unit() as unit:
        give(unit, "old")
        identity.keep(unit, [("old", "new")], [])
        found = consents.standing(unit, ["new", "old"])
        assert {told.state for told in found.values()} == {"none"}
        assert all(told.partial for told in found.values()), "staff see whom to ask again"
        give(unit, "new", now=LATER)
        assert stands(unit, "new") == stands(unit, "old") == "given"


@pytest.mark.parametrize("first", ["old", "new"])
def test_after_a_merge_the_refusal_of_either_holds(any_books: Books, first: str) -> None:
    other = {"old": "new", "new": "old"}[first]
    with any_books.unit() as unit:
        withdraw(unit, first)
        give(unit, other, now=LATER)
        identity.keep(unit, [("old", "new")], [])
        assert stands(unit, "old") == stands(unit, "new") == "withdrawn"


def test_taking_a_merge_back_restores_what_each_had_said(any_books: Books) -> None:
    with any_books.unit() as unit:
        give(unit, "new"), withdraw(unit, "old")
        identity.keep(unit, [("old", "new")], [])
        assert stands(unit, "new") == "withdrawn"
        give(unit, "new", "sms", now=LATER)
        unit.change(delete(person_alias))
        assert (stands(unit, "new"), stands(unit, "old")) == ("given", "withdrawn")
        assert (stands(unit, "new", "sms"), stands(unit, "old", "sms")) == ("given", None)
        identity.keep(unit, [("old", "new")], [])
        withdraw(unit, "new", "sms", now=LATER + timedelta(days=1))
        unit.change(delete(person_alias))
        assert stands(unit, "new", "sms") == stands(unit, "old", "sms") == "withdrawn"


def test_offers_chosen_by_traits_are_refused_by_themselves(any_books: Books) -> None:
    with any_books.unit() as unit:
        give(unit, "p")
        consents.withdraw(unit, "p", "email", "personalised", source="preferences", now=NOW)
        assert consents.not_by_traits(unit, ["p", "q"]) == {"p"} and stands(unit, "p") == "given"
        assert consents.not_by_traits(unit) == {"p"}, "of everybody"


def test_nothing_at_all_is_nothing_at_all(any_books: Books) -> None:
    with any_books.unit() as unit:
        consents.refuse_all(unit, "p", source="preferences", now=NOW)
        assert care.silent_everywhere(unit, "p")
        assert {way for _, way in consents.withdrawn(unit, ["p"], "service")} == set(CHANNELS)


def test_words_that_were_kept_are_never_changed(any_books: Books) -> None:
    with any_books.unit() as unit:
        give(unit, "p")
    for statement in (
        update(consent_event).values(state="given", source="till"),
        delete(consent_event),
        update(consent_wording).values(text="something else"),
    ):
        with pytest.raises(DBAPIError, match="append-only"), any_books.unit() as unit:
            unit.change(statement)


def test_silence_is_still_append_only_and_knows_the_newer_channels(any_books: Books) -> None:
    with any_books.unit() as unit:
        care.be_silent(unit, "p", "wecom", "told at the till", NOW)
        assert care.silent(unit) == {("p", "wecom")}
    with pytest.raises(DBAPIError, match="append-only"), any_books.unit() as unit:
        unit.change(delete(silence))
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        care.be_silent(unit, "p", "pigeon", "told at the till", NOW)


def test_what_is_no_channel_purpose_source_or_time_is_refused_in_words(any_books: Books) -> None:
    with any_books.unit() as unit:
        for wrong in ({"source": "rumour"}, {"at": LATER}, {"channel": "pigeon"}):
            with pytest.raises(BadInput):
                give(unit, "p", **wrong)
        with pytest.raises(BadInput):
            consents.give(unit, "p", "email", "spying", source="till", now=NOW)
        assert unit.rows(select(consent_event)) == []


def test_of_two_who_are_one_the_gentler_choice_counts(any_books: Books) -> None:
    with any_books.unit() as unit:
        pause = date(2026, 6, 1)
        consents.choose(unit, "old", Choice("less", pause, "zh-Hant"), "preferences", NOW)
        consents.choose(unit, "new", Choice("usual", None, "en"), "preferences", LATER)
        assert consents.choices(unit, ["new"])["new"] == Choice("usual", None, "en")
        identity.keep(unit, [("old", "new")], [])
        assert consents.choices(unit, ["old"])["old"] == Choice("less", pause, "en")


def test_what_was_written_in_own_words_waits_for_a_person_and_is_settled_once(
    any_books: Books,
) -> None:
    with any_books.unit() as unit:
        told = consents.hear(unit, "p", "sms", "mark", "please stop texting me", NOW)
        assert consents.unread(unit, ["p"]) == {("p", "sms")}
        consents.settle(unit, told, refused=True, by="mei", now=LATER)
        assert consents.unread(unit, ["p"]) == set() and care.silent_everywhere(unit, "p")
        with pytest.raises(Refused):
            consents.settle(unit, told, refused=False, by="li", now=LATER)
        assert stands(unit, "p", "sms") == "withdrawn"


def test_a_link_leads_where_it_led_whatever_is_merged_since(any_books: Books) -> None:
    with any_books.unit() as unit:
        consents.keep_link(unit, "token", "unsubscribe", "old", "email", "s1", NOW)
        consents.keep_link(unit, "token", "unsubscribe", "old", "email", "s1", LATER)
        identity.keep(unit, [("old", "new")], [])
        row = consents.by_token(unit, "token", "unsubscribe")
        assert row is not None and (row["person_id"], row["channel"]) == ("new", "email")
        assert consents.by_token(unit, "token", "preferences") is None
        assert consents.by_token(unit, "tokem", "unsubscribe") is None


def test_the_overview_counts_the_latest_word_of_each(any_books: Books) -> None:
    with any_books.unit() as unit:
        give(unit, "p"), give(unit, "q"), give(unit, "r", "sms", source="till")
        withdraw(unit, "q", now=LATER, proof=Proof(reason="too_often"))
        assert consents.counted(unit) == {
            ("email", "marketing", "given"): 1,
            ("email", "marketing", "withdrawn"): 1,
            ("sms", "marketing", "given"): 1,
        }
        assert consents.came_from(unit)["till", "given"] == 1
        assert consents.reasons(unit) == {"too_often": 1}
