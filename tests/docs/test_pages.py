"""The docs tell the truth: their code runs, their figures are real, their links lead on."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from tools import pages, readme, reference

ROOT = Path(__file__).resolve().parents[2]
PYTHON_PAGES = [
    page
    for page in sorted((ROOT / "docs").rglob("*.md"))
    if "```python" in page.read_text(encoding="utf-8")
]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory, example_shop: Path) -> Path:
    """A folder with `orders.csv`: every fourth customer of the example shop."""
    folder = tmp_path_factory.mktemp("page")
    duckdb.sql(
        f"COPY (SELECT * FROM '{example_shop}' WHERE customer_id::INT % 4 = 0 "
        f"ORDER BY ordered_at, order_id, sku) TO '{folder / 'orders.csv'}' (HEADER)"
    )
    return folder


@pytest.mark.parametrize("page", PYTHON_PAGES, ids=lambda page: page.name)
def test_the_code_of_a_page_runs_and_prints_what_the_page_says(
    page: Path, quarter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(quarter)
    names: dict[str, object] = {}
    for block in pages.blocks(page.read_text(encoding="utf-8")):
        said = pages.printed(block, names, str(page))
        if block.said is not None:
            assert said == block.said, f"{page.name}:{block.line}"
    for drawn in quarter.glob("*.svg"):
        shown = (ROOT / "docs" / "pictures" / drawn.name).read_text(encoding="utf-8")
        assert drawn.read_text(encoding="utf-8") == shown, f"{drawn.name} is shown as it was"


def test_the_readme_shows_what_the_program_prints(demo_home: Path) -> None:
    shown = readme.block("report", readme.README.read_text(encoding="utf-8"))
    assert shown == readme.report(demo_home)


def test_the_reference_is_what_the_program_says() -> None:
    assert reference.stale() == []


@pytest.mark.parametrize(
    "page",
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_every_command_in_the_docs_exists() -> None:
    import typer.main

    from huitou.doors.cli.main import app

    known = {name for name, _ in reference._commands(typer.main.get_command(app), "huitou")}
    word = r"([a-z]+(?:-[a-z]+)*)"
    said = re.compile(rf"(?:^|bin/)huitou(?: --home \S+)? {word}(?: {word})?", re.MULTILINE)
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for first, second in said.findall(page.read_text(encoding="utf-8")):
            group = f"huitou {first}"
            assert group in known, f"{page.name}: {group}"
            inner = {name for name in known if name.startswith(f"{group} ")}
            assert not inner or not second or f"{group} {second}" in known, page.name
