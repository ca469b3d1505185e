"""A journey is told in the reader's words: stages and causes by their names, not by their codes."""

from __future__ import annotations

import pytest

from huitou.ground.languages import LANGUAGES, speaker
from huitou.journeys.paths import journey as j
from huitou.journeys.paths.filters import Among
from huitou.journeys.paths.playbooks import shipped as playbooks
from huitou.journeys.paths.writing import read
from huitou.runs.desks.journeys import wording


def test_a_stage_and_a_cause_are_said_in_the_readers_language() -> None:
    says = speaker("zh-Hans").say
    stages = says(wording.condition(Among("stage", ("slipping", "lost"))))
    assert "slipping" not in stages and " / " in stages
    assert "habit" not in says(wording.condition(Among("why", ("habit",))))


def test_what_has_no_name_stands_for_itself() -> None:
    assert str(wording.condition(Among("channel", ("web", "till")))).endswith("web / till")


@pytest.mark.parametrize("name", playbooks.names())
def test_a_message_is_named_by_what_it_is_about_in_the_readers_language(name: str) -> None:
    made = read(playbooks.text(name))
    acts = [node for node in made.nodes.values() if isinstance(node, j.Act)]
    for node in acts:
        said = {language: wording.subject(node, language) for language in LANGUAGES}
        assert all(said.values()) and len(set(said.values())) >= 2
        assert not any("{" in str(each) or node.template in str(each) for each in said.values())
    assert wording.subject(j.End(), "en") is None
