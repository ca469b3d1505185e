"""What is personal in each table, besides the ids of people, which are found wherever they stand.

`blank` says what becomes of a column in the rows that are somebody's; a row is theirs where one of
the columns `who` holds an id of theirs, one of `contacts` an e-mail or phone, or where it hangs on
a row of theirs (`under`: own column, table, its column). `gone` rows are taken away whole: they
are only what was known of somebody. A table that is not named holds nothing personal but ids.

Amounts, days and states are never touched, so balances still equal their entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


def contacts_of(keys: Iterable[str]) -> list[str]:
    """The phones and e-mails among keys; a member number may stand in words that mean others."""
    parted = (key.partition(":") for key in keys)
    return sorted({value for kind, _, value in parted if kind in ("phone", "email") and value})


class Name:
    """Stands for a new random name, where a column must hold something that is its own."""


A_NAME = Name()


class Unsaid:
    """Stands for no words where there were some; where there were none, none stay."""


UNSAID = Unsaid()


@dataclass(frozen=True)
class Personal:
    """What of a table is somebody's, and what becomes of it."""

    blank: Mapping[str, Any] = field(default_factory=dict)
    who: tuple[str, ...] = ("person_id",)
    contacts: tuple[str, ...] = ()
    under: tuple[str, str, str] | None = None
    gone: bool = False


def _under(own: str, table: str, key: str = "id", *, gone: bool = False, **blank: Any) -> Personal:
    return Personal(blank, who=(), under=(own, table, key), gone=gone)


GONE = Personal(gone=True)

PERSONAL: Mapping[str, Personal] = {
    # 3 care: what hurt
    "alarm": Personal({"facts": {}}),
    "call_outcome": _under("call_id", "call", where_to=None, words=None, phone_mark=None),
    "case_answer": _under("case_id", "lost_case", where_to=None, words=None),
    "case_note": _under("case_id", "lost_case", words=""),
    "chase_mark": Personal({"words": ""}),
    "complaint": Personal(
        {"name": None, "phone": None, "email": None, "order_id": None, "words": ""},
        contacts=("phone", "email"),
    ),
    "complaint_entry": _under("complaint_id", "complaint", words=""),
    "consent_ask": Personal({"proof": {}}),
    "consent_event": Personal({"proof": {}}, who=("person_id", "said_under")),
    "consent_heard": Personal({"address": "", "words": ""}, contacts=("address",)),
    "fix_due": GONE,
    "happening": Personal({"words": ""}),
    "interview": Personal({"where_to": None, "words": None}),
    "interview_mail": _under("interview_id", "interview", reason=None),
    "lost_case": Personal({"suspects": []}),
    "machine": Personal({"serial": A_NAME, "company": None}),
    "machine_note": _under("machine_id", "machine", words=None),
    "not_for_now": Personal({"source": ""}),
    "reminder": Personal({"about": ""}),
    "silence": Personal({"source": ""}),
    # 4 loyalty: what we owe
    "birthday": GONE,
    "joining": _under("membership_id", "membership", consents=[]),
    "ladder_move": Personal({"why": UNSAID}),
    "membership": Personal(
        {"name": "", "birthday": None, "number": A_NAME, "token_hash": A_NAME},
    ),
    "membership_key": _under("membership_id", "membership", gone=True),
    "movement": Personal({"why": ""}),
    "offer": Personal({"code": A_NAME}),
    "referral": Personal(
        {"name": "", "phone": None, "email": "", "consent": ""},
        who=("friend_id",),
        contacts=("phone", "email"),
    ),
    "referral_contact": _under("referral_id", "referral", gone=True),
    # 8 journeys: what we say
    "decision": Personal({"hold_key": ""}),
    "heard": Personal({"told": {}}),
    "message": Personal({"subject": "", "body": "", "recipient": {}, "code": None}),
    "path_day": GONE,
    "path_person": GONE,
    "position": Personal({"told": {}}, who=("person_id", "who")),
    "sending": Personal({"told": {}, "reason": None, "reference": None}),
    "sending_place": GONE,
    # 9 channels: how it left
    "barred": _under("sending_id", "sending", words=""),
    "delivery": _under("decision_id", "message", "decision_id", reason=None),
    "post_report": _under("sending_id", "sending", words="", reference=None),
    # who they were
    "person_alias": Personal(who=("person_id", "survivor"), gone=True),
    "person_split": Personal(who=("person_id", "came_from"), gone=True),
}

PROOFS = {"consent_event": ("person_id", "said_under")}
"""Where that and when something was said is kept as proof: under the name of the forgetting, so
that who shows the e-mail or phone again can be shown what they agreed to, and nobody else."""
