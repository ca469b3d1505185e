"""What was tried, and where each unknown number about it stands: the design of what is learned.

Each correction of a guess is written in units of the guess's own width, so that beforehand all of
them are alike: mean 0, width 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.acts import NOTHING, Act
from huitou.decisions.audience import REQUIRED, Audience, BoolArray, FloatArray, IntArray
from huitou.decisions.effects.bends import Scale, bent, widths
from huitou.decisions.effects.response import Block, Normal, log_odds
from huitou.decisions.effects.weighing import Rival
from huitou.decisions.playbook import DEPTH_POWER, USUAL_DEPTH, Playbook
from huitou.facts.life import STAGES

TRIED = pa.schema(
    [
        ("plan", pa.string()),
        ("age_days", pa.int64()),  # days since its window ended
        ("name", pa.string()),  # the act that was given, or meant for who was left alone
        ("kind", pa.string()),  # its kind
        ("depth", pa.float64()),  # what it gives, as a share of a usual order; 0 for words alone
        ("meant", pa.string()),  # kind of the act that was meant, before any lot
        ("treated", pa.bool_()),  # false: held out, or nothing was drawn
        ("stage", pa.string()),
        ("cause", pa.string()),
        ("posterior", pa.float64()),  # of the cause, in [0, 1]
        ("p_buy", pa.float64()),  # forecast at the moment of deciding
        ("bought", pa.bool_()),  # within the window
        ("traits", pa.list_(pa.float64())),  # as `audience.TRAITS`; null where unknown
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
KINSHIP = 0.4
"""Correlation of what two kinds of act do to the same people: who answers one answers others,
somewhat."""
SURE = 0.05
"""How far the share of a guess that is believed may be off what a rival says."""


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
    scale: Scale

    @classmethod
    def of(cls, tried: pa.Table, playbook: Playbook) -> Rows:
        """Read `TRIED`."""
        # An order of their own, so that equal rows in another order give equal bytes.
        traits = traits_in(tried)
        keys = [tried[name] for name in TRIED.names if name != "traits"]
        keys += [pa.chunked_array([column]) for column in traits.T]
        sorted_by = pa.table(keys, names=[str(number) for number in range(len(keys))])
        order = pc.sort_indices(
            sorted_by, sort_keys=[(name, "ascending") for name in sorted_by.column_names]
        ).to_numpy()
        tried, traits = tried.take(order), traits[order]
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
            people=audience_of(tried, traits),
            bought=np.array(tried["bought"].to_pylist(), dtype=np.float64),
            playbook=playbook,
            scale=Scale.of(traits),
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


def audience_of(tried: pa.Table, traits: FloatArray | None = None) -> Audience:
    """People as effects ask about them: what is not known of them stands at nothing."""
    rows = tried.num_rows
    there = {name: tried[name] for name in ("stage", "p_buy", "cause", "posterior")}
    absent = {name: pa.array(np.zeros(rows)) for name in REQUIRED if name not in there}
    ids = {"person_id": pa.array([str(row) for row in range(rows)], pa.string())}
    found = Audience.of(pa.table({**absent, **there, **ids}))
    return found if traits is None else replace(found, traits=traits)


def traits_in(tried: pa.Table) -> FloatArray:
    """Traits as numbers (n, k), NaN where unknown."""
    told = tried["traits"].to_pylist()
    many = max((len(each) for each in told if each is not None), default=0)
    unknown = [np.nan] * many
    rows = [each if each is not None and len(each) == many else unknown for each in told]
    # Null traits within a list read as NaN.
    return np.array(rows, dtype=np.float64).reshape(len(told), many)


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


def columns(
    act: Act, people: Audience, acts: Sequence[str], playbook: Playbook, scale: Scale
) -> FloatArray:
    """All that an act's shift is made of, for each person: the guess, its corrections, who answers
    more. What holds of one depth holds of another as far as the playbook says it grows."""
    guess, width = playbook.shifts(act, people)
    percent = act.thing == "percent" and act.depth > 0
    depth = (act.depth / USUAL_DEPTH) ** DEPTH_POWER if percent else 1.0
    more = depth * bent(scale.standard(people.traits))
    return np.column_stack([guess, features(act, people, width, acts, playbook), more])


def _fit_of(kind: str, people: Audience, playbook: Playbook) -> FloatArray:
    """How well or badly the act is taken to fit the suspected cause, in [-1, 1]."""
    found = np.zeros(len(people))
    for suspect, factors in playbook.fitting.items():
        fits = np.sign(factors.get(kind, 1.0) - 1.0)
        found += np.where(people.cause == suspect, people.suspicion * fits, 0.0)
    return found


@dataclass(frozen=True)
class Design:
    """Where each unknown number stands: baseline, the share of the guesses that is believed, then
    of each kind corrections, traits, and what varies by campaign."""

    kinds: tuple[str, ...]
    acts: Mapping[str, tuple[str, ...]]
    plans: int
    traits: int

    @classmethod
    def of(cls, rows: Rows) -> Design:
        """The design that these rows need."""
        return cls(rows.kinds, rows.acts, rows.plans, len(rows.scale.centre))

    @property
    def base(self) -> int:
        """Numbers of the baseline: slope, levels of campaigns, stages, kinds."""
        return 1 + self.plans + len(STAGES) + len(self.kinds)

    @property
    def bent(self) -> int:
        """Columns over traits."""
        return len(widths(self.traits))

    @cached_property
    def _starts(self) -> tuple[IntArray, int, int]:
        """Where the corrections of each kind start, where all traits do, where campaigns do."""
        sizes = [size_of(self.acts[kind]) for kind in self.kinds]
        starts = self.base + 1 + np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return starts[:-1], int(starts[-1]), int(starts[-1]) + self.bent * len(self.kinds)

    def places(self, kind: str) -> IntArray:
        """Where the numbers of one kind stand, in the order of `columns`."""
        number = self.kinds.index(kind)
        corrections, traits, _ = self._starts
        own = corrections[number] + np.arange(size_of(self.acts[kind]))
        more = traits + number * self.bent + np.arange(self.bent)
        return np.concatenate([[self.base], own, more])

    def prior(self, rival: Rival) -> Normal:
        """What a rival expects: the forecast's slope is 1, there is no correction, and so much of
        the guesses is believed."""
        _, traits, varying = self._starts
        apart = np.full(len(STAGES) + len(self.kinds), APART)
        base = np.concatenate([[SLOPE], np.full(self.plans, LEVEL), apart])
        more = widths(self.traits, rival.slope, rival.bend)
        corrections = np.full(traits - self.base - 1, rival.apart)
        corrections[self._starts[0] - self.base - 1] = rival.level
        campaigns = np.full(self.plans * len(self.kinds), CAMPAIGNS_VARY)
        trust, traited = np.array([SURE]), np.tile(more, len(self.kinds))
        sd = np.concatenate([base, trust, corrections, traited, campaigns])
        covariance: FloatArray = np.diag(sd**2)
        kin = np.full((len(self.kinds),) * 2, KINSHIP) + (1 - KINSHIP) * np.eye(len(self.kinds))
        covariance[traits:varying, traits:varying] = np.kron(kin, np.diag(more**2))
        mean = np.zeros(len(covariance))
        mean[0], mean[self.base] = 1.0, rival.trust
        return Normal(mean, covariance)

    def block(self, rows: Rows, kind: str) -> Block:
        """The rows that got an act of this kind; '' for those left alone."""
        mine = np.flatnonzero(rows.treated & (rows.kind == kind) if kind else ~rows.treated)
        people = some(rows.people, mine)
        told = [
            log_odds(people.p_buy),
            *(rows.plan[mine] == plan for plan in range(self.plans)),
            *(people.stage == stage for stage in STAGES),
            *(rows.meant[mine] == each for each in self.kinds),
        ]
        x, places = np.column_stack(told).astype(np.float64), np.arange(self.base)
        if kind:
            varying = (rows.plan[mine][:, None] == np.arange(self.plans)).astype(np.float64)
            x = np.column_stack([x, self._given(rows, kind, mine, people), varying])
            campaigns = self._starts[2] + self.kinds.index(kind) * self.plans
            places = np.concatenate([places, self.places(kind), campaigns + np.arange(self.plans)])
        return Block(x, rows.bought[mine], np.zeros(len(mine)), places, rows.weight[mine])

    def _given(self, rows: Rows, kind: str, mine: IntArray, people: Audience) -> FloatArray:
        """`columns` of those who got an act of one kind."""
        x = np.zeros((len(mine), len(self.places(kind))))
        pairs = zip(rows.name[mine].tolist(), rows.depth[mine].tolist(), strict=True)
        for name, depth in sorted(set(pairs)):
            here = np.flatnonzero((rows.name[mine] == name) & (rows.depth[mine] == depth))
            act, those = act_of(name, kind, depth), some(people, here)
            x[here] = columns(act, those, self.acts[kind], rows.playbook, rows.scale)
        return x


def act_of(name: str, kind: str, depth: float) -> Act:
    """The act as the playbook asks about it: its guess is scaled by what it gives."""
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
        ),
        people.traits[rows],
    )


def _texts(table: pa.Table, name: str) -> np.ndarray:
    return np.array([text or "" for text in table[name].to_pylist()], dtype=np.str_)
