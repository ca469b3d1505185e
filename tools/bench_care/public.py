"""Complaints of ten thousand strangers while the nightly run works: lost, slow, held off.

    python -m tools.bench_care.public [--short]

10,000 are sent at 50 a second, each from an address of its own, while `huitou run` runs again and
again in another process; then they are counted in the books. After that one address sends as fast
as it is answered, and others go on complaining.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import huitou
from huitou.care.complaints import book as complaints
from huitou.runs.shop import Shop
from tools.bench import SAID, orders
from tools.bench_care import crowd
from tools.bench_care.crowd import Sent

PACE = 50.0
BAR_MS = 300.0
OPEN_FOR = 3.5
"""Seconds between opening the forms and the first sending; less counts as a machine's."""
FLOODER = "198.51.100.7"


@dataclass(frozen=True)
class Size:
    """How much is sent."""

    complaints: int = 10_000
    forms: int = 200
    flood_seconds: float = 20.0
    flood_most: int = 4_000


LONG = Size()
SHORT = Size(complaints=1_000, forms=40, flood_seconds=5.0, flood_most=500)


def rows(size: Size = LONG, file: Path | None = None) -> list[dict[str, Any]]:
    """What was lost and how long it took, as rows of `huitou bench care`."""
    with tempfile.TemporaryDirectory(prefix="huitou-bench-") as folder:
        home = Path(folder) / "shop"
        _huitou(home, "import", str(file or orders()), *SAID)
        _huitou(home, "run")
        return measure(home, size)


def measure(home: Path, size: Size) -> list[dict[str, Any]]:
    """The same, on a shop that is there."""
    port = crowd.free_port()
    serving = crowd.start(home, port)
    try:
        sent, nights, flood, beside = crowd.to_the_end(_all(home, port, size))
    finally:
        crowd.end(serving)
    accepted = [each.token for each in (*sent, *beside) if each.token]
    shop = huitou.open(home)
    shop.letterbox.carry()
    stored, held = _stored(shop, accepted)
    honest = [each.token for each in sent if each.token]
    shop.books.close()
    return [
        _row("complaints sent while the run works", len(sent), "", None, None),
        _row("runs begun meanwhile", nights.begun, "", None, nights.begun > 0),
        _row("runs finished meanwhile", len(nights.codes), "", None, None),
        _row("runs that failed", sum(code != 0 for code in nights.codes), "", 0, None),
        _row("not accepted", sum(not each.token for each in sent), "", 0, None),
        _row("accepted and lost", len(accepted) - stored, "", 0, None),
        _row("of honest ones, held as spam", held, "", 0, None),
        _row("accepted twice over", len(honest) - len(set(honest)), "", 0, None),
        _row("answer, median", _ms(sent, 0.5), "ms", None, None),
        _row("answer, 99 in 100", _ms(sent, 0.99), "ms", BAR_MS, None),
        _row("answer, slowest", _ms(sent, 1.0), "ms", None, None),
        *_flooded(flood, beside),
    ]


async def _all(
    home: Path, port: int, size: Size
) -> tuple[list[Sent], crowd.Nights, list[Sent], list[Sent]]:
    forms = await crowd.marks(port, size.forms)
    await asyncio.sleep(OPEN_FOR)
    words = crowd.texts(size.complaints, seed=7)
    with crowd.nights(home) as seen:
        sent = await crowd.at_a_pace(port, words, forms, PACE)
    calm = crowd.texts(round(size.flood_seconds * 10), seed=8)
    flood, beside = await asyncio.gather(
        crowd.hammer(port, forms[0], FLOODER, size.flood_seconds, size.flood_most),
        crowd.at_a_pace(port, calm, forms, 10.0, first=2**20),
    )
    return sent, seen, flood, beside


def _flooded(flood: Sequence[Sent], beside: Sequence[Sent]) -> Iterable[dict[str, Any]]:
    answers = Counter(each.status for each in flood)
    share = answers[429] / len(flood)
    yield _row("sent by one address at once", len(flood), "", None, None)
    yield _row("of these, held off in plain words", round(share, 3), "share", None, share > 0.5)
    yield _row(
        "others meanwhile: not accepted", sum(not each.token for each in beside), "", 0, None
    )
    yield _row("others meanwhile: answer, 99 in 100", _ms(beside, 0.99), "ms", BAR_MS, None)


def _stored(shop: Shop, tokens: Sequence[str]) -> tuple[int, int]:
    with shop.books.reading() as unit:
        found = [complaints.by_token(unit, token) for token in tokens]
    states = Counter(row["state"] for row in found if row is not None)
    return sum(states.values()), states["held"]


def _ms(sent: Sequence[Sent], share: float) -> float:
    return round(1000 * crowd.percentile([each.seconds for each in sent], share), 1)


def _row(
    name: str, value: float, unit: str, bar: float | None, holds: bool | None
) -> dict[str, Any]:
    if bar is not None:
        holds = value <= bar
    return {"name": f"public complaints: {name}", "value": value, "unit": unit, "peer": None,
            "ratio": None, "bar": bar, "holds": holds}  # fmt: skip


def _huitou(home: Path, *arguments: str) -> None:
    done = subprocess.run([sys.executable, "-c", crowd.CALL, "--home", str(home), *arguments],
                          stdout=subprocess.DEVNULL, check=False)  # fmt: skip
    if done.returncode not in (0, 3):
        raise SystemExit(done.returncode)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--short", action="store_true", help="1,000 complaints, on the example shop")
    short = asked.parse_args().short
    example = Path(__file__).resolve().parents[2] / "examples/shop/online_retail_2010_2011.parquet"
    print(crowd.written(rows(SHORT, example) if short else rows()))


if __name__ == "__main__":
    main()
