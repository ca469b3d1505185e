"""A small crowd complains to a real `huitou serve` while one address floods it."""

from __future__ import annotations

from pathlib import Path

from tools.bench_care import public

import huitou


def test_a_crowd_is_taken_whole_and_a_flood_is_held_off(home: Path) -> None:
    huitou.open(home).books.close()
    size = public.Size(complaints=100, forms=5, flood_seconds=2.0, flood_most=150)
    rows = {row["name"].partition(": ")[2]: row for row in public.measure(home, size)}
    assert rows["complaints sent while the run works"]["value"] == 100
    for kept in ("not accepted", "accepted and lost", "of honest ones, held as spam",
                 "accepted twice over", "others meanwhile: not accepted"):  # fmt: skip
        assert rows[kept]["value"] == 0, kept
    assert rows["sent by one address at once"]["value"] > 100
    assert rows["of these, held off in plain words"]["value"] > 0.2
