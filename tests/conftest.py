"""What every test may ask for, and the count of skips at the end of a run.

A test that wants something this machine lacks skips in words, `<want>: <what is missing>`.
`HUITOU_REQUIRE=data,chromium,postgres,java,segment` turns such skips into failures.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import settings

# Each worker has one processor: threads of BLAS and OpenMP that wait for another one only spin.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
# Where machines are told to keep nothing compiled, every child would compile all it loads anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# What tests write nobody needs after a power cut: in memory, no commit waits for a disk.
IN_MEMORY, ROOM = Path("/dev/shm"), 6 * 2**30
if os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))

LITTLE_WASTE = (20_000, 20, 20)
"""Objects made before the collector looks at the young ones, and looks before it goes further."""
ROOT = Path(__file__).resolve().parent.parent
WANTS = ("data", "chromium", "postgres", "java", "segment")

settings.register_profile("house", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("house")


def required() -> set[str]:
    """The wants that must be there: from HUITOU_REQUIRE, an error for an unknown one."""
    named = {want.strip() for want in os.environ.get("HUITOU_REQUIRE", "").split(",")} - {""}
    if unknown := named - set(WANTS):
        raise pytest.UsageError(f"HUITOU_REQUIRE: {sorted(unknown)} not in {WANTS}")
    return named


def do_without(want: str, missing: str) -> NoReturn:
    """Skip in words; fail where HUITOU_REQUIRE names `want`."""
    if want in required():
        pytest.fail(f"{want}: {missing} (HUITOU_REQUIRE asks for it)", pytrace=False)
    pytest.skip(f"{want}: {missing}")


@pytest.fixture(scope="session", autouse=True)
def books_are_copied() -> Iterator[None]:
    """Every migration costs each of hundreds of fresh books anew: once a process is enough."""
    from tests.fresh_books import copied

    with copied():
        yield


@pytest.fixture(scope="session", autouse=True)
def doors_are_made_once() -> Iterator[None]:
    """The signatures of a door's pages are read once a process, and passwords are kept cheaply."""
    from tests.cheap_doors import cheap

    with cheap():
        yield


@pytest.fixture(scope="session", autouse=True)
def children_are_warm() -> Iterator[None]:
    """What a child needs to read a file or to write a message is loaded once a process."""
    from tests.warm_children import warm

    with warm():
        yield


@pytest.fixture(scope="session")
def missing() -> Callable[[str, str], NoReturn]:
    """`missing("java", "no java on this machine")`: skip, or fail where it is required."""
    return do_without


@pytest.fixture(scope="session")
def data_file() -> Callable[[str], Path]:
    """`data_file("cdnow_sample.parquet")`: real data of the world, or a skip in words."""
    return _data_file


@pytest.fixture(scope="session")
def example_shop() -> Path:
    """The order log of the demo shop, which is part of the project."""
    return ROOT / "examples" / "shop" / "online_retail_2010_2011.parquet"


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop, taken in and run once for all tests that only read it."""
    import huitou
    from huitou.doors import example

    home = tmp_path_factory.mktemp("demo") / "shop"
    example.fill(huitou.open(home), lambda _step, _share: None)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for one shop; not made yet, as on a first start."""
    return tmp_path / "shop"


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Any]:
    """Empty books on SQLite, of the newest shape."""
    from tests.unit.journeys.given import every_table

    from huitou.store.books import Books

    fresh = Books.in_folder(tmp_path / "books")
    fresh.migrate(every_table())
    yield fresh
    fresh.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium, or a skip in words."""
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    do_without("chromium", "no chromium on this machine")


@pytest.fixture(scope="session")
def java() -> str:
    """The path of a Java, or a skip in words."""
    found = shutil.which("java")
    return found or do_without("java", "no java on this machine")


@pytest.fixture(scope="session")
def postgres_bin() -> Path:
    """The folder of PostgreSQL's programs (initdb, postgres), or a skip in words."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("initdb"):
        places.append(Path(on_path).parent)
    for place in places:
        if (place / "initdb").exists():
            return place
    do_without("postgres", "no PostgreSQL programs on this machine")


@pytest.fixture(scope="session")
def postgres_url(postgres_bin: Path, missing: Callable[[str, str], NoReturn]) -> Iterator[str]:
    """A PostgreSQL server, or a skip in words."""
    if find_spec("psycopg") is None:
        missing("postgres", "psycopg is not installed")
    from tests.contract.postgres import running

    try:
        with running(postgres_bin) as url:
            yield url
    except (RuntimeError, subprocess.SubprocessError) as failed:
        missing("postgres", f"the server does not start: {failed}")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays until the end: to look through it for waste, again and again,
    took a tenth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*LITTLE_WASTE)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """An unknown name in HUITOU_REQUIRE must not pass for 'nothing required'."""
    required()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    """A skip for a required want is a failure, however the test wrote its skip."""
    outcome = yield
    _insist(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    """The same for a file that skips as a whole."""
    outcome = yield
    _insist(outcome.get_result())


def _insist(report: Any) -> None:
    reason = _reason(report)
    want = reason.partition(":")[0]
    if report.skipped and want in required():
        report.outcome = "failed"
        report.longrepr = f"{reason} (HUITOU_REQUIRE asks for {want})"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Skips, counted by reason, at the end of every run."""
    skipped = terminalreporter.stats.get("skipped", [])
    counts = Counter(_reason(report) for report in skipped)
    terminalreporter.section(f"skipped: {sum(counts.values())}")
    for reason, times in counts.most_common():
        terminalreporter.line(f"{times:5d}  {reason}")


def _data_file(name: str) -> Path:
    folder = Path(os.environ.get("HUITOU_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / name).exists():
        do_without("data", f"no {name} in $HUITOU_TEST_DATA or ../shared/data")
    return folder / name


def _reason(report: Any) -> str:
    said = report.longrepr
    text = said[2] if isinstance(said, tuple) else str(said or "")
    return text.removeprefix("Skipped: ")
