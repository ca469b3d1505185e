"""One verdict in full: with the names of the accounts that are set aside, looked up when read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from huitou.ground.errors import HuitouError
from huitou.runs.verdicts import ProofView, VerdictView

if TYPE_CHECKING:
    from huitou.store.lake import Edition


def verdict(edition: Edition, proofs: Sequence[ProofView], programme: str) -> ProofView:
    """The verdict on one programme or plan.

    Raises:
        HuitouError: when nothing of this name was carried out.
    """
    found = next((each for each in proofs if each.programme == programme), None)
    if found is None:
        known = ", ".join(each.programme for each in proofs) or "nothing was carried out yet"
        raise HuitouError(f"there is no verdict on {programme!r}", to_try=f"one of: {known}")
    if found.judged is None:
        return found
    return replace(found, judged=_named(edition, found.judged))


def _named(edition: Edition, judged: VerdictView) -> VerdictView:
    wanted = [each.person for each in judged.whales]
    if not wanted:
        return judged
    rows = edition.table("people", ["person_id", "key", "name"], only=("person_id", wanted))
    names = {row["person_id"]: row["name"] or row["key"] for row in rows.to_pylist()}
    whales = tuple(replace(each, name=names.get(each.person)) for each in judged.whales)
    return replace(judged, whales=whales)
