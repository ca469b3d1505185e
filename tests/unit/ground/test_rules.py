"""Files of rules: the merchant's own counts whole, and a broken one is named."""

from __future__ import annotations

import pytest

from huitou.ground import rules
from huitou.ground.errors import HuitouError


def test_without_one_of_their_own_what_is_shipped_counts(tmp_path):
    shipped = tmp_path / "shipped.toml"
    shipped.write_text("each = 1\n", encoding="utf-8")
    assert rules.read(tmp_path / "shop", "points", shipped) == {"each": 1}
    rules.write(tmp_path / "shop", "points", "other = 2\n")
    assert rules.read(tmp_path / "shop", "points", shipped) == {"other": 2}


def test_a_broken_file_is_named(tmp_path):
    rules.write(tmp_path, "points", "each = \n")
    with pytest.raises(HuitouError, match=r"points\.toml"):
        rules.read(tmp_path, "points", tmp_path / "none")
