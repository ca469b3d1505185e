"""The second clock: the lines as they were known at a moment, whatever was learnt since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import ibis

from huitou.facts.contract import Tables
from huitou.facts.kernel import moment


def as_known(t: Tables, known: datetime) -> Tables:
    """The same shop, with the lines that had arrived by `known` (naive UTC), as they read then.

    Whose a line is, is told as of today. Where an edition keeps no history, a line that was
    changed since is missing.
    """
    at = moment(known)
    arrived = t.lines.filter(t.lines.loaded_at <= at)
    if t.before is None:
        return replace(t, lines=arrived)
    then = t.before.filter((t.before.loaded_at <= at) & (t.before.replaced_at > at))
    return replace(t, lines=ibis.union(arrived, then.select(*arrived.columns)))
