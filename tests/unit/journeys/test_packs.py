"""What each law asks, one by one; and that no rule is shipped without a test of its own."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from huitou.care.consents.keywords import Meaning, read
from huitou.ground.errors import BadInput, HuitouError
from huitou.ground.languages import speaker
from huitou.journeys.permission.book import GOES, Known, Place, Verdict, Wanted, verdict
from huitou.journeys.permission.laws import CODES, Rule, duties, every, holding, pack
from huitou.journeys.permission.rules import RULES, Rules, rules
from huitou.journeys.permission.words import words

NOON = datetime(2026, 8, 5, 4, 30, tzinfo=UTC)
"""Half past twelve in Beijing and Taipei."""
AFTERNOON = datetime(2026, 8, 5, 16, tzinfo=UTC)
"""Noon in New York, six in Berlin, nine in Los Angeles."""
HERE = {"CN": "Asia/Shanghai", "TW": "Asia/Taipei", "DE": "Europe/Berlin", "US": "America/New_York"}
BOUGHT = date(2026, 7, 1)


def said(
    law: str,
    country: str,
    channel: str,
    *,
    agreed: bool = False,
    bought: date | None = BOUGHT,
    now: datetime | None = None,
    purpose: str = "marketing",
    silent: bool = False,
    **told: object,
) -> Verdict:
    """The verdict on a message to somebody under one law."""
    zone = HERE.get(country, "UTC")
    moment = now or (NOON if country in ("CN", "TW") else AFTERNOON)
    known = Known(
        rules=Rules(packs=(pack(law),), zone=zone, **told),
        today=moment.date(),
        agreed={("p", channel)} if agreed else set(),
        silent={("p", channel)} if silent else set(),
        places={"p": Place(country, None, (), bought)},
    )
    return verdict(Wanted("m", "p", channel, purpose), known, moment)


def the(rule: str) -> Rule:
    """A rule by its id."""
    return next(one for each in every() for one in each.rules if one.id == rule)


def needs_consent(law: str, country: str, rule: str) -> None:
    """Without a yes it never goes, whoever bought; with it, it goes."""
    for channel in the(rule).channels:
        zone = "America/New_York" if country == "US" else HERE.get(country, "UTC")
        now = datetime(2026, 8, 5, 12, tzinfo=ZoneInfo(zone))
        assert said(law, country, channel, now=now, email_to_customers=True) == Verdict(rule)
        told = said(law, country, channel, agreed=True, now=now)
        assert told.goes or told.until is not None
        assert said(law, country, channel, now=now, purpose="transactional") == GOES


def needs_a_purchase(law: str, country: str, rule: str) -> None:
    """To who bought of late it goes, by e-mail where the shop says so; to nobody else."""
    for channel in the(rule).channels:
        written = {"email_to_customers": True}
        assert said(law, country, channel, bought=None, **written) == Verdict(rule)
        old = date(2024, 1, 1)
        assert said(law, country, channel, bought=old, **written) == Verdict(rule)
        told = said(law, country, channel, **written)
        assert told.goes or told.until is not None
        if channel == "email":
            assert said(law, country, channel) == Verdict(rule), "the shop did not say it may"
        assert said(law, country, channel, silent=True, **written) == Verdict("silent")


def keeps_hours(law: str, country: str, zone: str, rule: str) -> None:
    """To the second, and it waits for the morning; service waits too, a receipt does not."""
    found, where = the(rule), ZoneInfo(zone)
    assert found.opens is not None and found.closes is not None
    day, second = date(2026, 8, 5), timedelta(seconds=1)
    opens = datetime.combine(day, found.opens, where).astimezone(UTC)
    closes = datetime.combine(day, found.closes, where).astimezone(UTC)
    for channel in found.channels:
        for purpose in ("marketing", "service"):
            asked = {"agreed": True, "purpose": purpose}
            early = told(law, country, zone, channel, opens - second, **asked)
            assert early == Verdict(rule, opens)
            assert told(law, country, zone, channel, opens, **asked) == GOES
            assert told(law, country, zone, channel, closes - second, **asked) == GOES
            assert told(law, country, zone, channel, closes, **asked).rule == rule
        assert told(law, country, zone, channel, closes, purpose="transactional") == GOES


def told(
    law: str, country: str | None, zone: str, channel: str, now: datetime, *, agreed: bool = False,
    purpose: str = "marketing",
) -> Verdict:  # fmt: skip
    """The same for somebody whose phone tells the zone."""
    known = Known(
        rules=Rules(packs=(pack(law),), zone=zone),
        today=now.date(),
        agreed={("p", channel)} if agreed else set(),
        places={"p": Place(country, country, (zone,))},
    )
    return verdict(Wanted("m", "p", channel, purpose), known, now)


def carries(law: str, rule: str, language: str, words: str, *, individual: bool = False) -> None:
    """Each channel it speaks of carries the words, in the reader's language."""
    for channel in the(rule).channels:
        found = duties([pack(law)], channel, language, individual=individual)
        assert [duty.text for duty in found if duty.rule == rule] == [words]


# -- one test for each rule


def test_pack_cn_sms_consent() -> None:
    needs_consent("CN", "CN", "cn_sms_consent")


def test_pack_cn_email_consent() -> None:
    needs_consent("CN", "CN", "cn_email_consent")


def test_pack_cn_chat_consent() -> None:
    needs_consent("CN", "CN", "cn_chat_consent")


def test_pack_cn_call_consent() -> None:
    needs_consent("CN", "CN", "cn_call_consent")


def test_pack_cn_paper_customers() -> None:
    needs_a_purchase("CN", "CN", "cn_paper_customers")


def test_pack_cn_hours() -> None:
    keeps_hours("CN", "CN", "Asia/Shanghai", "cn_hours")


def test_pack_cn_email_subject() -> None:
    carries("CN", "cn_email_subject", "zh-Hans", "广告")
    carries("CN", "cn_email_subject", "en", "AD")


def test_pack_cn_sms_signature() -> None:
    carries("CN", "cn_sms_signature", "zh-Hans", "【{shop}】")


def test_pack_cn_sms_opt_out_line() -> None:
    carries("CN", "cn_sms_opt_out_line", "zh-Hans", "拒收请回复R")


def test_pack_cn_opt_out_words() -> None:
    refuse("cn_opt_out_words")


def test_pack_cn_retention() -> None:
    assert the("cn_retention").months == 5


def test_pack_cn_not_by_traits() -> None:
    for channel in the("cn_not_by_traits").channels:
        known = Known(
            rules=Rules(packs=(pack("CN"),), zone=HERE["CN"]),
            today=BOUGHT,
            agreed={("p", channel)},
            not_by_traits={"p"},
            places={"p": Place("CN", None, (), BOUGHT)},
        )
        own = Wanted("m", "p", channel, "marketing", by_traits=True)
        assert verdict(own, known, NOON) == Verdict("cn_not_by_traits")
        assert verdict(Wanted("m", "p", channel, "marketing"), known, NOON) == GOES


def test_pack_cn_individual_offer() -> None:
    assert not any(d.kind == "disclosure" for d in duties([pack("CN")], "sms", "zh-Hans"))
    line = the("cn_individual_offer").text["zh-Hant"]
    carries("CN", "cn_individual_offer", "zh-Hant", line, individual=True)


def test_pack_tw_customers() -> None:
    needs_a_purchase("TW", "TW", "tw_customers")


def test_pack_tw_hours() -> None:
    keeps_hours("TW", "TW", "Asia/Taipei", "tw_hours")


def test_pack_tw_first_refusal() -> None:
    carries("TW", "tw_first_refusal", "zh-Hant", "您可隨時免費拒絕我們的行銷訊息。")


def test_pack_tw_opt_out_words() -> None:
    refuse("tw_opt_out_words")


def test_pack_eu_email_soft_opt_in() -> None:
    needs_a_purchase("EU", "DE", "eu_email_soft_opt_in")


def test_pack_eu_chat_consent() -> None:
    needs_consent("EU", "DE", "eu_chat_consent")


def test_pack_eu_paper_objection() -> None:
    assert said("EU", "DE", "paper", bought=None) == GOES
    assert said("EU", "DE", "paper", silent=True) == Verdict("silent")


def test_pack_eu_hours() -> None:
    keeps_hours("EU", "DE", "Europe/Berlin", "eu_hours")


def test_pack_eu_email_sender() -> None:
    carries("EU", "eu_email_sender", "en", "{shop}, {address}")


def test_pack_eu_personal_price() -> None:
    line = "This price was personalised on the basis of automated decision-making."
    carries("EU", "eu_personal_price", "en", line, individual=True)


def test_pack_eu_opt_out_words() -> None:
    refuse("eu_opt_out_words")


def test_pack_us_sms_consent() -> None:
    needs_consent("US", "US", "us_sms_consent")


def test_pack_us_email_opt_out() -> None:
    assert said("US", "US", "email", bought=None) == GOES
    assert said("US", "US", "email", silent=True) == Verdict("silent")


def test_pack_us_call_customers() -> None:
    needs_a_purchase("US", "US", "us_call_customers")


def test_pack_us_hours() -> None:
    keeps_hours("US", "US", "America/New_York", "us_hours")
    keeps_hours("US", "US", "Pacific/Honolulu", "us_hours")


def test_pack_us_postal_address() -> None:
    carries("US", "us_postal_address", "en", "{shop}, {address}")


def test_pack_us_email_opt_out_line() -> None:
    carries("US", "us_email_opt_out_line", "en", "Unsubscribe: {unsubscribe}")


def test_pack_us_opt_out_words() -> None:
    refuse("us_opt_out_words")


def test_pack_us_price_by_algorithm() -> None:
    line = "THIS PRICE WAS SET BY AN ALGORITHM USING YOUR PERSONAL DATA"
    carries("US", "us_price_by_algorithm", "zh-Hans", line, individual=True)


def test_pack_default_consent() -> None:
    needs_consent("default", "NZ", "default_consent")


def test_pack_default_customers() -> None:
    needs_a_purchase("default", "NZ", "default_customers")


def test_pack_default_hours() -> None:
    keeps_hours("default", "NZ", "Pacific/Auckland", "default_hours")


def test_pack_default_opt_out_line() -> None:
    carries("default", "default_opt_out_line", "en", "Reply STOP to end")


def test_every_rule_has_a_test_of_its_own_a_source_and_a_day() -> None:
    here = vars(sys.modules[__name__])
    found = [rule for each in every() for rule in each.rules]
    assert [rule.id for rule in found if f"test_pack_{rule.id}" not in here] == []
    assert len({rule.id for rule in found}) == len(found)
    assert all(rule.source and rule.since <= date(2026, 11, 29) for rule in found)
    assert all(len(rule.id) <= 40 for rule in found), "it is kept beside the message"


def test_pack_eu_second_yes() -> None:
    """Said once it sells nothing yet; only this law asks for it, on channels with a link."""
    assert the("eu_second_yes").channels == ("email", "sms")
    asking = [each.code for each in every() if each.of("second_yes", "email")]
    assert asking == ["EU"]
    known = Known(
        rules=Rules(packs=(pack("EU"),), zone="Europe/Berlin", email_to_customers=True),
        today=AFTERNOON.date(),
        unconfirmed={("p", "email")},
        places={"p": Place("DE", None, (), BOUGHT)},
    )
    told = verdict(Wanted("m", "p", "email", "marketing"), known, AFTERNOON)
    assert told == Verdict("not_confirmed")
    assert verdict(Wanted("m", "p", "email", "service"), known, AFTERNOON).goes
    confirmed = replace(known, unconfirmed=frozenset(), agreed={("p", "email")})
    assert verdict(Wanted("m", "p", "email", "marketing"), confirmed, AFTERNOON).goes


def refuse(rule: str) -> None:
    """Every word the law names is taken for a refusal."""
    assert {read(word) for word in the(rule).words} == {Meaning.STOP}


# -- whose law


def test_a_declared_country_comes_before_the_phone_and_the_unknown_get_the_strictest() -> None:
    enabled = (pack("CN"), pack("US"), pack("default"))
    assert holding(enabled, "CN") == (pack("CN"),)
    assert holding(enabled, "NZ") == (pack("default"),)
    assert holding(enabled, None) == enabled
    assert holding((pack("US"),), "FR") == (pack("US"),), "no pack for France is enabled"
    assert Place("US", "CN").law == "US" and Place(None, "CN").law == "CN"
    both = Known(rules=Rules(packs=(pack("US"), pack("CN"))), today=NOON.date())
    told = verdict(Wanted("m", "p", "email", "marketing"), both, NOON)
    assert told == Verdict("cn_email_consent"), "the American law alone would let it go"
    home = Known(rules=Rules(packs=(pack("US"), pack("CN")), country="US"), today=NOON.date())
    assert verdict(Wanted("m", "p", "email", "marketing"), home, NOON) == GOES


def test_with_no_pack_only_newer_channels_ask_for_a_yes() -> None:
    nothing = Known(rules=Rules(), today=NOON.date())
    for channel in ("email", "paper", "call", "webhook"):
        assert verdict(Wanted("m", "p", channel, "marketing"), nothing, NOON) == GOES
    for channel in ("sms", "wecom", "wechat"):
        refused = verdict(Wanted("m", "p", channel, "marketing"), nothing, NOON)
        assert refused == Verdict("no_consent")
        assert verdict(Wanted("m", "p", channel, "service"), nothing, NOON) == GOES


def test_holidays_make_marketing_rest_where_the_merchant_says_so() -> None:
    national = datetime(2026, 10, 1, 4, tzinfo=UTC)
    rests = said("CN", "CN", "sms", agreed=True, now=national, rest_on_holidays=True)
    assert rests == Verdict("holiday", datetime(2026, 10, 4, 1, tzinfo=UTC))
    assert said("CN", "CN", "sms", agreed=True, now=national) == GOES
    served = said("CN", "CN", "sms", now=national, rest_on_holidays=True, purpose="service")
    assert served == GOES


@pytest.mark.parametrize("code", ["CN", "TW", "EU", "US"])
def test_holidays_are_dated_for_both_years(code: str) -> None:
    days = pack(code).holidays
    assert {day.year for day in days} == {2026, 2027}
    assert sum(day.year == 2026 for day in days) == sum(day.year == 2027 for day in days)


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_every_rule_that_can_stop_a_message_says_so_in_words(language: str) -> None:
    says = speaker(language)
    stops = [
        r.id for each in every() for r in each.rules if r.kind in ("basis", "hours", "by_traits")
    ]
    own = ("late", "held_out", "never", "silent", "open_complaint", "open_case", "not_for_now")
    own += (
        "no_consent",
        "not_confirmed",
        "not_by_traits",
        "refused_service",
        "asked_in_words",
        "paused",
        "holiday",
        "own_hours",
    )
    for rule in (*stops, *own, "cap"):
        sentence = says.say(words(rule))
        assert sentence and sentence != says.say(words(rule + "?"))
    if language != "en":
        assert says.say(words("cap")) != words("cap").text


# -- the merchant's own rules


def test_the_rules_that_are_shipped_can_be_read_and_change_nothing() -> None:
    assert RULES.as_shipped("UTC", False) == Rules()


@pytest.mark.parametrize(
    "wrong",
    [
        'packs = ["MOON"]', 'packs = "CN"', 'country = "Taiwan"', 'country = "UK"',
        'country = "zz"', "nonsense = 1", "less_days = 0",
        '[hours]\nopens = "19:00"\ncloses = "10:00"', '[hours]\nopens = "soon"\ncloses = "10:00"',
        '[hours]\nopens = "9:00"\ncloses = "10:00"\nchannels = ["paper"]', "harm_share = 2",
        "[[cap]]\nmost = -1", "[[cap]]\nmost = 1\ndays = 0", '[[cap]]\nmost = 1\nchannel = "drum"',
        '[[cap]]\nmost = 1\npurposes = ["transactional"]', "[[cap]]\nmost = true", "packs = [",
    ],
)  # fmt: skip
def test_rules_that_cannot_stand_are_refused_in_words(wrong: str) -> None:
    with pytest.raises(HuitouError):
        rules(wrong, "UTC", False)


def test_there_is_no_other_pack() -> None:
    assert len(CODES) == len(every())
    with pytest.raises(BadInput):
        pack("../../secrets")
