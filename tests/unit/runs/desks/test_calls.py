"""What is promised on the phone, and to whom nothing is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.runs.desks.complaints.given_shop import NOW, Hands

from huitou.care.calls import book as calls
from huitou.care.calls.book import NewCall
from huitou.care.calls.outcomes import OUTCOMES, Outcome
from huitou.decisions.acts import ACTS
from huitou.journeys.messages import Recipient
from huitou.loyalty import book as loyalty
from huitou.runs.desks.calls import desk as room
from huitou.runs.desks.calls.desk import CallDesk, Ground
from huitou.runs.wiring import House, open_house

TODAY = NOW.date()
KNOWN = {
    "stage": "lost", "spend": 10_000.0, "value_low": 50_000.0, "typical_gap": None, "orders": 2,
    "hold_key": "k", "store": None, "person_id": "p",
}  # fmt: skip


class LastRun:
    """What a run knew of one lost customer, who left for the price."""

    today = day = TODAY

    def people(self, ids: Any) -> dict[str, Any]:
        return dict.fromkeys(ids, KNOWN)

    def first_causes(self, ids: Any) -> dict[str, str]:
        return dict.fromkeys(ids, "price")

    def bought(self, ids: Any) -> dict[str, Any]:
        return {}

    def row(self, person: str) -> None:
        return None

    def sure_depths(self, person: str, cause: str) -> frozenset[float]:
        return frozenset(act.depth for act in ACTS.values())


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path, Hands(), None)


def desk_of(house: House, monkeypatch: pytest.MonkeyPatch, **stands: Any) -> CallDesk:
    reach = {"p": Recipient("p", "Mei", phone="13800000001")}
    none: Any = {"silent": frozenset(), "held_out": frozenset(), "wrong": frozenset()}
    ground = Ground(**{**none, "reach": reach, "complaints": {}, **stands})
    monkeypatch.setattr(room, "standing", lambda *_told: LastRun())
    monkeypatch.setattr(CallDesk, "_ground", lambda *_told: ground)
    told = {"money": "CNY", "language": "en", "share_of_value": 0.5, "zone": NOW.tzinfo}
    settings: Any = SimpleNamespace(**told)
    return CallDesk(house, settings)


def listed(house: House) -> str:
    new = NewCall("p", "Mei", TODAY, 10, asked_by="Mei")
    with house.books.unit() as unit:
        calls.add(unit, new, NOW)
    return new.id


def owed(house: House) -> int:
    with house.books.reading() as unit:
        return loyalty.held(unit, ["p"]).get("p", 0)


@pytest.mark.parametrize("code", sorted(OUTCOMES))
def test_who_was_not_spoken_to_or_wants_silence_is_promised_nothing(
    house: House, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, call = desk_of(house, monkeypatch), listed(house)
    depth = desk.sheet(call).offers[0].depth
    spoken = code in ("will_come", "call_back")
    why = "leave_me_alone" if code == "answered" else None
    told = Outcome(code, next_day=TODAY, why=why)
    done = desk.write(call, told, "Mei", depth=depth)
    assert (done.offer is not None, owed(house) > 0) == (spoken, spoken)


@pytest.mark.parametrize("why", ["silent", "held_out"])
def test_the_silent_and_the_held_out_are_promised_nothing_by_whoever_rings(
    house: House, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = listed(house)
    assert desk_of(house, monkeypatch).sheet(call).offers
    desk = desk_of(house, monkeypatch, **{why: frozenset({"p"})})
    assert desk.sheet(call).offers == ()
    with pytest.raises(room.Refused, match="may not be promised"):
        desk.write(call, Outcome("will_come"), "Mei", depth=0.1)
    assert owed(house) == 0
