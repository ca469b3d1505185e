"""The order of the story stands in three places, and they agree."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

import huitou

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = re.compile(r"^ {4}([a-z]+) {2,}(\S.*)$", re.MULTILINE)


def layers() -> list[list[str]]:
    """The floors of the house from the ground up, as the import contract holds them."""
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter")
    written = contract["importlinter:contract:story"]["layers"].split("\n")
    floors = [line.strip().split(" | ") for line in written if line.strip()]
    return floors[::-1]


def told(text: str) -> dict[str, str]:
    """Chapter -> its line, in the order `text` tells them."""
    return dict(CHAPTER.findall(text))


def readme_map() -> dict[str, str]:
    """The map in the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| \[`([a-z]+)/`\]\([^)]*\) +\| (.+?) +\|$", text, re.MULTILINE))


@pytest.mark.parametrize("place", ["docstring", "readme"])
def test_the_story_runs_in_the_order_of_the_contract(place: str) -> None:
    chapters = list(told(huitou.__doc__ or "") if place == "docstring" else readme_map())
    floor = {chapter: height for height, row in enumerate(layers()) for chapter in row}
    assert set(chapters) == set(floor)
    # `store` is told with the floor, where things rest, though it stands beside `stats`.
    assert [floor[chapter] for chapter in chapters] == sorted(floor[c] for c in chapters)


def test_docstring_and_readme_tell_the_same_story() -> None:
    assert list(told(huitou.__doc__ or "").items()) == list(readme_map().items())


def test_every_folder_is_a_chapter() -> None:
    folders = {path.parent.name for path in (ROOT / "src/huitou").glob("*/__init__.py")}
    assert folders == {chapter for row in layers() for chapter in row}
