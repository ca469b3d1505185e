"""Their own pages: what they hear, and the way out, without account, cookie or script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.public.conftest import Customer, Wound

from huitou.care import book as care
from huitou.care.consents import book as consents
from huitou.care.consents.kinds import CHANNELS
from huitou.channels.post.links import SignedLinks
from huitou.ground.ids import new_secret
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.runs.shop import Shop

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path(link: str) -> str:
    """An address without its host."""
    return link[link.index("/p/") :]


def state(shop: Shop) -> tuple[object, ...]:
    """What the books say of everybody's consent."""
    with shop.books.reading() as unit:
        return consents.every(unit), care.silent(unit), consents.choices(unit, ["p"])


def silent(shop: Shop) -> set[str]:
    with shop.books.reading() as unit:
        return {way for _, way in care.silent(unit, ["p"])}


def test_opening_the_link_unsubscribes_nobody(customer: Customer, shop: Shop) -> None:
    """Rock RMS 7034, useSend 412: a mail scanner opened every link, and all staff were gone."""
    links = shop.consents.links("p", "email", "s1")
    before = state(shop)
    for link in (links.unsubscribe, links.preferences):
        for _ in range(3):
            assert customer.get(path(link)).status_code == 200
        assert customer.site.head(path(link)).status_code in (200, 404, 405)
    assert state(shop) == before and silent(shop) == set()


def test_one_click_is_one_post_without_cookie_or_account(customer: Customer, shop: Shop) -> None:
    """RFC 8058."""
    link = path(shop.consents.links("p", "email", "s1").unsubscribe)
    first = customer.post(link, data=ONE_CLICK, follow_redirects=False)
    assert first.status_code == 200 and silent(shop) == {"email"}
    again = customer.post(link, data=ONE_CLICK, follow_redirects=False)
    assert again.status_code == 200 and again.text == first.text and silent(shop) == {"email"}
    empty = customer.post(link, content=b"", follow_redirects=False)
    assert empty.status_code == 200
    with shop.books.reading() as unit:
        assert len(consents.history(unit, "p")) == 1, "said once, kept once"
        assert consents.history(unit, "p")[0]["source"] == "unsubscribe"


def test_a_link_that_was_changed_shows_the_same_page_and_does_nothing(
    customer: Customer, shop: Shop
) -> None:
    link = path(shop.consents.links("p", "email", "s1").unsubscribe)
    wrong = link[:-3] + ("AAA" if not link.endswith("AAA") else "BBB")
    good, bad = customer.get(link), customer.get(wrong)
    assert bad.status_code == 200 and _bare(bad.text, wrong) == _bare(good.text, link)
    told = customer.post(wrong, data=ONE_CLICK)
    assert told.status_code == 200 and silent(shop) == set()
    done = customer.post(link, data=ONE_CLICK)
    assert _bare(told.text, wrong) == _bare(done.text, link)


@pytest.mark.parametrize("mark", ["x", "s1.", ".x", "s1.x" * 100, "%00", "s1.\u9000\u8a02"])
def test_nonsense_is_no_error(customer: Customer, shop: Shop, mark: str) -> None:
    assert customer.get(f"/p/u/{mark}").status_code == 200
    assert customer.post(f"/p/u/{mark}").status_code == 200
    assert customer.get(f"/p/preferences/{mark}").status_code == 404
    assert customer.post(f"/p/preferences/{mark}").status_code == 404
    assert silent(shop) == set()


def test_a_link_works_after_sixty_days_and_another_secret(
    customer: Customer, shop: Shop, clock: Wound
) -> None:
    """CAN-SPAM asks for thirty days; ours never ends."""
    kept = shop.consents.links("p", "email", "s1")
    wish = Wish("journey", "j1", "p", "sms", "marketing", "news")
    with shop.books.unit() as unit:
        sendings.ask(unit, [wish], clock.now())
    proved = SignedLinks("", shop.settings.salt)("p", "sms", wish.id)
    shop.change_settings(salt=new_secret())
    clock.on(days=60)
    assert customer.post(path(kept.unsubscribe), data=ONE_CLICK).status_code == 200
    assert silent(shop) == {"email"}
    assert customer.get(proved["preferences"]).status_code == 200
    customer.post(proved["unsubscribe"], data=ONE_CLICK)
    assert silent(shop) == {"email", "sms"}


def test_links_are_the_same_for_the_same_message_and_tell_nothing(shop: Shop) -> None:
    first, again = (shop.consents.links("p-138", "email", "s1") for _ in range(2))
    other = shop.consents.links("p-138", "email", "s2")
    assert first == again and other.unsubscribe != first.unsubscribe
    assert other.preferences == first.preferences
    assert "138" not in first.unsubscribe + first.preferences
    assert len(first.unsubscribe.rsplit("/", 1)[1]) >= 22, "128 bits and more"


def test_everything_by_one_box_and_a_reason_if_they_like(customer: Customer, shop: Shop) -> None:
    link = path(shop.consents.links("p", "email", "s1").unsubscribe)
    customer.post(link, data={"everything": "yes"})
    assert silent(shop) == set(CHANNELS)
    page = customer.post(link, data={"reason": "too_often"})
    assert "Thank you for telling us why." in page.text
    customer.post(link, data={"reason": "<script>"})
    with shop.books.reading() as unit:
        assert consents.reasons(unit) == {"too_often": 1}


def test_each_box_that_changes_is_a_word_with_its_proof(customer: Customer, shop: Shop) -> None:
    link = path(shop.consents.links("p", "email", "s1").preferences)
    chosen = {"channel": ["email", "sms"], "by_traits": "yes", "service": "yes", "pace": "usual"}
    page = customer.post(link + "?lang=zh-Hant", data=chosen | {"months": "0"})
    assert page.status_code == 200
    with shop.books.reading() as unit:
        given = consents.given(unit, ["p"])
        words = {row["channel"]: row for row in consents.history(unit, "p")}
    assert given == {("p", "sms")}, "e-mail was on already where no law asks"
    assert silent(shop) == {"paper", "call"}
    assert "簡訊" in words["sms"]["words"] and words["sms"]["language"] == "zh-Hant"
    assert set(words["sms"]["proof"]) == {"ip", "agent"}
    assert "testclient" not in str(words["sms"]["proof"]), "a fingerprint, not the address"
    before = state(shop)
    customer.post(link, data=chosen | {"months": "0", "language": "zh-Hant"})
    assert state(shop) == before, "the same choice again says nothing new"


def test_less_often_a_pause_and_a_language_are_kept(
    customer: Customer, shop: Shop, clock: Wound
) -> None:
    link = path(shop.consents.links("p", "email", "s1").preferences)
    told = {"channel": ["email", "paper", "call"], "by_traits": "yes", "service": "yes"}
    customer.post(link, data=told | {"pace": "less", "months": "3", "language": "zh-Hans"})
    with shop.books.reading() as unit:
        chosen = consents.choices(unit, ["p"])["p"]
    assert (chosen.pace, chosen.language) == ("less", "zh-Hans")
    assert chosen.pause_until is not None
    ahead = chosen.pause_until - clock.now().date()
    assert timedelta(days=89) <= ahead <= timedelta(days=93)
    customer.post(link, data=told | {"pace": "usual", "months": "-1"})
    with shop.books.reading() as unit:
        assert consents.choices(unit, ["p"])["p"].pause_until == chosen.pause_until


def test_all_off_is_all_off(customer: Customer, shop: Shop) -> None:
    link = path(shop.consents.links("p", "email", "s1").preferences)
    assert customer.post(link + "/off").status_code == 200
    assert silent(shop) == set(CHANNELS)
    with shop.books.reading() as unit:
        assert consents.not_by_traits(unit, ["p"]) == {"p"}
        assert {way for _, way in consents.withdrawn(unit, ["p"], "service")} == set(CHANNELS)
    assert "checked" not in customer.get(link).text.split("</fieldset>")[0]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Unsubscribe"), ("zh-Hans", "退订"), ("zh-Hant", "取消訂閱")],
)
def test_three_languages(customer: Customer, shop: Shop, language: str, words: str) -> None:
    links = shop.consents.links("p", "email", "s1")
    page = customer.get(f"{path(links.unsubscribe)}?lang={language}")
    assert f'<html lang="{language}"' in page.text and words in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    assert customer.get(f"{path(links.preferences)}?lang={language}").status_code == 200


def _bare(text: str, link: str) -> str:
    return text.replace(link, "")
