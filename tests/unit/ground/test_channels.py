"""Every list of channels derives from one; what cannot derive is held equal to it."""

from __future__ import annotations

import tomllib
from typing import get_args

from huitou.channels.post.rules import RULES, WAYS
from huitou.doors.api.consents import Way, WrittenBack
from huitou.ground.channels import ANY, CHANNELS, PEOPLE, TIMED


def test_programs_name_the_channels_there_are() -> None:
    assert get_args(Way) == (ANY, *PEOPLE)
    written_back = WrittenBack.model_fields["channel"].annotation
    assert set(get_args(written_back)) == set(TIMED)


def test_the_file_of_channels_speaks_of_each() -> None:
    told = tomllib.loads(RULES.shipped.read_text(encoding="utf-8"))
    assert set(told) == {*CHANNELS, "reports"}
    assert all(told[channel]["way"] in WAYS[channel] for channel in CHANNELS)
