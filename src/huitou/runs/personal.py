"""What of a person the tables of this house hold, chapter by chapter, and what becomes of it.

A migration that adds a table or a column says here what of it is somebody's; a test fills every
column of every table, forgets, and searches them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huitou.identity.forgetting.personal import A_NAME, UNSAID, Held, Personal


def _under(own: str, table: str, key: str = "id", *, gone: bool = False, **blank: Any) -> Personal:
    return Personal(blank, who=(), under=(own, table, key), gone=gone)


GONE = Personal(gone=True)

TABLES: Mapping[str, Personal] = {
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
    "happening_aside": Personal(who=(), words=("raw",), gone=True),
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
    "demand": Personal({"words": "", "decided_words": UNSAID}),
    "joining": _under("membership_id", "membership", consents=[]),
    "ladder_move": Personal({"why": UNSAID}),
    "let_go": Personal(
        {
            "kinds": [],
            "figures": {},
            "words": "",
            "letter": "",
            "token_hash": A_NAME,
            "ended_words": UNSAID,
        },
    ),
    "let_go_word": _under("let_go_id", "let_go", words=""),
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
    "alike_join": Personal(who=("person_id", "block", "survivor"), gone=True),
    "alike_pair": Personal({"fields": {}}, who=("left_id", "right_id")),
    "person_alias": Personal(who=("person_id", "survivor"), gone=True),
    "person_split": Personal(who=("person_id", "came_from"), gone=True),
}

PROOFS = {"consent_event": ("person_id", "said_under")}

HELD = Held(TABLES, PROOFS)
