"""A second bookkeeper, who knows nothing of the first: every point is a coin on a table.

Coins lie before a person, wait, were spent, ended, or went back. Nothing here is imported from the
product; what it promises is told again in the plainest way, coin by coin.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

THEIRS = ("waits", "lies")


@dataclass
class Coin:
    """One point, stamp or session, and where it is."""

    person: str
    kind: str
    parcel: str
    source: str
    order: str | None
    earned: datetime
    clears: datetime | None
    ends: datetime | None
    place: str = "lies"
    burnt_at: datetime | None = None

    def turn(self) -> tuple[object, ...]:
        """Which coin is taken first."""
        return (self.ends is None, self.ends or self.earned, self.earned, self.parcel)


@dataclass
class Bought:
    """An order, and what it did for one kind."""

    person: str
    total: int
    want: int = 0
    seen: int = 0
    earned: int = 0
    taken: int = 0
    forgiven: int = 0
    given: int = 0
    burnt: list[Coin] = field(default_factory=list)
    rate: int | None = None


class Table:
    """All coins of all people."""

    def __init__(self) -> None:
        self.coins: list[Coin] = []
        self.debt: Counter[tuple[str, str]] = Counter()
        self.orders: dict[tuple[str, str], Bought] = {}
        self.told: Counter[str] = Counter()
        self.one: dict[str, str] = {}

    def ids(self, person: str) -> set[str]:
        """Everybody who is this person today."""
        now = self.one.get(person, person)
        return {now, person, *(old for old, new in self.one.items() if new == now)}

    def have(self, person: str, kind: str, place: str) -> int:
        """Coins of one id in one place."""
        return sum(
            (coin.person, coin.kind, coin.place) == (person, kind, place) for coin in self.coins
        )

    def lay(self, coins: list[Coin]) -> None:
        """Coins come to the table; those that do not wait pay a debt first."""
        for coin in coins:
            self.coins.append(coin)
            if coin.place == "lies":
                self._pay(coin)

    def _pay(self, coin: Coin) -> None:
        who = (coin.person, coin.kind)
        if self.debt[who]:
            self.debt[who] -= 1
            coin.place = "paid"

    def clear(self, now: datetime) -> None:
        """Coins stop waiting."""
        due = [c for c in self.coins if c.place == "waits" and c.clears and c.clears <= now]
        for coin in sorted(due, key=Coin.turn):
            coin.place = "lies"
            self._pay(coin)

    def end(self, now: datetime) -> None:
        """Coins end unspent."""
        for coin in self.coins:
            if coin.place in THEIRS and coin.ends is not None and coin.ends <= now:
                coin.place = "ended"

    def at_hand(self, person: str, kind: str, now: datetime, but: str | None = None) -> list[Coin]:
        """Coins that may be spent, the first to go first; none that the order `but` brought."""
        ids = self.ids(person)
        found = [
            coin
            for coin in self.coins
            if coin.person in ids and coin.kind == kind and coin.place == "lies"
            and (coin.ends is None or coin.ends > now)
            and not (but is not None and coin.order == but and coin.source == "order")
        ]  # fmt: skip
        return sorted(found, key=Coin.turn)

    def owes(self, person: str, kind: str) -> int:
        """What a person owes under all their names."""
        return sum(self.debt[one, kind] for one in self.ids(person))

    def spend(self, person: str, kind: str, n: int, now: datetime, order: str | None) -> bool:
        """Spend n coins; False where there are not so many."""
        hand = self.at_hand(person, kind, now, order)
        if len(hand) - self.owes(person, kind) < n:
            return False
        for coin in hand[:n]:
            coin.place, coin.burnt_at = "spent", now
        if order is not None:
            self.orders[order, kind].burnt += hand[:n]
        return True

    def came_back(self, order: str, back: int, now: datetime) -> None:
        """Something of an order comes back."""
        self.told[order] += back
        for (name, kind), _ in sorted(self.orders.items()):
            if name == order:
                self.settle(order, kind, now)

    def back_of(self, order: str, kind: str) -> int:
        """How much of an order counts as having come back."""
        it = self.orders[order, kind]
        return min(it.total, max(self.told[order], it.seen))

    def keeps(self, order: str, kind: str) -> int:
        """Coins that the order should have earned by now."""
        it = self.orders[order, kind]
        if not it.total:
            return 0 if self.told[order] else it.want
        return it.want * (it.total - self.back_of(order, kind)) // it.total

    def settle(self, order: str, kind: str, now: datetime) -> int:
        """Give back, then take back; how many coins the order should still earn."""
        it = self.orders[order, kind]
        whole = it.total
        back = self.back_of(order, kind)
        due = len(it.burnt) * back // whole if whole else len(it.burnt) * bool(self.told[order])
        for coin in it.burnt[it.given : max(due, it.given)]:
            assert coin.burnt_at is not None
            ends = None if coin.ends is None else coin.ends + (now - coin.burnt_at)
            parcel = f"{coin.parcel}~{now}"
            new = Coin(coin.person, kind, parcel, "back", order, coin.earned, None, ends)
            self.lay([new])
        it.given = max(due, it.given)
        more = self.keeps(order, kind) - (it.earned - it.taken)
        if more < 0:
            self.take(order, kind, -more, now)
        return max(0, more)

    def take(self, order: str, kind: str, n: int, now: datetime) -> None:
        """Take coins back: the order's own, then others; the rest is owed."""
        it = self.orders[order, kind]
        it.taken += n
        own = [c for c in self.coins if c.order == order and c.kind == kind and c.source == "order"]
        waits = sorted((c for c in own if c.place == "waits"), key=Coin.turn)
        lies = sorted((c for c in own if c.place == "lies"), key=Coin.turn)
        for coin in [*waits, *lies][:n]:
            coin.place = "taken"
        n -= min(n, len(waits) + len(lies))
        ended = min(n, sum(c.place == "ended" for c in own) - it.forgiven)
        it.forgiven += ended
        n -= ended
        others = [c for c in self.at_hand(it.person, kind, now) if c not in own]
        for coin in others[:n]:
            coin.place = "taken"
        self.debt[it.person, kind] += n - min(n, len(others))
