"""The shop's sorter of texts: made from seeds and lessons, kept in its folder, made anew when
somebody taught it something.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.lessons import book as lessons
from huitou.ground.durable import put_in_place
from huitou.ground.errors import HuitouError
from huitou.models.mentions import Mentions
from huitou.models.texts import Sorter, Taught, mark_of, recalled, sorter

if TYPE_CHECKING:
    from huitou.store.books import Unit
    from huitou.store.lake import Edition, Lake

FILE = "sorter.npz"


def taught(unit: Unit) -> tuple[Taught, ...]:
    """Everything staff said about texts."""
    return tuple(Taught(row["text"], row["cause"]) for row in lessons.taught(unit))


def sorter_of(lake: Lake, told: tuple[Taught, ...]) -> Sorter:
    """The sorter that knows all of `told`: the kept one, or a new one that is then kept."""
    file = lake.root / FILE
    known = _kept(file)
    if known is not None and known.mark == mark_of(told):
        return known
    fresh = sorter(told)
    _keep(file, fresh)
    return fresh


def is_up_to_date(lake: Lake, told: tuple[Taught, ...]) -> bool:
    """Whether the sorter that is kept knows all of `told`; one that is not is made when needed."""
    known = _kept(lake.root / FILE)
    return known is not None and known.mark == mark_of(told)


def mentions_of(edition: Edition | None) -> Mentions:
    """The names of everything the shop sold; none before the first run."""
    if edition is None or not edition.has("lines"):
        return Mentions.of(())
    lines = edition.table("lines", ["product", "is_product"])
    sold = lines.filter(pc.fill_null(pc.cast(lines["is_product"], pa.bool_()), True))
    return Mentions.of([name for name in pc.unique(sold["product"]).to_pylist() if name])


def _kept(file: Path) -> Sorter | None:
    try:
        return recalled(file.read_bytes())
    except (FileNotFoundError, HuitouError):
        return None


def _keep(file: Path, fresh: Sorter) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{FILE}.new")
    beside.write_bytes(fresh.kept())
    put_in_place(beside, file)
