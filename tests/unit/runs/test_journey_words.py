"""A journey is told in the reader's words: stages and causes by their names, not by their codes."""

from __future__ import annotations

from huitou.ground.languages import speaker
from huitou.journeys.paths.filters import Among
from huitou.runs.desks.journeys import wording


def test_a_stage_and_a_cause_are_said_in_the_readers_language() -> None:
    says = speaker("zh-Hans").say
    stages = says(wording.condition(Among("stage", ("slipping", "lost"))))
    assert "slipping" not in stages and " / " in stages
    assert "habit" not in says(wording.condition(Among("why", ("habit",))))


def test_what_has_no_name_stands_for_itself() -> None:
    assert str(wording.condition(Among("channel", ("web", "till")))).endswith("web / till")
