"""What a merchant writes is understood, or refused with its line and what to write instead."""

from __future__ import annotations

import pytest

from huitou.ground.errors import BadInput
from huitou.ground.languages import LANGUAGES
from huitou.journeys.paths.filters import Within
from huitou.journeys.paths.journey import Act
from huitou.journeys.paths.playbooks import shipped as playbooks
from huitou.journeys.paths.writing import plain, read, written

GOOD = """name: hello
on: {stage: slipping}
nodes:
  a: {message: slipping_thanks, channel: [email, sms]}
  b: {wait: 7 days}
  z: {end: told}
"""


@pytest.mark.parametrize(
    ("line", "instead", "row", "says"),
    [
        ("on: {stage: slipping}", "on: {stage: asleep}", 2, "no stage"),
        ("on: {stage: slipping}", "on: {event: rained}", 2, "no event"),
        ("  b: {wait: 7 days}", "  b: {wait: soon}", 5, "no length of time"),
        ("  b: {wait: 7 days}", "  b: {wait: 7 days, then: nowhere}", 5, "no node"),
        ("  b: {wait: 7 days}", "  b: {wait: 7 days, then: a}", 4, "leads back"),
        ("  b: {wait: 7 days}", "  b: {wait: 7 days, than: z}", 5, "says nothing"),
        ("  b: {wait: 7 days}", "  a: {wait: 7 days}", 5, "stands twice"),
        ("  b: {wait: 7 days}", "  b: {sql: DROP TABLE person}", 5, "one of these"),
        ("  b: {wait: 7 days}", "  b: {wait: 7 days, then: z}\n  c: {wait: 1 day}", 6, "nobody"),
        ("  b: {wait: 7 days}", "  b: &x {wait: 7 days}", 5, "no & *"),
        ("on: {stage: slipping}", "on: {becomes: {name: Mei}}", 2, "known of people"),
        ("on: {stage: slipping}", "on: {stage: slipping}\nexits: [purchase]", 3, "silence"),
        ("  z: {end: told}", "  z: {wait: 1 day}", 6, "last node"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(line: str, instead: str, row: int, says: str) -> None:
    with pytest.raises(BadInput) as wrong:
        read(GOOD.replace(line, instead), "hello.yaml")
    assert wrong.value.row == row and says in wrong.value.sentence


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x]\nb: [*a, *a]",
        "[" * 5000,
        "{a: " * 3000,
        "name: !!python/object:os.system x",
        "x" * 70_000,
        "",
        "- just\n- a list",
        "name: 2026-01-01",
        "\x00",
        "name: a\non: {stage: lost}\nnodes: {a: {wait: .inf}, z: {end: x}}",
    ],
)
def test_what_is_hostile_is_refused_in_words(bomb: str) -> None:
    with pytest.raises(BadInput):
        read(bomb)


@pytest.mark.parametrize("name", playbooks.names())
def test_every_playbook_is_a_journey_with_words_in_three_languages(name: str) -> None:
    made = read(playbooks.text(name), name)
    assert made.name == name and set(made.title) == set(LANGUAGES)
    for node, act in made.nodes.items():
        if isinstance(act, Act):
            assert act.template == f"{name}_{node}"
            told = playbooks.words(act.template)
            assert set(told) == set(LANGUAGES)
            assert all(subject and body for subject, body in told.values())


@pytest.mark.parametrize("name", playbooks.names())
def test_a_form_writes_the_same_journey_again(name: str) -> None:
    text = playbooks.text(name)
    assert read(written(plain(text), text)) == read(text)


def test_a_journey_knows_whether_it_chooses_people_by_what_they_bought() -> None:
    alike = {"birthday", "complaint_recovered", "referral_thanks", "renewal", "tier_close"}
    found = {name for name in playbooks.names() if not read(playbooks.text(name)).by_traits}
    assert found == alike
    where = "who: {any: [{region: North}, {not: {reach: email}}]}"
    told = "name: x\non: {event: order}\n%s\nnodes:\n  rest: {wait: 1 day}\n  told: {end: told}\n"
    assert not read(told % where).by_traits
    assert read(told % "who: {not: {p_buy: {at_least: 0.4}}}").by_traits
    assert read((told % where).replace("{event: order}", "{alarm: big_silent}")).by_traits


def test_amounts_are_in_the_shops_currency() -> None:
    text = GOOD.replace("on: {stage: slipping}", "on: {becomes: {value: {at_least: 2.5}}}")
    assert read(text, digits=2).trigger.becomes == Within("value", at_least=250)
    assert read(text, digits=0).trigger.becomes == Within("value", at_least=2)
