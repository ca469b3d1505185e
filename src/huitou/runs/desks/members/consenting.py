"""Handing the consent of a form over to the room that keeps consents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from huitou.care.consents import kinds
from huitou.loyalty.cards import book as cards
from huitou.runs.second_yes import agree

if TYPE_CHECKING:
    from huitou.store.books import Unit


def hand_over(
    unit: Unit, person_id: str, form: Mapping[str, Any], now: datetime, *, by: str = ""
) -> int:
    """Give what stands in a form's row to the room of consents; how many words that were."""
    source = "till" if form["way"] == "till" else "join_page"
    # No run may know them yet: the card does.
    keys = dict(key.split(":", 1) for key in cards.keys_of(unit, form["membership_id"]))
    to = {**keys, "language": form["language"]}
    for each in form["consents"]:
        wording = kinds.Wording("join", form["language"], each["text"])
        agree(
            unit,
            person_id,
            each["channel"],
            each["purpose"],
            source=source,
            wording=wording,
            now=now,
            at=form["at"],
            proof=kinds.Proof(by=by, language=form["language"], told={"form": form["key"]}),
            to=to,
        )
    return len(form["consents"])
