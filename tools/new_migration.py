"""Write the next migration from what the chapters' tables have become.

    python -m tools.new_migration invoices "Invoices, and who they are for."

Read what it wrote: checks and triggers are not seen by the comparison and are added by hand.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import MetaData

import huitou
from huitou.store.books import Books
from huitou.store.columns import metadata
from huitou.store.migrations.history import FOLDER, bring_to_head, config, versions


def draft(what: str, sentence: str) -> Path:
    """Write `versions/NNNN_<what>.py`."""
    revision = f"{len(versions()) + 1:04d}_{what}"
    with tempfile.TemporaryDirectory() as folder:
        books = Books.in_folder(Path(folder))
        with books.unit() as unit:
            bring_to_head(unit.connection, MetaData())
            settings = config(unit.connection, every_table())
            settings.set_main_option("file_template", "%%(rev)s")
            command.revision(settings, sentence, autogenerate=True, rev_id=revision)
        books.close()
    return FOLDER / "versions" / f"{revision}.py"


def every_table() -> MetaData:
    """The tables of all chapters."""
    importlib.import_module("huitou.store.outbox")
    house = Path(huitou.__file__).parent
    for file in sorted(house.glob("**/tables.py")):
        importlib.import_module(
            ".".join(("huitou", *file.relative_to(house).with_suffix("").parts))
        )
    return metadata


if __name__ == "__main__":
    print(draft(sys.argv[1], sys.argv[2]))
