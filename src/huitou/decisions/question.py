"""The question that a plan answers, kept whole, so that the plan can be drafted again to the byte.

    people as they were known · limits · lot · acts · effects   →   the same receipts, for ever

What was learned later, what arrived later, and what a later version does are not in it: where one
of them would matter, the replay says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.acts import ACTS, Act
from huitou.decisions.audience import REQUIRED, Audience, FloatArray
from huitou.decisions.effects.contract import Effects
from huitou.decisions.explore import ALWAYS_BEST, Exploring
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import Plan, bytes_of_numbers, draft
from huitou.decisions.playbook import PLAYBOOK, Playbook
from huitou.decisions.trials import Trial
from huitou.ground.ids import fingerprint
from huitou.ground.words import Sentence, said

SETS = ("stages", "inside")
"""What of a test is a set, and is kept as a list."""


@dataclass(frozen=True)
class Question:
    """All that a draft is made from."""

    people: pa.Table
    """As `audience` reads them: one row a person."""
    limits: Limits
    holdout: Holdout
    as_of: date
    acts: Mapping[str, Act] = field(default_factory=lambda: ACTS)
    effects: Effects = PLAYBOOK
    exploring: Exploring = ALWAYS_BEST
    trials: tuple[Trial, ...] = ()
    trust: float = 1.0
    """Share of a gain that may be expected, by what earlier promises kept."""

    def drafted(self, *, with_balance: bool = False) -> Plan:
        """The plan; equal questions give equal plans."""
        plan = draft(
            self.people,
            self.limits,
            self.holdout,
            self.as_of,
            self.acts,
            self.effects,
            self.exploring,
            self.trials,
            with_balance=with_balance,
        )
        return replace(plan, trust=self.trust)

    def kept(self, version: str) -> Kept:
        """What to keep of it: no name, no salt, and only columns that a draft reads.

        `version` is that of the huitou that drafts.
        """
        people = self.people.select(columns_read(self.people)).combine_chunks()
        shifts = None
        if not isinstance(self.effects, Playbook):
            shifts = _shifts_of(self.effects, self.acts, Audience.of(people))
        told = {
            "huitou": version,
            "as_of": self.as_of.isoformat(),
            "limits": asdict(self.limits),
            "programme": self.holdout.programme,
            "holdout_share": self.holdout.share,
            "lot": lot_mark(self.holdout.salt),
            "acts": {act.name: act_mark(act) for act in self.acts.values()},
            "stock": {act.name: act.stock for act in self.acts.values() if act.stock is not None},
            "effects": self.effects.version,
            "letters": dict(self.effects.letters),
            "exploring": asdict(self.exploring),
            "trials": [
                {**asdict(each), **{name: sorted(getattr(each, name)) for name in SETS}}
                for each in self.trials
            ],
            "trust": self.trust,
        }
        return Kept(told, people, shifts)


@dataclass(frozen=True)
class Kept:
    """A question as it is kept: plain values and tables."""

    told: Mapping[str, Any]
    people: pa.Table
    shifts: pa.Table | None = None
    """Of learned effects what they gave for each person and act; None where the playbook spoke."""

    @property
    def address(self) -> str:
        """A fingerprint of all of it: what is kept under this name can be checked."""
        parts: list[bytes | str] = [repr(sorted(self.told.items()))]
        for table in filter(None, (self.people, self.shifts)):
            for name in table.column_names:
                parts += [name, *_told_apart(table[name].combine_chunks())]
        return fingerprint(*parts)

    def changed(self, salt: str, acts: Mapping[str, Act]) -> tuple[Sentence, ...]:
        """What is no longer as it was, so that this version cannot draft it again."""
        found = []
        if self.told["lot"] != lot_mark(salt):
            found.append(said("The lot is drawn with another secret than then."))
        here = {act.name: act_mark(act) for act in acts.values()}
        other = [name for name, mark in self.told["acts"].items() if here.get(name) != mark]
        if other:
            found.append(
                said("These acts are not what they were then: {acts}.", acts=", ".join(other))
            )
        if self.shifts is None and self.told["effects"] != PLAYBOOK.version:
            found.append(
                said(
                    "It rests on the first guesses {then}; this version has {now}.",
                    then=self.told["effects"],
                    now=PLAYBOOK.version,
                )
            )
        return tuple(found)

    def question(self, salt: str, acts: Mapping[str, Act]) -> Question:
        """The question again; the salt is the shop's, for it is never kept."""
        told = self.told
        stock = told["stock"]
        listed = {
            name: replace(acts[name], stock=stock.get(name))
            for name in told["acts"]
            if name in acts
        }
        effects: Effects = PLAYBOOK
        if self.shifts is not None:
            effects = Recorded(told["effects"], told["letters"], self.shifts)
        return Question(
            people=self.people,
            limits=Limits(**told["limits"]),
            holdout=Holdout(salt, told["holdout_share"], told["programme"]),
            as_of=date.fromisoformat(told["as_of"]),
            acts=listed,
            effects=effects,
            exploring=Exploring(**told["exploring"]),
            trials=tuple(
                Trial(**{**each, **{name: frozenset(each.get(name, ())) for name in SETS}})
                for each in told["trials"]
            ),
            trust=told["trust"],
        )


def _told_apart(column: pa.Array) -> tuple[bytes, bytes]:
    """Where a column is null, and its values; neither depends on chunks or on Arrow's buffers."""
    nulls = np.packbits(np.asarray(pc.is_null(column).to_numpy(zero_copy_only=False))).tobytes()
    if not pa.types.is_primitive(column.type):
        return nulls, repr(column.to_pylist()).encode()
    return nulls, bytes_of_numbers(column)


@dataclass(frozen=True)
class Recorded:
    """Effects as they spoke once, for the people they spoke of, in their order."""

    version: str
    letters: Mapping[str, int]
    table: pa.Table

    def shifts(self, act: Act, people: Audience) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation as they were."""
        nothing = np.zeros(len(people))
        if f"mean {act.name}" not in self.table.column_names:
            return nothing, nothing
        mean, sd = (self.table[f"{part} {act.name}"].to_numpy() for part in ("mean", "sd"))
        return mean, sd


def _shifts_of(effects: Effects, acts: Mapping[str, Act], people: Audience) -> pa.Table:
    columns: dict[str, FloatArray] = {}
    for act in acts.values():
        mean, sd = effects.shifts(act, people)
        if np.any(mean) or np.any(sd):
            columns[f"mean {act.name}"], columns[f"sd {act.name}"] = mean, sd
    return pa.table(columns) if columns else pa.table({"none": np.zeros(len(people))})


def lot_mark(salt: str) -> str:
    """A fingerprint that tells two salts apart and gives none away."""
    return fingerprint("lot", salt)[:16]


def act_mark(act: Act) -> str:
    """A fingerprint of all that decides about an act; its words are not among it."""
    told = {each.name: _plain(getattr(act, each.name)) for each in fields(act)}
    # What is left of a stock is a limit of the day, kept beside.
    del told["stock"]
    plain = {name: value for name, value in told.items() if not isinstance(value, Sentence)}
    return fingerprint(repr(sorted(plain.items())))[:16]


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset | set) else value


def columns_read(people: pa.Table) -> list[str]:
    """The columns of a table that a draft reads, found by drafting for nobody."""
    watched = _Watched(people.slice(0, 0))
    Audience.of(cast("pa.Table", watched))
    wanted = {*REQUIRED, "hold_key", *watched.asked}
    return [name for name in people.column_names if name in wanted]


class _Watched:
    """A table that remembers which of its columns were asked for."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.asked: set[str] = set()

    @property
    def column_names(self) -> Sequence[str]:
        return cast("Sequence[str]", self.table.column_names)

    @property
    def num_rows(self) -> int:
        return int(self.table.num_rows)

    def __getitem__(self, name: str) -> pa.ChunkedArray:
        self.asked.add(name)
        return self.table[name]
