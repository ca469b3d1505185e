"""The words the house brings along: every occasion, in every language, with nothing unfilled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from huitou.channels.sms.segments import segments
from huitou.channels.templates import shipped, values
from huitou.channels.templates.scribe import Job, Scribe
from huitou.channels.templates.words import Written
from huitou.loyalty.points.tables import KINDS
from huitou.runs.desks.sending.texts import EXAMPLES
from huitou.runs.steps.reward import WORDS


@pytest.fixture(scope="module")
def scribe() -> Iterator[Scribe]:
    with Scribe() as made:
        yield made


@pytest.mark.parametrize("name", shipped.names())
def test_every_occasion_is_written_in_every_language(scribe: Scribe, name: str) -> None:
    for language in shipped.LANGUAGES:
        for channel in ("email", "sms"):
            text = shipped.text(name, channel, language)
            assert text is not None and text.names == shipped.text(name, channel, "en").names
            made = scribe.press(channel, text.subject, text.body, shipped.frame(language))
            assert not scribe.unknown(text.subject, made, text.allowed)
            told = {each: EXAMPLES[each] for each in text.names if each in EXAMPLES}
            filled = values.shown(told, language, "CNY", text.money)
            whole = {**filled, "shop": {"name": "小店"}, "person": {"name": "Mei"}, "links": {}}
            (written,) = scribe.write([Job(text.digest, text.subject, made, whole)])
            assert isinstance(written, Written), written
            for each in (written.subject, written.text, written.html):
                assert "{{" not in each and "{%" not in each
            assert channel != "sms" or segments(written.text.strip()) <= 2


WISHED = {
    "ladder.climbed", "ladder.falls", "membership_ends", "referral_giver", "referral_friend",
    *(f"{WORDS.get(kind, kind)}_expiring" for kind in KINDS),
}  # fmt: skip


def test_whatever_the_house_wishes_to_say_has_words() -> None:
    assert set(shipped.names()) >= WISHED


def test_a_name_that_leads_out_of_the_folder_is_no_template() -> None:
    for name in ("../../../pyproject", "/etc/passwd", "_foot", ".", "", "en/letter"):
        assert shipped.text(name, "email", "en") is None


def test_values_are_written_as_the_language_does() -> None:
    told = {
        "worth": 1250, "day": "2026-12-31", "n": 1234, "yes": True, "none": None,
        "by": {"en": "A cup", "zh-Hans": "一杯"}, "amount": {"minor": 500, "currency": "GBP"},
        "list": [{"n": 1234}], "to": {"email": "a@example.com"}, "odd": "2026-13-99",
    }  # fmt: skip
    english = values.shown(told, "en", "CNY", ["worth"])
    assert english["worth"] == "CN¥12.50" and english["day"] == "Dec 31, 2026"
    assert english["n"] == "1,234" and english["yes"] is True and english["none"] is None
    assert english["by"] == "A cup" and english["amount"] == "£5.00" and "to" not in english
    assert english["list"] == [{"n": "1,234"}] and english["odd"] == "2026-13-99"
    assert values.shown(told, "zh-Hans", "CNY")["by"] == "一杯"
    assert values.shown(told, "zh-Hant", "CNY")["by"] == "A cup"
