"""The engine prints nothing: stdout belongs to the answer."""

from __future__ import annotations

from pathlib import Path

from huitou.store.lake import Lake


def test_no_progress_bar_is_drawn_into_an_answer(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with lake.writing("test") as writer, lake.reading() as reader:
        for connection in (writer, reader):
            shown = connection.execute("SELECT current_setting('enable_progress_bar')").fetchone()
            assert shown == (False,)
