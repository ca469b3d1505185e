"""For contributors: write the next migration from what the chapters' tables have become."""

from __future__ import annotations

import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import MetaData

from huitou.store.books import Books
from huitou.store.migrations.history import bring_to_head, config, versions


def draft(what: str, sentence: str, tables: MetaData) -> Path:
    """Write `versions/NNNN_<what>.py`; read it, and add its guards by hand.

    Checks and triggers are not seen by the comparison.
    """
    revision = f"{len(versions()) + 1:04d}_{what}"
    with tempfile.TemporaryDirectory() as folder:
        books = Books(f"sqlite:///{folder}/empty.db")
        with books.unit() as unit:
            if versions():
                bring_to_head(unit.connection, MetaData())
            settings = config(unit.connection, tables)
            settings.set_main_option("file_template", "%%(rev)s")
            command.revision(settings, sentence, autogenerate=True, rev_id=revision)
        books.close()
    return Path(__file__).parent / "versions" / f"{revision}.py"
