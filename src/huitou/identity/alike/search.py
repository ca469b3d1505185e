"""Looking for doubles among the people of a lake, from their words to who is whom.

seen = search(lake, ranks)       alike_people -> pairs with verdicts, and where they were cut
seen.joined(told, apart)         person -> who they are now
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from huitou.identity.alike.judging import HOUSEHOLD, ONE, Cut, Link, joined, judge
from huitou.identity.alike.linking import LEARNS_FROM, likely

Ranks = Mapping[str, tuple[bool, float]]
"""Person -> (has no member number, first seen, in seconds): who stays when two are one."""


@dataclass(frozen=True)
class Seen:
    """The pairs of one look, and what they were taken for."""

    pairs: pa.Table
    """As `linking.likely` tells them, with `two_members`, `verdict` and `likely` (the chance,
    households considered)."""
    cut: Cut
    ranks: Ranks

    def count(self, verdict: str) -> int:
        """How many pairs are taken for this."""
        return int(self.pairs["verdict"].to_pylist().count(verdict))

    def joined(
        self,
        told: Iterable[tuple[str, str]] = (),
        apart: Iterable[tuple[str, str]] = (),
    ) -> dict[str, str]:
        """Who each person is now, for those who are somebody else now; people's words go first."""
        names = ("left", "right", "weight", "verdict")
        rows = list(zip(*(self.pairs[name].to_pylist() for name in names), strict=True))
        links = [Link(one, two, weight) for one, two, weight, verdict in rows if verdict == ONE]
        households = [(left, right) for left, right, _, verdict in rows if verdict == HOUSEHOLD]
        return joined(links, [*apart, *households], self.ranks, told)


def search(lake: duckdb.DuckDBPyConnection, ranks: Ranks) -> Seen:
    """Find and judge the likely pairs of `alike_people`."""
    (people,) = lake.execute("SELECT count(*) FROM alike_people").fetchone() or (0,)
    pairs = likely(lake, "alike_people")
    numbered = [not ranks.get(each, (True, 0.0))[0] for each in pairs["left"].to_pylist()]
    other = [not ranks.get(each, (True, 0.0))[0] for each in pairs["right"].to_pylist()]
    both = pa.array([a and b for a, b in zip(numbered, other, strict=True)], pa.bool_())
    pairs = pairs.append_column("two_members", both)
    judged = judge(pairs, int(people), has_learnt=int(people) >= LEARNS_FROM)
    pairs = pairs.append_column("verdict", pa.array(judged.verdicts, pa.string()))
    pairs = pairs.append_column("likely", pa.array(judged.chances, pa.float64()))
    return Seen(pairs, judged.cut, ranks)
