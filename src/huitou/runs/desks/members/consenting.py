"""Handing the consent of a form over to the room that keeps consents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from huitou.care.consents import book, kinds

if TYPE_CHECKING:
    from huitou.store.books import Unit


def hand_over(
    unit: Unit, person_id: str, form: Mapping[str, Any], now: datetime, *, by: str = ""
) -> int:
    """Give what stands in a form's row to the room of consents; how many words that were."""
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
