"""Handing the consent of a form over to the room that keeps consents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huitou.store.books import Unit

ROOM = "huitou.care.consents"


def hand_over(
    unit: Unit, person_id: str, form: Mapping[str, Any], now: datetime, *, by: str = ""
) -> int:
    """Give what stands in a form's row to the room of consents; how many words that were.

    Where a shop has no such room they stay with the form, and nothing is lost.
    """
    if find_spec(ROOM) is None or find_spec(f"{ROOM}.book") is None:
        return 0
    book, kinds = import_module(f"{ROOM}.book"), import_module(f"{ROOM}.kinds")
    source = "till" if form["way"] == "till" else "join_page"
    for each in form["consents"]:
        wording = kinds.Wording("join", form["language"], each["text"])
        book.give(
            unit,
            person_id,
            each["channel"],
            each["purpose"],
            source=source,
            wording=wording,
            now=now,
            at=form["at"],
            proof=kinds.Proof(by=by, language=form["language"], told={"form": form["key"]}),
        )
    return len(form["consents"])
