"""What an API token may do."""

from __future__ import annotations

from collections.abc import Sequence

from huitou.ground.errors import Refused

SCOPES = {
    "read": "see answers, people, metrics, plans, imports and proofs",
    "import": "hand in files of orders",
    "ask": "write down what customers said, answer complaints, and leave people alone",
    "complain": "hand in complaints",
    "offer": "look at offers, and use them for orders",
    "till": "stand at the till: use codes, tell sales, and hand over what waits for a customer",
    "forget": "forget people who ask for it, for good",
    "plan": "draft, approve and apply plans",
}
"""Scope -> what it lets its holder do. One scope never includes another."""


def checked(scopes: Sequence[str]) -> tuple[str, ...]:
    """The scopes, each once and in order; Refused for one that does not exist."""
    for scope in scopes:
        if scope not in SCOPES:
            raise Refused(f"there is no scope {scope!r}", to_try=f"one of: {', '.join(SCOPES)}")
    return tuple(sorted(set(scopes)))
