"""What was tried, and where each unknown number about it stands: the design of what is learned.

Each correction of a guess is written in units of the guess's own width, so that beforehand all of
them are alike: mean 0, width 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from huitou.decisions.acts import NOTHING, STAGES, Act
from huitou.decisions.audience import REQUIRED, Audience, BoolArray, FloatArray, IntArray
from huitou.decisions.effects.response import Block, Normal, log_odds
from huitou.decisions.playbook import Playbook

TRIED = pa.schema(
    [
        ("plan", pa.string()),
        ("age_days", pa.int64()),  # days since its window ended
        ("name", pa.string()),  # the act that was given, or meant for who was left alone
        ("kind", pa.string()),  # its kind
        ("depth", pa.float64()),  # its depth
        ("meant", pa.string()),  # kind of the act that was meant, before any lot
        ("treated", pa.bool_()),  # false: held out, or nothing was drawn
        ("stage", pa.string()),
        ("cause", pa.string()),
        ("posterior", pa.float64()),  # of the cause, in [0, 1]
        ("p_buy", pa.float64()),  # forecast at the moment of deciding
        ("bought", pa.bool_()),  # within the window
    ]
)
"""One row a person and plan whose window is over, where a lot had its say. Intention to treat: who
was meant a letter and did not get it stays among the treated."""

SHARES = MappingProxyType({"level": 0.4, "stage": 0.0, "ready": 0.05, "fit": 0.05, "act": 0.1})
"""How much of a guess's variance each sort of correction is given; the stage gets the rest, so that
before any letter a belief is exactly as wide as its guess."""
LEAST_WIDTH = 0.05
"""Width where the playbook has no guess: an act nobody expects anything of may still surprise."""
CAMPAIGNS_VARY = 0.05
"""Log-odds by which one campaign differs from the next of its kind, whatever the numbers."""
HALF_LIFE_DAYS = 730.0
"""A campaign two years old counts half: customers and letters change."""
LEVEL, SLOPE, APART = 0.3, 0.25, 0.15
"""Widths of the baseline: a campaign's level, the forecast's slope, each stage and kind."""
CENTRE, SCALE = -1.4, 1.1
"""Log-odds to buy are counted from here, in these units, and at most two of them."""
AS_MANY = 3.0
"""What the guessed width weighs against what was learned, in corrections."""
NARROWEST, WIDEST = 0.5, 3.0


@dataclass(frozen=True)
class Rows:
    """What was tried, as columns."""

    plan: IntArray
    plans: int
    age_days: FloatArray
    name: np.ndarray
    kind: np.ndarray
    meant: np.ndarray
    depth: FloatArray
    treated: BoolArray
    people: Audience
    bought: FloatArray
    playbook: Playbook

    @classmethod
    def of(cls, tried: pa.Table, playbook: Playbook) -> Rows:
        """Read `TRIED`."""
        # An order of their own, so that equal rows in another order give equal bytes.
        tried = tried.sort_by([(field.name, "ascending") for field in TRIED])
        known, plan = np.unique(_texts(tried, "plan"), return_inverse=True)
        return cls(
            plan=plan,
            plans=len(known),
            age_days=tried["age_days"].to_numpy().astype(np.float64),
            name=_texts(tried, "name"),
            kind=_texts(tried, "kind"),
            meant=_texts(tried, "meant"),
            depth=tried["depth"].to_numpy().astype(np.float64),
            treated=np.array(tried["treated"].to_pylist(), dtype=np.bool_),
            people=audience_of(tried),
            bought=np.array(tried["bought"].to_pylist(), dtype=np.float64),
            playbook=playbook,
        )

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Kinds that somebody was really given, in the order of their names."""
        return tuple(sorted({str(kind) for kind in self.kind[self.treated]} - {NOTHING.kind}))

    @cached_property
    def acts(self) -> dict[str, tuple[str, ...]]:
        """Names of the acts of each kind."""
        return {
            kind: tuple(sorted(set(self.name[self.kind == kind].tolist()))) for kind in self.kinds
        }

    @cached_property
    def weight(self) -> FloatArray:
        """How much each row counts: the older, the less."""
        weight: FloatArray = 0.5 ** (np.maximum(self.age_days, 0.0) / HALF_LIFE_DAYS)
        return weight


def audience_of(tried: pa.Table) -> Audience:
    """People as the playbook asks about them: what is not known of them stands at nothing."""
    rows = tried.num_rows
    there = {name: tried[name] for name in ("stage", "p_buy", "cause", "posterior")}
    absent = {name: pa.array(np.zeros(rows)) for name in REQUIRED if name not in there}
    ids = {"person_id": pa.array([str(row) for row in range(rows)], pa.string())}
    return Audience.of(pa.table({**absent, **there, **ids}))


def size_of(acts: Sequence[str]) -> int:
    """How many corrections a kind with these acts has."""
    return 3 + len(STAGES) + (len(acts) if len(acts) > 1 else 0)


def features(
    act: Act, people: Audience, width: FloatArray, acts: Sequence[str], playbook: Playbook
) -> FloatArray:
    """Corrections of one act for each person (n, d); the squares of a row sum to the width's."""
    width = np.maximum(width, LEAST_WIDTH)
    ready = np.clip((log_odds(people.p_buy) - CENTRE) / SCALE, -2, 2)
    fit = _fit_of(act.kind, people, playbook)
    mine = [np.full(len(people), float(act.name == name)) for name in acts if len(acts) > 1]
    each = {
        "level": np.full(len(people), np.sqrt(SHARES["level"])),
        "ready": np.sqrt(SHARES["ready"]) * ready,
        "fit": np.sqrt(SHARES["fit"]) * fit,
    }
    own = [np.sqrt(SHARES["act"]) * column for column in mine]
    taken = sum(column**2 for column in (*each.values(), *own))
    rest = np.sqrt(np.maximum(1 - taken, 0.0))
    stages = [rest * (people.stage == stage) for stage in STAGES]
    columns = [each["level"], *stages, each["ready"], each["fit"], *own]
    return np.column_stack(columns) * width[:, None]


def _fit_of(kind: str, people: Audience, playbook: Playbook) -> FloatArray:
    """How well or badly the act is taken to fit the suspected cause, in [-1, 1]."""
    found = np.zeros(len(people))
    for suspect, factors in playbook.fitting.items():
        fits = np.sign(factors.get(kind, 1.0) - 1.0)
        found += np.where(people.cause == suspect, people.suspicion * fits, 0.0)
    return found


@dataclass(frozen=True)
class Design:
    """Where each unknown number stands: baseline, corrections of each kind, campaign by kind."""

    kinds: tuple[str, ...]
    acts: Mapping[str, tuple[str, ...]]
    plans: int

    @classmethod
    def of(cls, rows: Rows) -> Design:
        """The design that these rows need."""
        return cls(rows.kinds, rows.acts, rows.plans)

    @property
    def base(self) -> int:
        """Numbers of the baseline: slope, levels of campaigns, stages, kinds."""
        return 1 + self.plans + len(STAGES) + len(self.kinds)

    @property
    def corrections(self) -> int:
        """Corrections of all kinds together."""
        return sum(size_of(self.acts[kind]) for kind in self.kinds)

    @property
    def mean(self) -> FloatArray:
        """Beforehand the forecast's slope is 1, and there is no correction."""
        mean = np.zeros(self.base + self.corrections + self.plans * len(self.kinds))
        mean[0] = 1.0
        return mean

    def sd(self, multiples: FloatArray) -> FloatArray:
        """Widths before the data; corrections widened or narrowed by what they belong to."""
        base = [SLOPE, *[LEVEL] * self.plans, *[APART] * (len(STAGES) + len(self.kinds))]
        varying = np.full(self.plans * len(self.kinds), CAMPAIGNS_VARY)
        return np.concatenate([base, multiples[self._belongs()], varying])

    def _belongs(self) -> IntArray:
        """Of each correction, which of `SHARES` it belongs to."""
        found: list[int] = []
        for kind in self.kinds:
            acts = size_of(self.acts[kind]) - 3 - len(STAGES)
            found += [0, *[1] * len(STAGES), 2, 3, *[4] * acts]
        return np.array(found)

    def multiples(self, found: Normal) -> FloatArray:
        """How wide corrections of each sort turn out, over all kinds of act (EM's step)."""
        own = np.arange(self.corrections) + self.base
        squares = found.mean[own] ** 2 + np.diag(found.covariance)[own]
        belongs = self._belongs()
        sums = np.bincount(belongs, squares, len(SHARES))
        many = np.bincount(belongs, minlength=len(SHARES))
        return np.clip(np.sqrt((AS_MANY + sums) / (AS_MANY + many)), NARROWEST, WIDEST)

    def block(self, rows: Rows, kind: str, *, guessed: bool) -> Block:
        """The rows that got an act of this kind; '' for those left alone."""
        mine = np.flatnonzero(rows.treated & (rows.kind == kind) if kind else ~rows.treated)
        people = some(rows.people, mine)
        columns = [
            log_odds(people.p_buy),
            *(rows.plan[mine] == plan for plan in range(self.plans)),
            *(people.stage == stage for stage in STAGES),
            *(rows.meant[mine] == each for each in self.kinds),
        ]
        x, places = np.column_stack(columns).astype(np.float64), np.arange(self.base)
        offset = np.zeros(len(mine))
        if kind:
            offset, own = self._given(rows, kind, mine, people)
            varying = (rows.plan[mine][:, None] == np.arange(self.plans)).astype(np.float64)
            x = np.column_stack([x, own, varying])
            places = np.concatenate([places, self._places(kind)])
        return Block(x, rows.bought[mine], offset * guessed, places, rows.weight[mine])

    def _given(
        self, rows: Rows, kind: str, mine: IntArray, people: Audience
    ) -> tuple[FloatArray, FloatArray]:
        """Guessed shifts and corrections of those who got an act of one kind."""
        offset = np.zeros(len(mine))
        x = np.zeros((len(mine), size_of(self.acts[kind])))
        pairs = zip(rows.name[mine].tolist(), rows.depth[mine].tolist(), strict=True)
        for name, depth in sorted(set(pairs)):
            here = np.flatnonzero((rows.name[mine] == name) & (rows.depth[mine] == depth))
            act, those = act_of(name, kind, depth), some(people, here)
            guess, width = rows.playbook.shifts(act, those)
            offset[here] = guess
            x[here] = features(act, those, width, self.acts[kind], rows.playbook)
        return offset, x

    def _places(self, kind: str) -> IntArray:
        number = self.kinds.index(kind)
        start = self.base + sum(size_of(self.acts[each]) for each in self.kinds[:number])
        varying = self.base + self.corrections + number * self.plans
        own = np.arange(size_of(self.acts[kind])) + start
        return np.concatenate([own, np.arange(self.plans) + varying])


def act_of(name: str, kind: str, depth: float) -> Act:
    """The act as the playbook asks about it."""
    return Act(name, kind, NOTHING.claim, depth=depth)


def some(people: Audience, rows: IntArray) -> Audience:
    """Some of the people, as far as effects look at them."""
    return audience_of(
        pa.table(
            {
                "stage": people.stage[rows],
                "p_buy": people.p_buy[rows],
                "cause": people.cause[rows],
                "posterior": people.suspicion[rows],
            }
        )
    )


def _texts(table: pa.Table, name: str) -> np.ndarray:
    return np.array([text or "" for text in table[name].to_pylist()], dtype=np.str_)
