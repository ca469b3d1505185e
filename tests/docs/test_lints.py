"""The lints find what they are for, and let good lines stand."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest
from tools.lints.__main__ import RULES, complaints
from tools.lints.rule import Rule
from tools.lints.vendored import unlicensed

GOOD = [(rule, line) for rule in RULES for line in rule.good_lines]
BAD = [(rule, line) for rule in RULES for line in rule.bad_lines]


@pytest.mark.parametrize(("rule", "line"), GOOD, ids=lambda value: getattr(value, "name", None))
def test_a_good_line_stands(rule: Rule, line: str) -> None:
    assert rule.find(PurePosixPath(rule.example), line) == []


@pytest.mark.parametrize(("rule", "line"), BAD, ids=lambda value: getattr(value, "name", None))
def test_a_bad_line_is_found(rule: Rule, line: str) -> None:
    assert rule.find(PurePosixPath(rule.example), line)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_why_and_what_it_cannot_see(rule: Rule) -> None:
    assert rule.reason.endswith(".")
    assert rule.blind.endswith(".")
    assert rule.good_lines and rule.bad_lines


@pytest.mark.parametrize(
    ("rule", "path"),
    [("wall_clock", "src/huitou/ground/clock.py"), ("chance", "src/huitou/ground/ids.py")],
)
def test_the_one_place_that_may_is_let_be(rule: str, path: str) -> None:
    named = next(each for each in RULES if each.name == rule)
    assert named.find(PurePosixPath(path), named.bad_lines[0]) == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "base", "manager", "service"])
def test_a_drawer_without_a_label_is_found(name: str) -> None:
    labels = next(rule for rule in RULES if rule.name == "labels")
    assert labels.find(PurePosixPath(f"src/huitou/facts/{name}.py"), "")
    assert labels.find(PurePosixPath(f"src/huitou/{name}/orders.py"), "")


def test_a_vendored_asset_needs_its_licence_beside_it(tmp_path: Path) -> None:
    (tmp_path / "chart.min.js").write_text("x")
    assert list(unlicensed(tmp_path)) == [f"{tmp_path}: vendor.json is missing"]
    (tmp_path / "vendor.json").write_text(json.dumps({"chart": {"file": "chart.min.js"}}))
    assert list(unlicensed(tmp_path)) == [f"{tmp_path / 'chart.min.js'}: no licence beside it"]
    (tmp_path / "chart.LICENSE.txt").write_text("MIT")
    assert list(unlicensed(tmp_path)) == []


def test_the_whole_house_keeps_its_rules() -> None:
    assert complaints() == []
