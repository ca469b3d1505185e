"""No message is asked for that nobody has words for, and no text names what its asker never tells.

The askers are found in the source itself: whoever writes a new one is found as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import huitou
from huitou.channels.templates import shipped, values
from huitou.channels.templates.scribe import Job, Scribe
from huitou.channels.templates.words import Written
from huitou.journeys.paths.journey import Act, Journey
from huitou.journeys.paths.playbooks import shipped as playbooks
from huitou.journeys.paths.writing import read
from huitou.journeys.reminders.rules import TEMPLATES
from huitou.loyalty.points.tables import KINDS
from huitou.loyalty.referrals.rules import SIDES
from huitou.runs.desks.sending.texts import EXAMPLES
from huitou.runs.steps.reward import WORDS

ROOT = Path(huitou.__file__).parent
COMPUTED = {
    "TEMPLATES[need.kind]": set(TEMPLATES.values()),
    "f\"referral_{given['side']}\"": {f"referral_{side}" for side in SIDES},
    "f'{WORDS.get(kind.name, kind.name)}_expiring'": {
        f"{WORDS.get(name, name)}_expiring" for name in KINDS
    },
}
"""Names that are worked out -> all that may come of it."""
ELSEWHERE = {"TEMPLATES[need.kind]": ("runs/steps/needs.py", "_told")}
"""Whose `told` is made in another function."""
ADDED = {"consent_confirmation": {"link"}}
"""What the composer knows when it writes, and whoever asks does not: a link is never kept."""


def keys(tree: ast.AST) -> set[str]:
    """All that the dicts in a function are told by name."""
    found: set[str] = set()
    for each in ast.walk(tree):
        if isinstance(each, ast.Dict):
            for key in each.keys:
                some = ast.walk(key) if key is not None else ()
                found |= {one.value for one in some if isinstance(one, ast.Constant)}
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Subscript):
            named = each.targets[0].slice
            found |= {named.value} if isinstance(named, ast.Constant) else set()
    return found


def function(file: str, name: str) -> ast.AST:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return next(
        each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == name
    )


def asked() -> dict[str, set[str]]:
    """Template -> what whoever asks for it tells."""
    found: dict[str, set[str]] = {}
    for file in sorted(ROOT.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "Wish(" not in text:
            continue
        for made in ast.walk(ast.parse(text)):
            if isinstance(made, ast.FunctionDef):
                for call in ast.walk(made):
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "Wish":
                        for name, told in _of(call, made):
                            found[name] = found.get(name, set()) | told
    return {name: told | ADDED.get(name, set()) for name, told in found.items()}


def _of(call: ast.Call, made: ast.FunctionDef) -> Iterator[tuple[str, set[str]]]:
    named = {each.arg: each.value for each in call.keywords}
    template = named.get("template") or call.args[5]
    if isinstance(template, ast.Constant):
        yield template.value, keys(made)
        return
    written = ast.unparse(template)
    told = keys(function(*ELSEWHERE[written])) if written in ELSEWHERE else keys(made)
    for name in COMPUTED[written]:
        yield name, told


ASKED = asked()
JOURNEYS = {name: read(playbooks.text(name), name) for name in playbooks.names()}
MESSAGES = [
    (journey, act)
    for journey in JOURNEYS.values()
    for act in journey.nodes.values()
    if isinstance(act, Act)
]


@pytest.fixture(scope="module")
def scribe() -> Iterator[Scribe]:
    with Scribe() as made:
        yield made


def written(scribe: Scribe, name: str, channel: str, language: str, told: dict[str, Any]) -> str:
    text = shipped.text(name, channel, language)
    assert text is not None, f"{name} has no words for {channel} in {language}"
    made = scribe.press(channel, text.subject, text.body, shipped.frame(language))
    whole = {**values.shown(told, language, "CNY", text.money), "shop": {"name": "Tea"}}
    (one,) = scribe.write([Job(text.digest, text.subject, made, {**whole, "person": {}})])
    assert isinstance(one, Written), one
    assert one.text.strip() and (channel != "email" or one.subject.strip())
    return one.subject + "\n" + one.text


def test_the_askers_are_found() -> None:
    assert {"ladder.climbed", "ladder.falls", "points_expiring", "membership_ends"} <= set(ASKED)
    assert {"referral_giver", "referral_friend", "reminder_trade_in"} <= set(ASKED)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_whatever_is_asked_for_has_words_that_name_only_what_is_told(
    scribe: Scribe, name: str
) -> None:
    for language in shipped.LANGUAGES:
        for channel in ("email", "sms", "paper", "wecom"):
            text = shipped.text(name, channel, language)
            assert text is not None, f"{name} has no words for {channel} in {language}"
            assert set(text.names) <= ASKED[name]
            told = {each: EXAMPLES[each] for each in text.names if each in EXAMPLES}
            written(scribe, name, channel, language, told)


def _certain(journey: Journey) -> set[str]:
    """What everybody in a journey is told for sure: the day they came in by."""
    has_day = journey.trigger.kind == "date" and not journey.trigger.name.endswith("_order")
    return {"day"} if has_day else set()


@pytest.mark.parametrize(
    ("journey", "act"), MESSAGES, ids=[act.template for _journey, act in MESSAGES]
)
def test_a_journeys_message_is_whole_also_where_nothing_is_told(
    scribe: Scribe, journey: Journey, act: Act
) -> None:
    told = {name: EXAMPLES[name] for name in _certain(journey)}
    for language in shipped.LANGUAGES:
        for channel in act.channels:
            said = written(scribe, act.template, channel, language, told)
            gaps = ("  ", " ,", " .", "()", "（）", "，，", "：。", "在用完", "将于到", "将在到")
            assert not [gap for gap in gaps if gap in said.replace("-- \n", "")], said
